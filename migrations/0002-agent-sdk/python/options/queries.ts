import { closestPython, type PyNode, pythonChild, pythonChildren, walkPython } from '../../../../src/authoring.ts';
import { isIn, NEW_OPTIONS, OLD_MODULE, OLD_OPTIONS } from '../names.ts';
import type { PythonChanges } from './changes.ts';
import { branchesOf } from './groups.ts';
import { addArguments, type NewArgument, renderAt } from './layout.ts';
import { isClientPath, isOptionsPath, isQueryPath } from './paths.ts';
import { wordsOf } from './words.ts';

/** Gives options to every query and client that has none, or may have none. */
export function completeQueries(changes: PythonChanges): void {
  const { sdk, file } = changes;
  for (const call of walkPython(file.code.root)) {
    const callee = call.type === 'call' ? pythonChild(call, 'function') : undefined;
    const list = pythonChild(call, 'arguments');
    if (callee === undefined || list?.type !== 'argument_list') continue;
    const path = sdk.sdkPathOf(file, callee);
    if (isQueryPath(path)) completeQuery(changes, callee, list, null);
    else if (isClientPath(path)) completeQuery(changes, callee, list, 0);
  }
}

/** `place` is that of the options among arguments without a name; null where there is none. */
function completeQuery(changes: PythonChanges, callee: PyNode, list: PyNode, place: number | null): void {
  const { file } = changes;
  const { text } = file.code;
  const args = pythonChildren(list);
  const named = args.find((one) => one.type === 'keyword_argument' && nameOf(text, one) === 'options');
  const plain = args.filter((one) => one.type !== 'keyword_argument' && !one.type.endsWith('splat'));
  const value = named === undefined ? (place === null ? undefined : plain[place]) : pythonChild(named, 'value');
  const spread = args.find((one) => one.type.endsWith('splat'));
  if (value !== undefined) {
    completeValue(changes, callee, value);
    return;
  }
  if (spread !== undefined) {
    changes.note(
      'todo',
      spread,
      'whether options come in here is not seen: without them, give options with system_prompt and setting_sources',
    );
    return;
  }
  if (closestPython(list, ['interpolation']) !== undefined) {
    changes.note(
      'todo',
      callee,
      'this call stands inside a text: give it options with system_prompt and setting_sources by hand',
    );
    return;
  }
  const made = newOptions(changes, callee);
  if (made === null) return;
  changes.wroteDefaults(list);
  changes.edit(addArguments(file, list, [{ ...made, head: `options=${made.head}` }]));
}

function completeValue(changes: PythonChanges, callee: PyNode, value: PyNode): void {
  const { file } = changes;
  const nothing = branchesOf(value).filter(({ type }) => type === 'none');
  for (const node of nothing) {
    const made = newOptions(changes, callee);
    if (made === null) return;
    changes.wroteDefaults(node);
    changes.edit([{ start: node.start, end: node.end, text: renderAt(file, made, node.start) }]);
  }
  if (nothing.length > 0 || !mayBeNothing(changes, value)) return;
  const made = newOptions(changes, callee);
  if (made === null) return;
  changes.wroteDefaults(value);
  changes.edit([{ start: value.end, end: value.end, text: ` or ${renderAt(file, made, value.start)}` }]);
}

/** Whether a variable or attribute is `None` by default, and nothing in its scope sees to that. */
function mayBeNothing(changes: PythonChanges, value: PyNode): boolean {
  const { code } = changes.file;
  if (value.type === 'identifier') return isNothing(changes, value);
  const source = code.text.slice(value.start, value.end);
  const owner = /^self\.\w+$/.test(source) ? closestPython(value, ['class_definition']) : undefined;
  if (owner === undefined) return false;
  const given = [...walkPython(owner)].flatMap((node) => {
    const left = node.type === 'assignment' ? pythonChild(node, 'left') : undefined;
    const right = node.type === 'assignment' ? pythonChild(node, 'right') : undefined;
    return left !== undefined && right !== undefined && code.text.slice(left.start, left.end) === source ? [right] : [];
  });
  const isEmpty = (one: PyNode): boolean =>
    one.type === 'none' || (one.type === 'identifier' && isNothing(changes, one));
  return (
    given.length > 0 &&
    given.some(isEmpty) &&
    !given.some((one) => !isEmpty(one) && given.length > 1 && isFallback(code.text, one))
  );
}

/** `self.options = self.options or …`. */
function isFallback(text: string, value: PyNode): boolean {
  return /^\s*[\w.]+\s+or\b/.test(text.slice(value.start, value.end));
}

function isNothing(changes: PythonChanges, identifier: PyNode): boolean {
  const { code } = changes.file;
  const bindings = code.bindingsOf(code.text.slice(identifier.start, identifier.end), identifier);
  const nodes = bindings.flatMap((one) => (one.kind === 'other' ? [one.node] : []));
  const defaults = nodes.filter(({ parent }) => {
    const isParameter = /^(?:typed_)?default_parameter$/.test(parent?.type ?? '');
    const given = parent === null ? undefined : pythonChild(parent, isParameter ? 'value' : 'right');
    return (isParameter || parent?.type === 'assignment') && given?.type === 'none';
  });
  const [only] = defaults;
  if (only === undefined) return false;
  // Another value for a parameter is most likely the one for when it is None.
  const isParameter = only.parent?.type !== 'assignment';
  return !(isParameter && nodes.length > 1);
}

/** Options with what the old SDK chose by itself; null, with a note, where their class has no name here. */
function newOptions(changes: PythonChanges, callee: PyNode): NewArgument | null {
  const name = nameOfClass(changes, callee);
  if (name === null) {
    changes.note(
      'todo',
      callee,
      `no options: give it ${NEW_OPTIONS} with system_prompt and setting_sources by hand, for the new SDK starts with an empty prompt`,
    );
    return null;
  }
  const words = wordsOf(changes.file);
  return { head: `${name}(`, inner: [`system_prompt=${words.preset()}`, `setting_sources=${words.sources()}`] };
}

function nameOfClass(changes: PythonChanges, callee: PyNode): string | null {
  const { sdk, file } = changes;
  const { code } = file;
  const known = code.imports.find(
    (item) =>
      item.name !== null &&
      item.name !== '*' &&
      isOptionsPath(sdk.sdkPathOfName(file, item.alias ?? item.name, item.statement)) &&
      code.originsOfName(item.alias ?? item.name, callee).length > 0 &&
      !isForTypes(code.text, item.statement),
  );
  if (known !== undefined) return known.alias ?? known.name;
  if (callee.type === 'attribute') {
    const object = pythonChild(callee, 'object') as PyNode;
    const isSdk = code.originsOf(object).some((origin) => origin === OLD_MODULE);
    return isSdk ? `${code.text.slice(object.start, object.end)}.${OLD_OPTIONS}` : null;
  }
  if (code.imports.some(({ name, module }) => name === '*' && module === OLD_MODULE)) return OLD_OPTIONS;
  return addImport(changes, callee);
}

/** Imports the class beside what is called. */
function addImport(changes: PythonChanges, callee: PyNode): string | null {
  const { code } = changes.file;
  const name = code.text.slice(callee.start, callee.end);
  const [binding] = code.bindingsOf(name, callee);
  const item = binding?.kind === 'import' ? binding.item : undefined;
  if (item === undefined || item.level > 0 || item.name === null || !isIn(OLD_MODULE, item.module)) return null;
  // `claude_code_sdk.query` and `.client` import the class, but keep it in `.types`.
  if (item.module !== OLD_MODULE) return null;
  if (code.imports.some((one) => one.statement === item.statement && one.name === OLD_OPTIONS && one.alias === null))
    return OLD_OPTIONS;
  const names = code.imports.filter(({ statement }) => statement === item.statement);
  const next = names.find((one) => isAfter(one.name ?? '')) ?? null;
  const last = names.at(-1)?.node ?? item.node;
  const { text } = code;
  const lineStart = text.lastIndexOf('\n', (next?.node ?? last).start - 1) + 1;
  const lead = text.slice(lineStart, (next?.node ?? last).start);
  const separator =
    lead.trim() === '' && lineStart > 0
      ? `,${text.slice(lineStart - (text[lineStart - 2] === '\r' ? 2 : 1), lineStart)}${lead}`
      : ', ';
  if (next !== null) changes.edit([{ start: next.node.start, end: next.node.start, text: OLD_OPTIONS + separator }]);
  else changes.edit([{ start: last.end, end: last.end, text: separator + OLD_OPTIONS }]);
  return OLD_OPTIONS;
}

/** Whether a name stands behind the class in the order of import sorters: constants, classes, the rest. */
function isAfter(name: string): boolean {
  if (/^[a-z]/.test(name)) return true;
  return !/^[A-Z0-9_]+$/.test(name) && name > NEW_OPTIONS;
}

function isForTypes(text: string, statement: PyNode): boolean {
  const around = closestPython(statement, ['if_statement']);
  const condition = around === undefined ? undefined : pythonChild(around, 'condition');
  return condition !== undefined && /TYPE_CHECKING$/.test(text.slice(condition.start, condition.end));
}

function nameOf(text: string, argument: PyNode): string {
  const name = pythonChild(argument, 'name');
  return name === undefined ? '' : text.slice(name.start, name.end);
}
