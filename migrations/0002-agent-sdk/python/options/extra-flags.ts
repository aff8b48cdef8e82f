import { pythonChild, pythonChildren } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import { keyOf, type OptionWrite } from './sites.ts';

/** Flags that `extra_args` sends, which would stand beside those that the options send. */
export interface ExtraFlags {
  readonly prompt: boolean;
  /** Only an append prompt, which the old SDK put behind the prompt of Claude Code. */
  readonly appendOnly: boolean;
  readonly sources: boolean;
  /** An `extra_args` that is not written out here. */
  readonly unseen: OptionWrite | null;
}

export function extraFlags(file: PythonFile, writes: readonly OptionWrite[]): ExtraFlags {
  const extra = writes.filter(({ key }) => key === 'extra_args');
  const names = extra.flatMap(({ value }) =>
    value.type !== 'dictionary' ? [] : pythonChildren(value).map((pair) => nameOf(file, pair)),
  );
  const isFlag = (pattern: RegExp): boolean => names.some((name) => name !== null && pattern.test(name));
  const unseen = extra.find(
    ({ value }) => value.type !== 'dictionary' || pythonChildren(value).some((pair) => nameOf(file, pair) === null),
  );
  return {
    prompt: isFlag(/^(?:append-)?system-prompt(?:-file)?$/),
    appendOnly: isFlag(/^append-system-prompt(?:-file)?$/) && !isFlag(/^system-prompt(?:-file)?$/),
    sources: isFlag(/^setting-sources$/),
    unseen: unseen ?? null,
  };
}

function nameOf(file: PythonFile, pair: Parameters<typeof pythonChild>[0]): string | null {
  const key = keyOf(file, pythonChild(pair, 'key'));
  return key === undefined ? null : file.code.text.slice(key.start, key.end);
}
