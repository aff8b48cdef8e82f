/** A dependency of a project, as a line of a requirements file. */
export interface ProjectDependency {
  readonly requirement: string;
  /** Line of the pyproject.toml. */
  readonly line: number;
}

export interface ProjectDependencies {
  readonly packages: readonly ProjectDependency[];
  /** What is declared in a form that has no line of its own in a requirements file. */
  readonly left: readonly { readonly text: string; readonly line: number }[];
}

interface Line {
  readonly text: string;
  readonly number: number;
}

/** The run-time dependencies that the text of a pyproject.toml declares, in the standard's form or in Poetry's. */
export function readProjectDependencies(text: string): ProjectDependencies {
  const packages: ProjectDependency[] = [];
  const left: { text: string; line: number }[] = [];
  for (const { text: item, number } of declaredItems(sectionLines(text, 'project'))) {
    packages.push({ requirement: item, line: number });
  }
  for (const { text: line, number } of sectionLines(text, 'tool.poetry.dependencies')) {
    const requirement = poetryRequirement(line);
    if (requirement === null) left.push({ text: line.trim(), line: number });
    else if (requirement !== '') packages.push({ requirement, line: number });
  }
  return { packages, left };
}

function sectionLines(text: string, name: string): readonly Line[] {
  const found: Line[] = [];
  let section = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const header = /^\s*\[\s*([\w.-]+)\s*\]\s*(?:#.*)?$/.exec(line);
    if (header !== null) section = header[1] as string;
    else if (/^\s*\[/.test(line) && !/^\s*\[[^\]]*$/.test(line) && /^\s*\[\[/.test(line)) section = '';
    else if (section === name) found.push({ text: line, number: index + 1 });
  }
  return found;
}

const STRING = /"((?:[^"\\]|\\.)*)"|'([^']*)'/g;

/** The strings of `dependencies = […]`, which may span lines. */
function declaredItems(lines: readonly Line[]): readonly Line[] {
  const items: Line[] = [];
  let inside = false;
  for (const { text, number } of lines) {
    const opened = /^\s*dependencies\s*=\s*\[/.exec(text);
    if (opened === null && !inside) continue;
    inside = true;
    const rest = opened === null ? text : text.slice(opened[0].length);
    for (const [, double, single] of withoutComment(rest).matchAll(STRING)) {
      items.push({ text: (double?.replace(/\\(.)/g, '$1') ?? single ?? '').trim(), number });
    }
    // Brackets of extras stand inside the strings.
    if (withoutComment(rest).replace(STRING, '').includes(']')) return items;
  }
  return items;
}

function withoutComment(text: string): string {
  return /^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*/.exec(text)?.[0] ?? text;
}

/** One line of Poetry's table: empty for a line that names no package, null for one that cannot be said otherwise. */
function poetryRequirement(line: string): string | null {
  const plain = withoutComment(line).trim();
  if (plain === '') return '';
  const [, quoted = '', value = ''] = /^("[^"]+"|'[^']+'|[\w.-]+)\s*=\s*(.+)$/.exec(plain) ?? [];
  const name = quoted.replace(/["']/g, '');
  if (name === 'python') return '';
  const text = /^(?:"([^"]*)"|'([^']*)')$/.exec(value);
  const table = /^\{(.*)\}$/.exec(value)?.[1];
  const keys = [...(table ?? '').matchAll(/([\w-]+)\s*=/g)].map(([, key]) => key);
  if (text === null && (table === undefined || keys.some((key) => key !== 'version' && key !== 'extras'))) return null;
  const version = text?.[1] ?? text?.[2] ?? /version\s*=\s*["']([^"']*)["']/.exec(table ?? '')?.[1] ?? '*';
  const extras = [...(/extras\s*=\s*\[([^\]]*)\]/.exec(table ?? '')?.[1] ?? '').matchAll(/["']([^"']+)["']/g)];
  const bounds = poetryBounds(version);
  if (name === '' || bounds === null) return null;
  return `${name}${extras.length === 0 ? '' : `[${extras.map(([, extra]) => extra).join(',')}]`}${bounds}`;
}

function poetryBounds(version: string): string | null {
  const plain = version.replace(/\s+/g, '');
  if (plain === '*') return '';
  if (plain.includes('|')) return null;
  const parts = plain.split(',').map((part) => {
    const caret = /^([\^~])(\d+(?:\.\d+)*)$/.exec(part);
    if (caret !== null) return range(caret[1] as string, caret[2] as string);
    if (/^\d+(?:\.\d+)*(?:\.\*)?$/.test(part)) return `==${part}`;
    return /^(?:[<>=!]=|[<>]|~=)[\w.*+!-]+$/.test(part) ? part : null;
  });
  return parts.includes(null) ? null : parts.join(',');
}

/** `^` keeps the first number that is not zero, `~` the second one. */
function range(sign: string, version: string): string {
  const numbers = version.split('.').map(Number);
  const first = numbers.findIndex((number) => number !== 0);
  const last = numbers.length - 1;
  const at = sign === '~' ? Math.min(1, last) : first === -1 ? last : first;
  const upper = [...numbers.slice(0, at), (numbers[at] as number) + 1];
  return `>=${version},<${upper.join('.')}`;
}
