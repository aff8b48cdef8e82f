import type { ts } from 'ts-morph';
import { newlineOf } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import { typeScript } from './compiler.ts';

/**
 * Adds `properties` (`name: value` texts) to an object: before its first spread, so that what is spread still wins, else at its
 * end; on lines of their own where the object has lines, with a comma at the end where its last property has one. An object on
 * one line that would get too long is broken into lines, unless `layout` says that it stays as it is.
 */
export function addProperties(
  text: string,
  literal: ts.ObjectLiteralExpression,
  properties: readonly string[],
  layout: 'broken when long' | 'as it is' = 'broken when long',
): readonly TextEdit[] {
  const ts = typeScript();
  const spread = literal.properties.find((property) => ts.isSpreadAssignment(property));
  const last = literal.properties.at(-1);
  if (last === undefined) return [fillEmpty(text, literal, properties)];
  if (layout !== 'as it is' && isLongLine(text, literal, properties)) {
    return breakLines(text, literal, properties, spread ?? null);
  }
  if (spread !== undefined) {
    const at = spread.getStart();
    const gap = isFirstOnLine(text, at) ? newlineOf(text) + indentAt(text, at) : ' ';
    return [{ start: at, end: at, text: properties.map((property) => `${property},${gap}`).join('') }];
  }
  return [addAtEnd(text, literal, last, properties)];
}

/** Whether the object is one line with nothing but its properties, and too long with the new ones. */
function isLongLine(text: string, literal: ts.ObjectLiteralExpression, properties: readonly string[]): boolean {
  const source = text.slice(literal.getStart(), literal.end);
  if (source.includes('\n') || /\/[/*]/.test(source)) return false;
  const column = literal.getStart() - text.lastIndexOf('\n', literal.getStart());
  return column + source.length + properties.join(', ').length > LINE;
}

/** Puts every property on a line of its own: only the gaps between them change. */
function breakLines(
  text: string,
  literal: ts.ObjectLiteralExpression,
  properties: readonly string[],
  spread: ts.ObjectLiteralElementLike | null,
): readonly TextEdit[] {
  const newline = newlineOf(text);
  const indent = indentAt(text, literal.getStart());
  const gap = newline + indent + unitOf(text);
  const added = properties.map((property) => `${property},${gap}`).join('');
  const edits = literal.properties.map((property, index) => {
    const start = index === 0 ? literal.getStart() + 1 : (literal.properties[index - 1]?.end ?? 0);
    const lead = `${index === 0 ? '' : ','}${gap}${property === spread ? added : ''}`;
    return { start, end: property.getStart(), text: lead };
  });
  const tail = spread === null ? properties.map((property) => `${gap}${property},`).join('') : '';
  const last = literal.properties.at(-1)?.end ?? 0;
  return [...edits, { start: last, end: literal.end - 1, text: `,${tail}${newline}${indent}` }];
}

function fillEmpty(text: string, literal: ts.ObjectLiteralExpression, properties: readonly string[]): TextEdit {
  const inside = text.slice(literal.getStart() + 1, literal.end - 1);
  // What stands between the braces, a comment at most, is kept before the new lines.
  const at = literal.end - 1 - (/\s*$/.exec(inside)?.[0].length ?? 0);
  const replaced = { start: at, end: literal.end - 1 };
  const column = literal.getStart() - text.lastIndexOf('\n', literal.getStart()) + inside.length;
  const line = ` ${properties.join(', ')} `;
  if (inside.trim() === '' && column + line.length <= LINE) return { ...replaced, text: line };
  const newline = newlineOf(text);
  const indent = indentAt(text, literal.getStart());
  const lines = properties.map((property) => `${newline}${indent}${unitOf(text)}${property},`);
  return { ...replaced, text: `${lines.join('')}${newline}${indent}` };
}

function addAtEnd(
  text: string,
  literal: ts.ObjectLiteralExpression,
  last: ts.ObjectLiteralElementLike,
  properties: readonly string[],
): TextEdit {
  const hasComma = literal.properties.hasTrailingComma === true;
  const end = hasComma ? text.indexOf(',', commentsEnd(text, last.end)) + 1 : last.end;
  if (!isFirstOnLine(text, last.getStart())) {
    const added = `${hasComma ? ' ' : ', '}${properties.join(', ')}${hasComma ? ',' : ''}`;
    return { start: end, end, text: added };
  }
  const gap = newlineOf(text) + indentAt(text, last.getStart());
  // A comment behind the last property stays on its line.
  const rest = /^[ \t]*(?:\/\*[^\r\n]*\*\/[ \t]*)?(?:\/\/[^\r\n]*)?(?=\r?\n)/.exec(text.slice(end))?.[0] ?? '';
  const at = end + rest.trimEnd().length;
  const lines = properties.map((property) => `${gap}${property}`).join(',') + (hasComma ? ',' : '');
  if (hasComma || at === end) return { start: at, end: at, text: (hasComma ? '' : ',') + lines };
  return { start: end, end: at, text: `,${text.slice(end, at)}${lines}` };
}

/** Behind comments that stand between a property and its comma. */
function commentsEnd(text: string, from: number): number {
  const gap = /^(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*)*/.exec(text.slice(from))?.[0] ?? '';
  return from + gap.length;
}

/** Takes a property out: with its line where it has one to itself, else with the gap that follows or precedes it. */
export function removeProperty(text: string, property: ts.ObjectLiteralElementLike): TextEdit {
  const start = property.getStart();
  const comma = /^\s*,/.exec(text.slice(property.end))?.[0].length ?? 0;
  const end = property.end + comma;
  const after = /^[ \t]*(?:\r?\n)/.exec(text.slice(end))?.[0];
  if (isFirstOnLine(text, start) && after !== undefined) {
    return { start: start - indentAt(text, start).length, end: end + after.length, text: '' };
  }
  const { properties } = property.parent as ts.ObjectLiteralExpression;
  const before = properties[properties.indexOf(property) - 1];
  if (comma > 0 || before === undefined) {
    return { start, end: end + (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0), text: '' };
  }
  return { start: before.end, end, text: '' };
}

/** A line of code is not made longer than this where it can be broken. */
export const LINE = 100;

/** The white space before the first word of the line that `at` is in. */
export function indentAt(text: string, at: number): string {
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(lineStart, at))?.[0] ?? '';
}

/** Whether nothing but white space stands before `at` on its line. */
export function isFirstOnLine(text: string, at: number): boolean {
  return /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', at - 1) + 1, at)) && text.lastIndexOf('\n', at - 1) !== -1;
}

/** What one step of indentation is in `text`. */
export function unitOf(text: string): string {
  const indents = [...text.matchAll(/^(\t+| {2,8})(?=[^\s*])/gm)].slice(0, 200).map(([, indent]) => indent ?? '');
  if (indents.some((indent) => indent.startsWith('\t'))) return '\t';
  const shortest = Math.min(...indents.map((indent) => indent.length));
  return ' '.repeat(Number.isFinite(shortest) ? shortest : 2);
}
