import {
  closestPython,
  type ImportItem,
  localName,
  type PyNode,
  pythonChild,
  pythonString,
  walkPython,
} from '../../../src/authoring.ts';
import { isIn, NEW_MODULE, NEW_OPTIONS, newMember, OLD_MODULE, OLD_OPTIONS } from './names.ts';
import type { PythonFile } from './python-files.ts';
import type { SdkPython } from './sdk-python.ts';

/** Why a file goes on calling the options by their old name. */
export type Keep =
  /** Its own public list has it. */
  | { readonly why: 'public'; readonly node: PyNode }
  /** It has something of the new name already. */
  | { readonly why: 'collision'; readonly node: PyNode };

/** What becomes of the names that files bind. */
export interface Renames {
  keepOf(file: PythonFile): Keep | null;
  /** Whether what `name` stands for at the top level of the file gets another name. */
  renames(file: PythonFile, name: string): boolean;
  /** The new name of the thing that an item imports, where it has one; `binds` tells whether the local name changes with it. */
  ofItem(file: PythonFile, item: ImportItem): { readonly to: string; readonly binds: boolean } | null;
  /** Whether the item stands beside an import of the new SDK that it replaces or is replaced by. */
  isDual(file: PythonFile, item: ImportItem): boolean;
  /** Whether the identifier stands for something that is renamed where it is bound. */
  followsItem(file: PythonFile, identifier: PyNode): boolean;
}

/** The new form of a name that stands alone. */
export function newName(name: string): string {
  return name === OLD_MODULE ? NEW_MODULE : newMember(name);
}

export function readRenames(sdk: SdkPython): Renames {
  const keeps = new Map<PythonFile, Keep | null>();
  const busy = new Set<string>();
  const keepOf = (file: PythonFile): Keep | null => {
    if (!keeps.has(file)) keeps.set(file, findKeep(file));
    return keeps.get(file) ?? null;
  };
  const renames = (file: PythonFile, name: string): boolean => {
    const key = `${file.path} ${name}`;
    if (newName(name) === name || busy.has(key)) return false;
    busy.add(key);
    const found = file.code.bindingsOf(name, file.code.root);
    const items = found.flatMap((one) => (one.kind === 'import' ? [one.item] : []));
    const stars = found.length === 0 ? file.code.imports.filter((item) => item.name === '*') : [];
    const does =
      items.some((item) => ofItem(file, item)?.binds === true) || stars.some((item) => starRenames(file, item, name));
    busy.delete(key);
    return does;
  };
  const starRenames = (file: PythonFile, item: ImportItem, name: string): boolean => {
    if (item.level === 0 && isIn(OLD_MODULE, item.module)) return name !== OLD_MODULE;
    const own = sdk.ownFile(file.path, '.'.repeat(item.level) + item.module);
    return own !== null && own.path !== file.path && renames(own, name);
  };
  const ofItem: Renames['ofItem'] = (file, item) => {
    const { name, alias, module, level } = item;
    if (name === null) {
      const isOld = level === 0 && isIn(OLD_MODULE, module) && !isDual(file, item);
      return isOld ? { to: NEW_MODULE, binds: alias === null } : null;
    }
    const to = newName(name);
    if (to === name) return null;
    const isSdk = level === 0 && isIn(OLD_MODULE, module);
    const own = isSdk ? null : sdk.ownFile(file.path, '.'.repeat(level) + module);
    if (isSdk ? isDual(file, item) : own === null || own.path === file.path || !renames(own, name)) return null;
    return { to, binds: alias === null && !(name === OLD_OPTIONS && keepOf(file) !== null) };
  };
  const followsItem = (file: PythonFile, identifier: PyNode): boolean => {
    const name = file.code.text.slice(identifier.start, identifier.end);
    if (newName(name) === name) return false;
    const found = file.code.bindingsOf(name, identifier);
    if (found.length === 0) return file.code.imports.some((one) => one.name === '*' && starRenames(file, one, name));
    return found.some((one) => one.kind === 'import' && ofItem(file, one.item)?.binds === true);
  };
  return { keepOf, renames, ofItem, isDual, followsItem };
}

function isDual(file: PythonFile, item: ImportItem): boolean {
  const around = closestPython(item.statement, ['try_statement', 'if_statement']);
  if (around === undefined) return false;
  return file.code.imports.some(
    ({ level, module, statement }) =>
      level === 0 && isIn(NEW_MODULE, module) && around.start <= statement.start && statement.end <= around.end,
  );
}

function findKeep({ code }: PythonFile): Keep | null {
  for (const node of walkPython(code.root)) {
    if (node.type === 'string' && pythonString(code.text, node) === OLD_OPTIONS && isInAll(code.text, node))
      return { why: 'public', node };
  }
  const imported = code.imports.find(
    (item) => localName(item) === NEW_OPTIONS && !code.originsOfName(NEW_OPTIONS, item.statement).some(isSdkPath),
  );
  if (imported !== undefined) return { why: 'collision', node: imported.node };
  for (const node of walkPython(code.root)) {
    if (node.type !== 'identifier' || code.text.slice(node.start, node.end) !== NEW_OPTIONS) continue;
    const [binding] = code.bindingsOf(NEW_OPTIONS, node);
    if (binding?.kind === 'other' && !code.originsOf(node).some(isSdkPath))
      return { why: 'collision', node: binding.node };
  }
  return null;
}

function isSdkPath(path: string): boolean {
  return isIn(OLD_MODULE, path) || isIn(NEW_MODULE, path);
}

/** Whether the string is an item of `__all__`. */
export function isInAll(text: string, node: PyNode): boolean {
  const assignment = closestPython(node, ['assignment', 'augmented_assignment', 'call']);
  const target =
    assignment === undefined ? undefined : (pythonChild(assignment, 'left') ?? pythonChild(assignment, 'function'));
  return target !== undefined && /^__all__(?:\.(?:append|extend))?$/.test(text.slice(target.start, target.end));
}
