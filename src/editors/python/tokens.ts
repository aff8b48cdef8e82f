import { indexLines } from '../../base/text.ts';
import { closest, type PyNode, sourceOf, walk } from './node.ts';
import { parsePython } from './parser.ts';
import { stringValue } from './strings.ts';

/** A token and the line it starts on, from 1. */
export interface PythonToken {
  readonly line: number;
  readonly text: string;
}

/** A string literal and the line it starts on, from 1. */
export interface PythonString {
  readonly line: number;
  /** As written, with prefix and quotes. */
  readonly source: string;
  /** Null for bytes and for an f-string that inserts something. */
  readonly value: string | null;
  /** A string that stands alone as a statement. */
  readonly docstring: boolean;
}

/** Every string literal of `text` in order; adjacent literals that Python joins are told one by one. */
export function stringLiterals(text: string): readonly PythonString[] {
  const lines = indexLines(text);
  return [...walk(parsePython(text))]
    .filter((node) => node.type === 'string' && closest(node, ['string']) === undefined)
    .map((node) => ({
      line: lines.lineAt(node.start),
      source: sourceOf(text, node),
      value: stringValue(text, node),
      docstring: node.parent?.type === 'expression_statement',
    }));
}

/** Every name of `text` in order: variables, attributes, keywords of calls, parts of dotted modules. */
export function identifiers(text: string): readonly PythonToken[] {
  const lines = indexLines(text);
  return [...walk(parsePython(text))]
    .filter((node) => node.type === 'identifier' && !node.missing)
    .map((node) => ({ line: lines.lineAt(node.start), text: sourceOf(text, node) }));
}

/** The nodes that say that the text is not the Python the grammar knows. */
export function errorNodes(root: PyNode): readonly PyNode[] {
  return [...walk(root)].filter((node) => node.type === 'ERROR' || node.missing);
}

/** The lines, sorted and each once, where `text` does not parse; empty for a file that does. */
export function syntaxErrors(text: string): readonly number[] {
  const lines = indexLines(text);
  const found = errorNodes(parsePython(text)).map((node) => lines.lineAt(Math.min(node.start, text.length)));
  return [...new Set(found)].sort((a, b) => a - b);
}
