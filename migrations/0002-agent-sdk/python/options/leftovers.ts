import { type PyNode, pythonChild, pythonChildren, walkPython } from '../../../../src/authoring.ts';
import { isIn, OLD_MODULE } from '../names.ts';
import type { PythonChanges } from './changes.ts';
import { findGroups } from './groups.ts';
import { isOptionsPath } from './paths.ts';

/** Notes on uses of the options class that are no call, and on old keys beside them whose owner is not seen. */
export function noteLeftovers(changes: PythonChanges): void {
  const { sdk, file } = changes;
  const { code } = file;
  const groups = findGroups(sdk, file);
  const settled = new Set(
    groups.flatMap(({ reads, writes }) => [
      ...reads.map(({ node }) => node),
      ...writes.map(({ keyNode }) => keyNode.parent as PyNode),
    ]),
  );
  for (const node of walkPython(code.root)) {
    if (node.type === 'attribute' && !settled.has(node)) noteAttribute(changes, node);
    else if (node.type === 'class_definition') noteSubclass(changes, node);
    else if (node.type === 'call') noteCall(changes, node);
    else if (node.type === 'keyword_argument') noteFactory(changes, node);
  }
}

/** `x.append_system_prompt = …` on something that may be the SDK's options. */
function noteAttribute(changes: PythonChanges, node: PyNode): void {
  const { code } = changes.file;
  const attribute = pythonChild(node, 'attribute');
  const object = pythonChild(node, 'object');
  if (attribute === undefined || object === undefined || sourceOf(changes, attribute) !== 'append_system_prompt')
    return;
  const isWritten = node.field === 'left' && /assignment$/.test(node.parent?.type ?? '');
  const source = sourceOf(changes, object);
  // A field of a class of the repository's own, or of an argument that has a type of its own.
  if (!isWritten || source === 'self' || source === 'cls' || !/options?$|opts?$/i.test(source)) return;
  const bindings = object.type === 'identifier' ? code.bindingsOf(source, object) : [];
  if (bindings.some((one) => one.kind === 'other' && /typed/.test(one.node.parent?.type ?? ''))) return;
  changes.note(
    'warning',
    node,
    'if this is an object of the SDK, append_system_prompt is ignored without a word: set system_prompt instead',
  );
}

function noteSubclass(changes: PythonChanges, node: PyNode): void {
  const bases = pythonChild(node, 'superclasses');
  const base = bases === undefined ? undefined : pythonChildren(bases).find((one) => isOptions(changes, one));
  if (base !== undefined) {
    changes.note(
      'todo',
      base,
      'a class of its own on top of the options: where it is made, system_prompt and setting_sources are not written out',
    );
  }
}

function noteCall(changes: PythonChanges, call: PyNode): void {
  const callee = pythonChild(call, 'function');
  const list = pythonChild(call, 'arguments');
  if (callee === undefined || list?.type !== 'argument_list') return;
  const name = sourceOf(changes, callee).split('.').at(-1) ?? '';
  const args = pythonChildren(list);
  const [first] = args;
  if (name === 'partial' && first !== undefined && isOptions(changes, first)) {
    const old = args.some((one) => keywordOf(changes, one) === 'append_system_prompt');
    changes.note(
      'todo',
      call,
      `options that are made later: write out system_prompt and setting_sources here${old ? ', and turn append_system_prompt into system_prompt' : ''}`,
    );
  } else if (
    name === 'partial' &&
    first !== undefined &&
    /\.(?:query|ClaudeSDKClient)$/.test(changes.sdk.sdkPathOf(changes.file, first) ?? '')
  ) {
    if (!args.some((one) => keywordOf(changes, one) === 'options')) {
      changes.note(
        'todo',
        call,
        'a query that is made later: see that it gets options with system_prompt and setting_sources',
      );
    }
  } else if (/^(?:replace|evolve|copy_with|model_copy)$/.test(name)) noteReplace(changes, callee, args);
}

/** `dataclasses.replace(options, append_system_prompt=…)`. */
function noteReplace(changes: PythonChanges, callee: PyNode, args: readonly PyNode[]): void {
  const origins = changes.file.code.originsOf(callee);
  if (!origins.some((origin) => /^dataclasses\.replace$|^copy\.replace$/.test(origin))) return;
  const old = args.find((one) => keywordOf(changes, one) === 'append_system_prompt');
  if (old !== undefined) {
    changes.note(
      'todo',
      old,
      'if this is an object of the SDK, append_system_prompt is an error: give system_prompt instead, with what was appended to in it',
    );
  }
}

/** `field(default_factory=ClaudeCodeOptions)`. */
function noteFactory(changes: PythonChanges, node: PyNode): void {
  const value = pythonChild(node, 'value');
  if (keywordOf(changes, node) !== 'default_factory' || value === undefined || !isOptions(changes, value)) return;
  changes.note(
    'todo',
    value,
    'options that are made with nothing in them: write out system_prompt and setting_sources in a function of your own',
  );
}

function isOptions(changes: PythonChanges, node: PyNode): boolean {
  const path = changes.sdk.sdkPathOf(changes.file, node);
  return path !== null && isIn(OLD_MODULE, path) && isOptionsPath(path);
}

function keywordOf(changes: PythonChanges, node: PyNode): string {
  const name = node.type === 'keyword_argument' ? pythonChild(node, 'name') : undefined;
  return name === undefined ? '' : sourceOf(changes, name);
}

function sourceOf({ file: { code } }: PythonChanges, node: PyNode): string {
  return code.text.slice(node.start, node.end);
}
