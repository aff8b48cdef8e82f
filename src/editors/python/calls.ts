import { indexLines } from '../../base/text.ts';
import { childAt, namedChildren, type PyNode, sourceOf, walk } from './node.ts';
import { parsePython } from './parser.ts';
import { calleeMatches, normalise } from './statements.ts';
import { stringValue } from './strings.ts';

/** One argument of a call, in the order written. */
export interface CallArgument {
  /** Null for a positional argument. */
  readonly name: string | null;
  /** The value as written; of `*a` and `**k` with the stars. */
  readonly source: string;
  /** The value of a string literal; null for anything else. */
  readonly value: string | null;
}

/** One call; lines count from 1. */
export interface PythonCall {
  /** The callee in its one-line form. */
  readonly callee: string;
  readonly line: number;
  readonly args: readonly CallArgument[];
}

function describeArgument(text: string, node: PyNode): CallArgument {
  const value = node.type === 'keyword_argument' ? childAt(node, 'value') : node;
  const name = node.type === 'keyword_argument' ? childAt(node, 'name') : undefined;
  return {
    name: name === undefined ? null : sourceOf(text, name),
    source: value === undefined ? '' : sourceOf(text, value),
    value: value === undefined ? null : stringValue(text, value),
  };
}

/** Calls, decorators among them, whose callee is one of `names`: `run`, `uvicorn.run`, or `*.get` for any receiver. */
export function findCalls(text: string, names: readonly string[]): readonly PythonCall[] {
  const lines = indexLines(text);
  return [...walk(parsePython(text))].flatMap((node) => {
    const callee = node.type === 'call' ? childAt(node, 'function') : undefined;
    if (callee === undefined || !calleeMatches(text, callee, names)) return [];
    const list = childAt(node, 'arguments');
    const nodes = list === undefined ? [] : list.type === 'argument_list' ? namedChildren(list) : [list];
    const args = nodes.map((argument) => describeArgument(text, argument));
    return [{ callee: normalise(text, callee), line: lines.lineAt(node.start), args }];
  });
}
