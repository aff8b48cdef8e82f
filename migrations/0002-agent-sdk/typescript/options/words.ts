/** The texts that are written into options, in the quotes of the file. */
export interface Words {
  readonly quote: "'" | '"';
  /** The object has no type of its own, so that a text needs one to stay just that text. */
  readonly isUntyped: boolean;
}

function quoted({ quote }: Words, text: string): string {
  return quote + text + quote;
}

function constant(words: Words, text: string): string {
  return quoted(words, text) + (words.isUntyped ? ' as const' : '');
}

/** The prompt of Claude Code, with `append` behind it. */
export function presetText(words: Words, append?: string): string {
  const parts = [`type: ${quoted(words, 'preset')}`, `preset: ${quoted(words, 'claude_code')}`];
  const object = `{ ${[...parts, ...(append === undefined ? [] : [`append: ${append}`])].join(', ')} }`;
  return object + (words.isUntyped ? ' as const' : '');
}

/** Every setting source, as the old SDK had them all. */
export function sourcesText(words: Words): string {
  return `[${['user', 'project', 'local'].map((source) => constant(words, source)).join(', ')}]`;
}

/** The permission mode that the old SDK sent when there was none. */
export function modeText(words: Words): string {
  return constant(words, 'default');
}

/** An empty line between two prompts, as a text. */
export function gapText(words: Words): string {
  return quoted(words, '\\n\\n');
}
