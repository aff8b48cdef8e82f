import { closestPython, newlineOf, type PyNode } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import type { SdkPython } from '../sdk-python.ts';
import { leadOf, unitOf, WIDTH } from './layout.ts';
import { isRepeatable, needsParentheses, truthOf } from './values.ts';
import { wordsOf } from './words.ts';

/** What stands before and after a value that stays where it is; `replaced` where nothing of it stays. */
export type AroundValue =
  | { readonly kind: 'around'; readonly before: string; readonly after: string }
  | { readonly kind: 'replaced'; readonly text: string };

const AS_IT_IS: AroundValue = { kind: 'around', before: '', after: '' };

/** The old SDK took no notice of a custom prompt that is empty. */
export function customPrompt(sdk: SdkPython, file: PythonFile, value: PyNode): AroundValue {
  const words = wordsOf(file);
  const truth = truthOf(sdk, file, value);
  if (truth === 'yes') return AS_IT_IS;
  if (truth === 'no') return { kind: 'replaced', text: words.preset() };
  const [open, close] = needsParentheses(value) ? ['(', ')'] : ['', ''];
  return { kind: 'around', before: open, after: `${close} or ${words.preset()}` };
}

/** The preset with the value behind it; without `append` where it is empty, for `None` breaks the command line. */
export function appendedPrompt(sdk: SdkPython, file: PythonFile, value: PyNode): AroundValue {
  const words = wordsOf(file);
  const truth = truthOf(sdk, file, value);
  if (truth === 'no') return { kind: 'replaced', text: words.preset() };
  const mark = '\u0000';
  const pair = pairText(file, value, 'append', truth === 'yes', mark);
  const [before = '', after = ''] = presetAt(file, value, pair).split(mark);
  return { kind: 'around', before, after };
}

/** The preset on one line where it fits there, else with a line for each of its keys. */
function presetAt(file: PythonFile, value: PyNode, pair: string): string {
  const { text } = file.code;
  const words = wordsOf(file);
  const line = words.preset(pair);
  const source = sourceOf(file, value);
  const before = value.start - text.lastIndexOf('\n', value.start - 1) - 1;
  if (source.includes('\n') || before + line.length + source.length < WIDTH) return line;
  const list = closestPython(value, ['argument_list', 'dictionary', 'block', 'module']);
  if (list?.type === 'dictionary' && !text.slice(list.start, list.end).includes('\n')) return line;
  // A call of one line gets several, and then its arguments stand deeper.
  const isBroken = list?.type === 'argument_list' && !text.slice(list.start, list.end).includes('\n');
  const lead = leadOf(text, value.start) + (isBroken ? unitOf(file) : '');
  return words.preset(pair, `${newlineOf(text)}${lead}`, unitOf(file));
}

/** The flag that the old SDK sent beside a custom prompt, as extra arguments. */
export function appendFlag(sdk: SdkPython, file: PythonFile, value: PyNode): AroundValue {
  const { quoted } = wordsOf(file);
  const truth = truthOf(sdk, file, value);
  if (truth === 'no') return { kind: 'replaced', text: '{}' };
  const key = quoted('append-system-prompt');
  if (truth === 'yes') return { kind: 'around', before: `{${key}: `, after: '}' };
  if (isRepeatable(value))
    return { kind: 'around', before: `{${key}: `, after: `} if ${sourceOf(file, value)} else {}` };
  return { kind: 'around', before: `(lambda text: {${key}: text} if text else {})(`, after: ')' };
}

/** The same as a pair of a written dictionary. */
export function appendFlagPair(sdk: SdkPython, file: PythonFile, value: PyNode): string {
  const truth = truthOf(sdk, file, value);
  return truth === 'no' ? '' : pairText(file, value, 'append-system-prompt', truth === 'yes', sourceOf(file, value));
}

function pairText(file: PythonFile, value: PyNode, name: string, isSure: boolean, source: string): string {
  const key = wordsOf(file).quoted(name);
  if (isSure) return `${key}: ${source}`;
  if (isRepeatable(value)) return `**({${key}: ${source}} if ${sourceOf(file, value)} else {})`;
  return `**(lambda text: {${key}: text} if text else {})(${source})`;
}

function sourceOf({ code: { text } }: PythonFile, node: PyNode): string {
  return text.slice(node.start, node.end);
}
