import type { PythonFile } from '../python-files.ts';

/** The texts that are written into options, in the quotes of the file. */
export interface PythonWords {
  quoted(text: string): string;
  /** The prompt of Claude Code, with `append` (source of a pair, or of a splat) behind it; over several lines where a line end with the indentation is given. */
  preset(append?: string, newline?: string, unit?: string): string;
  /** Every setting source, as the old SDK had them all. */
  sources(): string;
}

export function wordsOf({ code: { text } }: PythonFile): PythonWords {
  const single = text.split("'").length;
  const double = text.split('"').length;
  const mark = single > double ? "'" : '"';
  const quoted = (word: string): string => mark + word + mark;
  return {
    quoted,
    preset: (append, newline, unit = '') => {
      const parts = [`${quoted('type')}: ${quoted('preset')}`, `${quoted('preset')}: ${quoted('claude_code')}`];
      const all = [...parts, ...(append === undefined ? [] : [append])];
      if (newline === undefined) return `{${all.join(', ')}}`;
      return `{${all.map((part) => `${newline}${unit}${part},`).join('')}${newline}}`;
    },
    sources: () => `[${['user', 'project', 'local'].map(quoted).join(', ')}]`,
  };
}
