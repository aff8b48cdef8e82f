import { closestPython, type PyNode, pythonChild, pythonChildren, walkPython } from '../../../../src/authoring.ts';
import type { PythonFile } from '../python-files.ts';
import { type DefaultPlace, keyOf, type OptionWrite } from './sites.ts';

export interface SpreadDictionary {
  readonly writes: readonly OptionWrite[];
  readonly place: DefaultPlace;
}

/** What is spread by `**…`: a written dictionary, one under a condition, or a variable of which every use is seen; null for anything else. */
export function readDictionary(file: PythonFile, splat: PyNode): SpreadDictionary | null {
  const [value] = pythonChildren(splat);
  if (value === undefined) return null;
  if (value.type === 'identifier') return readVariable(file, value);
  const writes = readWritten(file, value, true);
  if (writes === null) return null;
  const place: DefaultPlace =
    value.type === 'dictionary' ? { kind: 'dictionary', node: value } : { kind: 'splat', node: splat };
  return { writes, place };
}

/** The pairs of a dictionary that is written out, of both branches of a condition; null where not all is seen. */
function readWritten(file: PythonFile, node: PyNode, sure: boolean): readonly OptionWrite[] | null {
  const parts = pythonChildren(node);
  if (node.type === 'parenthesized_expression' && parts[0] !== undefined) return readWritten(file, parts[0], sure);
  if (node.type === 'conditional_expression' && parts.length === 3) {
    return joined([parts[0], parts[2]].map((part) => readWritten(file, part as PyNode, false)));
  }
  if (node.type === 'call') return readDictCall(file, node, sure);
  if (node.type !== 'dictionary') return null;
  return joined(
    parts.map((part) => {
      if (part.type === 'dictionary_splat') {
        const [inner] = pythonChildren(part);
        return inner === undefined ? null : readWritten(file, inner, sure);
      }
      const key = keyOf(file, pythonChild(part, 'key'));
      const value = pythonChild(part, 'value');
      return key === undefined || value === undefined ? null : [writeOf(file, key, value, 'pair', sure)];
    }),
  );
}

function joined(parts: readonly (readonly OptionWrite[] | null)[]): readonly OptionWrite[] | null {
  return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
}

/** `dict(key=value)`. */
function readDictCall(file: PythonFile, call: PyNode, sure: boolean): readonly OptionWrite[] | null {
  const { text } = file.code;
  const callee = pythonChild(call, 'function');
  if (callee === undefined || text.slice(callee.start, callee.end) !== 'dict') return null;
  return readKeywords(file, call, sure);
}

function readKeywords(file: PythonFile, call: PyNode, sure: boolean): readonly OptionWrite[] | null {
  const list = pythonChild(call, 'arguments');
  if (list?.type !== 'argument_list') return null;
  return joined(
    pythonChildren(list).map((argument) => {
      const name = pythonChild(argument, 'name');
      const value = pythonChild(argument, 'value');
      if (argument.type !== 'keyword_argument' || name === undefined || value === undefined) return null;
      return [writeOf(file, name, value, 'keyword', sure)];
    }),
  );
}

function writeOf(file: PythonFile, key: PyNode, value: PyNode, form: OptionWrite['form'], sure: boolean): OptionWrite {
  return { key: file.code.text.slice(key.start, key.end), keyNode: key, form, value, sure };
}

/** A variable that one assignment makes and that goes nowhere else. */
function readVariable(file: PythonFile, identifier: PyNode): SpreadDictionary | null {
  const { code } = file;
  const name = code.text.slice(identifier.start, identifier.end);
  const bindings = code.bindingsOf(name, identifier);
  const [only] = bindings;
  if (bindings.length !== 1 || only?.kind !== 'other' || only.node.parent?.type !== 'assignment') return null;
  const made = pythonChild(only.node.parent, 'right');
  const writes = made === undefined || only.node.field !== 'left' ? null : readWritten(file, made, true);
  if (made === undefined || writes === null) return null;
  const all: OptionWrite[] = [...writes];
  for (const node of walkPython(code.root)) {
    if (node.type !== 'identifier' || node === only.node || code.text.slice(node.start, node.end) !== name) continue;
    if (node.field === 'attribute' || (node.parent?.type === 'keyword_argument' && node.field === 'name')) continue;
    if (code.bindingsOf(name, node) !== bindings) continue;
    const found = readUse(file, node, closestPython(only.node, ['block', 'module']));
    if (found === null) return null;
    all.push(...found);
  }
  return { writes: all, place: { kind: 'dictionary', node: made } };
}

const READS = /^(?:print|len|repr|str|sorted|list|bool|dumps|debug|info|warning|error|pprint|format)$/;

/** What one use of the variable writes; null where the dictionary may be changed out of sight. */
function readUse(file: PythonFile, node: PyNode, home: PyNode | undefined): readonly OptionWrite[] | null {
  const { text } = file.code;
  const { parent } = node;
  if (parent === null) return null;
  if (parent.type === 'dictionary_splat') return [];
  if (/^(?:comparison_operator|not_operator|interpolation|if_statement|boolean_operator)$/.test(parent.type)) return [];
  if (parent.type === 'subscript') return readSubscript(file, parent, home);
  if (parent.type === 'argument_list') {
    const callee = parent.parent === null ? undefined : pythonChild(parent.parent, 'function');
    return READS.test(callee === undefined ? '' : (text.slice(callee.start, callee.end).split('.').at(-1) ?? ''))
      ? []
      : null;
  }
  const call = parent.type === 'attribute' && node.field === 'object' ? parent.parent : null;
  if (call?.type !== 'call') return null;
  const method = text.slice(pythonChild(parent, 'attribute')?.start, pythonChild(parent, 'attribute')?.end);
  if (/^(?:get|keys|items|values|copy)$/.test(method)) return [];
  if (method !== 'update') return null;
  const sure = isAtHome(call, home);
  const [first, ...others] = pythonChildren(pythonChild(call, 'arguments') ?? call);
  if (first?.type === 'dictionary' && others.length === 0) return readWritten(file, first, sure);
  return readKeywords(file, call, sure);
}

function readSubscript(file: PythonFile, subscript: PyNode, home: PyNode | undefined): readonly OptionWrite[] | null {
  const { parent } = subscript;
  if (parent?.type === 'delete_statement' || parent?.type === 'augmented_assignment') return null;
  if (parent?.type !== 'assignment' || subscript.field !== 'left') return [];
  const key = keyOf(file, pythonChild(subscript, 'subscript'));
  const value = pythonChild(parent, 'right');
  return key === undefined || value === undefined ? null : [writeOf(file, key, value, 'pair', isAtHome(parent, home))];
}

/** Whether the expression runs whenever the dictionary is made. */
function isAtHome(node: PyNode, home: PyNode | undefined): boolean {
  return closestPython(node, ['block', 'module']) === home;
}
