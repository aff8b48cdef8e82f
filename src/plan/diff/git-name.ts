const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** Quotes `name` as git does with `core.quotepath=false`: only for control characters, `"` and `\`. */
export function quoteGitName(name: string): string {
  if (!/[\x00-\x1f\x7f"\\]/.test(name)) return name;
  const body = name.replace(
    /[\x00-\x1f\x7f"\\]/g,
    (char) => NAMED[char] ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${body}"`;
}

/** The name of a `---` or `+++` line: git ends one that holds a space with a tab, so that its end can be told. */
export function fileLineName(name: string): string {
  const quoted = quoteGitName(name);
  return quoted.includes(' ') ? `${quoted}\t` : quoted;
}
