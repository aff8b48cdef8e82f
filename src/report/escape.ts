// Text from a repository is data. Each output has its own way to keep it from acting as anything else.

// C0 and C1 controls, marks that reorder or hide text, tag characters, lone surrogates.
const INVISIBLE =
  /[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function spell(char: string): string {
  const named = NAMED[char];
  if (named !== undefined) return named;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Spells out what a terminal would act on or not show, as `\x1b` or `\u202e`. The result is one line. */
export function escapeLine(text: string): string {
  return text.replace(INVISIBLE, spell);
}

/** As {@link escapeLine}, with line feeds and tabs kept. */
export function escapeLines(text: string): string {
  return text.replace(INVISIBLE, (char) => (char === '\n' || char === '\t' ? char : spell(char)));
}

/**
 * Breaks what a CI runner reads as a command in its log: `::name` at the start of a line and `##[name]` anywhere, also
 * GitLab's section marks (those need control characters and are spelled out already).
 */
export function neutraliseCommands(text: string): string {
  return text
    .replace(/^([^\S\n]*):(?=:)/gm, '$1\\x3a')
    .replaceAll('##[', '#\\x23[')
    .replaceAll('##vso', '#\\x23vso');
}

/**
 * JSON text with the same value, in which what a terminal would act on or hide, and what a runner reads as a command, is
 * written as an escape. JSON has such characters inside strings only.
 */
export function escapeJson(json: string): string {
  const unit = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json
    .replace(INVISIBLE, (char) => (char === '\n' ? char : char.split('').map(unit).join('')))
    .replace(/##(?=\[|vso)/g, '#\\u0023');
}

/** Data of a GitHub workflow command. */
export function escapeCommandData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a GitHub workflow command. */
export function escapeCommandProperty(text: string): string {
  return escapeCommandData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML, in elements and attributes; invisible characters are spelled out. */
export function escapeHtml(text: string): string {
  return escapeLine(text).replace(/[&<>"']/g, (char) => HTML[char] ?? char);
}

/**
 * Text inside a line of Markdown, a table cell included: never its start. Every character with a meaning there becomes an
 * entity, which Markdown never reads as markup; a zero-width space after `@` and `#` keeps people and issues from being linked.
 */
export function escapeMarkdown(text: string): string {
  return escapeLine(text).replace(/[&<>"'\\`*_[\]#!|~@$]|:(?=[\w/])/g, (char) => {
    const entity = `&#${char.charCodeAt(0)};`;
    return char === '@' || char === '#' ? `${entity}&#8203;` : entity;
  });
}

/** A name or command as inline code; inside of it nobody is mentioned. */
export function markdownCode(text: string): string {
  const inner = escapeLine(text).replace(/[&<>"'\\`*_[\]!|~$]|:(?=\/\/)/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<code>${inner}</code>`;
}

/**
 * Text for XML elements and attributes: what XML 1.0 forbids is spelled out or gone, `]]>` cannot appear, and printed to
 * the log of a runner it holds no command.
 */
export function escapeXml(text: string): string {
  return neutraliseCommands(escapeLines(text)).replace(/[&<>"']/g, (char) => XML[char] ?? char);
}

const XML: Readonly<Record<string, string>> = { ...HTML, "'": '&apos;' };

/** As {@link escapeXml} for an attribute, where line ends would be lost. */
export function escapeXmlAttribute(text: string): string {
  return escapeXml(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

/** Cuts `text` to `limit` code units, with an ellipsis, never inside a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = limit - 1;
  const inPair = /[\ud800-\udbff]/.test(text.charAt(end - 1));
  return `${text.slice(0, inPair ? end - 1 : end)}…`;
}
