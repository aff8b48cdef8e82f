import {
  closestPython,
  type PyNode,
  type PythonBinding,
  pythonChild,
  pythonChildren,
  walkPython,
} from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import type { SdkPython } from '../sdk-python.ts';
import { isOptionsPath } from './paths.ts';
import { type OptionsSite, type OptionWrite, readSite } from './sites.ts';

/** Options that one variable may hold: the calls that make them, and what is assigned to their attributes. */
export interface OptionsGroup {
  readonly sites: readonly OptionsSite[];
  readonly writes: readonly OptionWrite[];
  /** Other uses of an attribute: `x.append_system_prompt` read, `+=`, deleted. */
  readonly reads: readonly { readonly key: string; readonly node: PyNode }[];
}

/** The options that a file makes or is handed. */
export function findGroups(sdk: SdkPython, file: PythonFile): readonly OptionsGroup[] {
  const holders = openHolders(sdk, file);
  const groups = new Map<
    string,
    { sites: OptionsSite[]; writes: OptionWrite[]; reads: { key: string; node: PyNode }[] }
  >();
  const groupOf = (key: string) => {
    const root = holders.rootOf(key);
    const group = groups.get(root) ?? { sites: [], writes: [], reads: [] };
    groups.set(root, group);
    return group;
  };
  for (const call of holders.calls) {
    const site = readSite(file, call);
    if (site !== null) groupOf(holders.keyOf(call) ?? '').sites.push(site);
  }
  for (const node of walkPython(file.code.root)) {
    const object = node.type === 'attribute' ? pythonChild(node, 'object') : undefined;
    const attribute = pythonChild(node, 'attribute');
    const key = object === undefined || attribute === undefined ? null : holders.keyOf(object);
    if (key === null || attribute === undefined || !holders.isOptions(key)) continue;
    const group = groupOf(key);
    const name = file.code.text.slice(attribute.start, attribute.end);
    const value =
      node.field === 'left' && node.parent?.type === 'assignment' ? pythonChild(node.parent, 'right') : undefined;
    if (value !== undefined)
      group.writes.push({ key: name, keyNode: attribute, form: 'attribute', value, sure: false });
    else group.reads.push({ key: name, node });
  }
  return [...groups.values()];
}

interface Holders {
  readonly calls: readonly PyNode[];
  /** A name for what the expression holds; null where it is nothing that is followed. */
  keyOf(node: PyNode): string | null;
  rootOf(key: string): string;
  /** Whether the key is known to hold options of the SDK. */
  isOptions(key: string): boolean;
}

function openHolders(sdk: SdkPython, file: PythonFile): Holders {
  const { code } = file;
  const { text } = code;
  const names = new Map<readonly PythonBinding[], string>();
  const parents = new Map<string, string>();
  const typed = new Set<string>();
  const rootOf = (key: string): string => {
    const next = parents.get(key);
    return next === undefined ? key : rootOf(next);
  };
  const join = (a: string | null, b: string | null): void => {
    if (a === null || b === null || rootOf(a) === rootOf(b)) return;
    parents.set(rootOf(a), rootOf(b));
  };
  const isOptionsCall = (node: PyNode): boolean => {
    const callee = node.type === 'call' ? pythonChild(node, 'function') : undefined;
    return callee !== undefined && isOptionsPath(sdk.sdkPathOf(file, callee));
  };
  const keyOf = (node: PyNode): string | null => {
    const parts = pythonChildren(node);
    if (node.type === 'parenthesized_expression' || node.type === 'await')
      return parts[0] === undefined ? null : keyOf(parts[0]);
    if (node.type === 'identifier') {
      const bindings = code.bindingsOf(text.slice(node.start, node.end), node);
      if (bindings.length === 0) return null;
      const known = names.get(bindings) ?? `name ${names.size}`;
      names.set(bindings, known);
      return known;
    }
    if (node.type === 'attribute') {
      const source = text.slice(node.start, node.end);
      const owner = /^(?:self|cls)\.\w+$/.test(source) ? closestPython(node, ['class_definition']) : undefined;
      return owner === undefined ? null : `class ${owner.start} ${source.replace(/^cls/, 'self')}`;
    }
    if (isOptionsCall(node)) return `call ${node.start}`;
    return node.type === 'call' ? keyOfFunction(file, node) : null;
  };
  const calls: PyNode[] = [];
  const used = new Set<string>();
  for (const node of walkPython(code.root)) {
    if (isOptionsCall(node)) calls.push(node);
    if (node.type === 'assignment') {
      const left = pythonChild(node, 'left');
      const right = pythonChild(node, 'right');
      const key = left === undefined ? null : keyOf(left);
      for (const value of right === undefined ? [] : branchesOf(right)) join(keyOf(value), key);
      if (key !== null && isOptionsType(sdk, file, pythonChild(node, 'type'))) typed.add(key);
    } else if (node.type === 'return_statement') {
      const [value] = pythonChildren(node);
      const home = closestPython(node, ['function_definition']);
      const name = home === undefined ? undefined : pythonChild(home, 'name');
      if (home === undefined || name === undefined || value === undefined) continue;
      for (const one of branchesOf(value)) join(keyOf(one), functionKey(text, name));
      if (isOptionsType(sdk, file, pythonChild(home, 'return_type'))) typed.add(functionKey(text, name));
    } else if (node.type === 'typed_parameter' || node.type === 'typed_default_parameter') {
      const name = pythonChild(node, 'name') ?? node.children.find(({ type }) => type === 'identifier');
      const key = name === undefined ? null : keyOf(name);
      if (key !== null && isOptionsType(sdk, file, pythonChild(node, 'type'))) typed.add(key);
    }
  }
  for (const call of calls) used.add(rootOf(`call ${call.start}`));
  for (const key of typed) used.add(rootOf(key));
  return { calls, keyOf, rootOf, isOptions: (key) => used.has(rootOf(key)) };
}

/** Expressions of which one is the value. */
export function branchesOf(node: PyNode): readonly PyNode[] {
  const parts = pythonChildren(node);
  if (node.type === 'conditional_expression')
    return [parts[0], parts[2]].flatMap((part) => (part === undefined ? [] : branchesOf(part)));
  if (node.type === 'boolean_operator') return parts.flatMap(branchesOf);
  if (node.type === 'parenthesized_expression' && parts[0] !== undefined) return branchesOf(parts[0]);
  return [node];
}

/** What a function of the same file answers, by its name. */
function keyOfFunction({ code: { text } }: PythonFile, call: PyNode): string | null {
  const callee = pythonChild(call, 'function');
  const source = callee === undefined ? '' : text.slice(callee.start, callee.end);
  return /^(?:(?:self|cls)\.)?\w+$/.test(source) ? `function ${source.replace(/^(?:self|cls)\./, '')}` : null;
}

function functionKey(text: string, name: PyNode): string {
  return `function ${text.slice(name.start, name.end)}`;
}

/** Whether an annotation is the options class, alone or beside `None`. */
export function isOptionsType(sdk: SdkPython, file: PythonFile, type: PyNode | undefined): boolean {
  if (type === undefined) return false;
  const { text } = file.code;
  const source = text.slice(type.start, type.end);
  const bare = /^["']?\s*(?:(?:typing\.|t\.)?Optional\[\s*["']?)?([\w.]+)["']?\s*\]?(?:\s*\|\s*None)?["']?$/.exec(
    source,
  )?.[1];
  if (bare === undefined) return false;
  for (const node of walkPython(type)) {
    if (/^(?:identifier|attribute)$/.test(node.type) && text.slice(node.start, node.end) === bare)
      return isOptionsPath(sdk.sdkPathOf(file, node));
  }
  const [first = '', ...rest] = bare.split('.');
  const path = sdk.sdkPathOfName(file, first, type);
  return path !== null && isOptionsPath([path, ...rest].join('.'));
}
