import { indexLines } from '../../base/text.ts';
import { ancestors, childAt, closest, dottedOf, type PyNode, scopeOf, sourceOf, walk } from './node.ts';
import { parsePython } from './parser.ts';

/** One name of `from … import`. */
export interface ImportedName {
  /** `*` for a star import. */
  readonly name: string;
  readonly alias: string | null;
}

/** One module of one import statement: `import a, b` is two. */
export interface PythonImport {
  /** Dotted, without the leading dots of a relative import; empty for `from . import a`. */
  readonly module: string;
  /** Leading dots. */
  readonly level: number;
  /** The names after `from … import`; null for `import module`. */
  readonly names: readonly ImportedName[] | null;
  /** Of `import module as alias`. */
  readonly alias: string | null;
  /** Of the statement, from 1. */
  readonly line: number;
  /** Whether it stands in the body of a `try`. */
  readonly guarded: boolean;
  /** Whether it stands under `if TYPE_CHECKING:`. */
  readonly typeCheckingOnly: boolean;
  /** Whether it stands in no function or class. */
  readonly topLevel: boolean;
}

/** One thing that an import statement brings in, with its place. */
export interface ImportItem {
  readonly statement: PyNode;
  /** The module or name in the statement, with its alias. */
  readonly node: PyNode;
  readonly module: string;
  readonly level: number;
  /** Null for `import module`. */
  readonly name: string | null;
  readonly alias: string | null;
}

const FROM = ['import_from_statement', 'future_import_statement'];

function readItem(text: string, node: PyNode): { name: string; alias: string | null } {
  if (node.type === 'wildcard_import') return { name: '*', alias: null };
  const target = childAt(node, 'name') ?? node;
  const alias = childAt(node, 'alias');
  return { name: dottedOf(text, target) ?? '', alias: alias === undefined ? null : sourceOf(text, alias) };
}

function itemsOf(text: string, statement: PyNode): readonly ImportItem[] {
  const nodes = statement.children.filter((child) => child.field === 'name' || child.type === 'wildcard_import');
  if (!FROM.includes(statement.type)) {
    return nodes.map((node) => {
      const { name, alias } = readItem(text, node);
      return { statement, node, module: name, level: 0, name: null, alias };
    });
  }
  const origin = childAt(statement, 'module_name');
  const written = origin === undefined ? '__future__' : sourceOf(text, origin).replace(/\s|\\/g, '');
  const module = written.replace(/^\.+/, '');
  const level = written.length - module.length;
  return nodes.map((node) => ({ statement, node, module, level, ...readItem(text, node) }));
}

/** Everything that the import statements under `root` bring in, in order. */
export function importItems(text: string, root: PyNode): readonly ImportItem[] {
  return [...walk(root)]
    .filter((node) => node.type === 'import_statement' || FROM.includes(node.type))
    .filter((node) => node.named)
    .flatMap((node) => itemsOf(text, node));
}

/** The `try` statement in whose body `node` stands, nearest first, in the same function. */
export function tryAround(node: PyNode): PyNode | undefined {
  const scope = scopeOf(node);
  let below = node;
  for (const above of ancestors(node)) {
    if (above === scope) return undefined;
    if (above.type === 'try_statement' && below.field === 'body') return above;
    below = above;
  }
  return undefined;
}

function isTypeCheckingOnly(text: string, node: PyNode): boolean {
  let below = node;
  for (const above of ancestors(node)) {
    const condition =
      above.type === 'if_statement' && below.field === 'consequence' ? childAt(above, 'condition') : null;
    if (condition && /^(\w+\.)?TYPE_CHECKING$/.test(dottedOf(text, condition) ?? '')) return true;
    below = above;
  }
  return false;
}

/** Every import of `text` in order, wherever it stands. */
export function listImports(text: string): readonly PythonImport[] {
  const lines = indexLines(text);
  const byOrigin = new Map<string, { item: ImportItem; names: ImportedName[] | null }>();
  for (const item of importItems(text, parsePython(text))) {
    const key = item.name === null ? `at ${item.node.start}` : `from ${item.statement.start}`;
    const entry = byOrigin.get(key) ?? { item, names: item.name === null ? null : [] };
    if (item.name !== null) entry.names?.push({ name: item.name, alias: item.alias });
    byOrigin.set(key, entry);
  }
  return [...byOrigin.values()].map(({ item, names }) => ({
    module: item.module,
    level: item.level,
    names,
    alias: item.name === null ? item.alias : null,
    line: lines.lineAt(item.statement.start),
    guarded: tryAround(item.statement) !== undefined,
    typeCheckingOnly: isTypeCheckingOnly(text, item.statement),
    topLevel: closest(item.statement, ['function_definition', 'class_definition']) === undefined,
  }));
}

/** The name that an item binds where it stands: `a` for `import a.b`, `c` for `from a import b as c`. */
export function localName(item: ImportItem): string {
  return item.alias ?? item.name ?? (item.module.split('.')[0] as string);
}

/** Whether the item brings in `modules` or something of them. A relative import is matched by the end of the name. */
export function bringsIn(item: ImportItem, modules: readonly string[]): boolean {
  const joined = [item.module, item.name ?? ''].filter((part) => part !== '').join('.');
  return modules.some((module) => {
    if (item.level > 0) {
      return [item.module, joined].some((path) => path !== '' && (module === path || module.endsWith(`.${path}`)));
    }
    return [item.module, joined].some((path) => path === module || path.startsWith(`${module}.`));
  });
}

/** Whether the item binds the module itself (`import a`, `from pkg import a`), not something inside it. */
export function bindsModule(item: ImportItem, modules: readonly string[]): boolean {
  if (item.name === null) return true;
  const joined = [item.module, item.name].filter((part) => part !== '').join('.');
  return modules.some((module) => module === joined || (item.level > 0 && module.endsWith(`.${joined}`)));
}
