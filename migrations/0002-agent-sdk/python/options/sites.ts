import { type PyNode, pythonChild, pythonChildren, pythonString } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import { readDictionary } from './dictionaries.ts';

/** A place where an option gets its value. */
export interface OptionWrite {
  readonly key: string;
  /** The name of the option as it is written; of a string the text between the quotes. */
  readonly keyNode: PyNode;
  /** `keyword=value`, `"key": value` or `x["key"] = value` in a dictionary that is spread, `x.key = value`. */
  readonly form: 'keyword' | 'pair' | 'attribute';
  readonly value: PyNode;
  /** Whether every way to the SDK comes by here. */
  readonly sure: boolean;
}

/** Where an option that is not written yet is to be put, so that what is written still wins. */
export type DefaultPlace =
  | { readonly kind: 'call' }
  /** At the start of a written dictionary, or of a call of `dict`. */
  | { readonly kind: 'dictionary'; readonly node: PyNode }
  /** Before what is spread, in a dictionary around both. */
  | { readonly kind: 'splat'; readonly node: PyNode };

/** One call that makes options. */
export interface OptionsSite {
  readonly call: PyNode;
  readonly list: PyNode;
  readonly positional: readonly PyNode[];
  readonly writes: readonly OptionWrite[];
  /** Spread into it and not seen whole. */
  readonly unseen: readonly PyNode[];
  /** Where a default for `key` goes. */
  placeOf(key: string): DefaultPlace;
}

export function readSite(file: PythonFile, call: PyNode): OptionsSite | null {
  const { text } = file.code;
  const list = pythonChild(call, 'arguments');
  if (list?.type !== 'argument_list') return null;
  const positional: PyNode[] = [];
  const writes: OptionWrite[] = [];
  const unseen: PyNode[] = [];
  const spread: { readonly writes: readonly OptionWrite[]; readonly place: DefaultPlace }[] = [];
  for (const argument of pythonChildren(list)) {
    if (argument.type === 'keyword_argument') writes.push(...readKeyword(text, argument));
    else if (argument.type !== 'dictionary_splat') positional.push(argument);
    else {
      const found = readDictionary(file, argument);
      if (found === null) unseen.push(argument);
      else {
        spread.push(found);
        writes.push(...found.writes);
      }
    }
  }
  const placeOf = (key: string): DefaultPlace =>
    spread.find((one) => one.writes.some((write) => write.key === key && !write.sure))?.place ?? { kind: 'call' };
  return { call, list, positional, writes, unseen, placeOf };
}

function readKeyword(text: string, argument: PyNode): readonly OptionWrite[] {
  const name = pythonChild(argument, 'name');
  const value = pythonChild(argument, 'value');
  if (name === undefined || value === undefined) return [];
  return [{ key: text.slice(name.start, name.end), keyNode: name, form: 'keyword', value, sure: true }];
}

/** The text of a string literal of one part, as a node; undefined for any other key. */
export function keyOf(file: PythonFile, node: PyNode | undefined): PyNode | undefined {
  if (node?.type !== 'string' || pythonString(file.code.text, node) === null) return undefined;
  return node.children.find(({ type }) => type === 'string_content');
}
