import { indentAt, LINE, removeProperty, type ts, typeScript, unitOf } from '../../../../src/authoring.ts';
import type { OldKey } from '../sdk-declarations.ts';
import { type Changes, wordsAt } from './changes.ts';
import type { KeyUse } from './keys.ts';
import { mayBeAbsent, needsParentheses } from './values.ts';
import { gapText, presetText, type Words } from './words.ts';

/** A use of an old key that sets it. */
export interface PromptUse extends KeyUse {
  readonly key: OldKey;
  readonly value: ts.Expression;
}

/** Sets `systemPrompt` where `use` sets one of the old keys alone; the value keeps its bytes. */
export function renamePrompt(changes: Changes, use: PromptUse, isUntyped: boolean): void {
  const ts = typeScript();
  const words = wordsAt(changes, use.node, isUntyped);
  const { start, end } = valueAffixes(changes, use, words);
  if (ts.isShorthandPropertyAssignment(use.node)) {
    const text = `systemPrompt: ${start}${use.value.getText()}${end}`;
    changes.edit(use.node, { start: use.node.getStart(), end: use.node.end, text });
    return;
  }
  const name = nameOf(use.node);
  const isQuoted = ts.isStringLiteralLike(name);
  const gap = isQuoted ? 1 : 0;
  changes.edit(use.node, { start: name.getStart() + gap, end: name.end - gap, text: 'systemPrompt' });
  const at = use.value.getStart();
  if (start !== '') changes.edit(use.node, { start: at, end: at, text: start });
  if (end !== '') changes.edit(use.node, { start: use.value.end, end: use.value.end, text: end });
}

/** What stands before and behind the value. */
function valueAffixes(changes: Changes, { key, value }: PromptUse, words: Words): { start: string; end: string } {
  if (key === 'appendSystemPrompt') {
    const [start = '', end = ''] = presetText(words, '\0').split('\0');
    return { start, end };
  }
  if (!mayBeAbsent(changes.set, value)) return { start: '', end: '' };
  const [open, close] = needsParentheses(value) ? ['(', ')'] : ['', ''];
  return { start: open, end: `${close} ?? ${presetText(words)}` };
}

function nameOf(node: ts.Node): ts.Node {
  const ts = typeScript();
  if (ts.isPropertyAssignment(node)) {
    return ts.isComputedPropertyName(node.name) ? node.name.expression : node.name;
  }
  if (ts.isElementAccessExpression(node)) return node.argumentExpression;
  return ts.isPropertyAccessExpression(node) ? node.name : node;
}

/** Sets `systemPrompt` from both old keys of one object, in place of the one that stands last: more may be added behind it. */
export function joinPrompts(changes: Changes, custom: PromptUse, append: PromptUse, isUntyped: boolean): void {
  const { text } = changes.fileOf(custom.node);
  const words = wordsAt(changes, custom.node, isUntyped);
  const [gone, kept] = custom.node.pos < append.node.pos ? [custom, append] : [append, custom];
  const start = kept.node.getStart();
  const indent = indentAt(text, start);
  const joined = joinedText(changes, custom, append, words);
  const oneLine = `systemPrompt: ${joined.join(' ')}`;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = `${newline}${indent}${unitOf(text)}`;
  const isLong = indent.length + oneLine.length > LINE;
  const [head, ...branches] = joined;
  const broken = `systemPrompt:${gap}${[head, ...branches].join(`${gap}${unitOf(text)}`)}`;
  changes.edit(kept.node, { start, end: kept.node.end, text: isLong && branches.length > 0 ? broken : oneLine });
  changes.edit(gone.node, removeProperty(text, gone.node as ts.ObjectLiteralElementLike));
  changes.note(
    kept.node,
    'warning',
    'both prompts may be given: they are joined with an empty line between them, for the new SDK has one option only',
  );
}

/** The value as a whole, or condition and two branches. */
function joinedText(changes: Changes, custom: PromptUse, append: PromptUse, words: Words): readonly string[] {
  const [own, added] = [custom.value.getText(), append.value.getText()];
  const gap = gapText(words);
  const filter = mayBeAbsent(changes.set, append.value) ? '.filter(Boolean)' : '';
  const both = `[${own}, ${added}]${filter}.join(${gap})`;
  if (!mayBeAbsent(changes.set, custom.value)) return [both];
  return [`${own} === undefined`, `? ${presetText(words, added)}`, `: ${both}`];
}
