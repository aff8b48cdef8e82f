import { type PyNode, pythonChild, pythonChildren, walkPython } from '../../../src/authoring.ts';
import { isIn, isPrivate, neverExisted, OLD_MODULE } from './names.ts';
import type { Renaming } from './rename-file.ts';

/** Notes on what was broken or private before, and on what old pins had: the rename alone does not mend it. */
export function noteOddUses(renaming: Renaming): void {
  const { file, sdk } = renaming;
  const { code } = file;
  for (const { level, module, name, statement } of code.imports) {
    if (level > 0 || !isIn(OLD_MODULE, module)) continue;
    notePath(renaming, statement, name === null ? module : `${module}.${name}`);
  }
  const usesSdk = code.imports.some(({ level, module }) => level === 0 && isIn(OLD_MODULE, module));
  for (const node of walkPython(code.root)) {
    if (node.type === 'attribute') {
      const name = sourceOf(renaming, pythonChild(node, 'attribute'));
      if (usesSdk && name === 'cost_usd') {
        renaming.note(
          'todo',
          node.start,
          'cost_usd of a result is gone since 0.0.14 of the old SDK: total_cost_usd is what stays',
        );
      }
      const path = sdk.sdkPathOf(file, node);
      const isOuter = node.field !== 'object' || node.parent?.type !== 'attribute';
      if (isOuter && path !== null) notePath(renaming, node, path);
    } else if (node.type === 'call') noteCall(renaming, node);
  }
}

function notePath(renaming: Renaming, node: PyNode, path: string): void {
  if (/\._MAX_BUFFER_SIZE$/.test(path)) {
    const message =
      '_MAX_BUFFER_SIZE is private and called _DEFAULT_MAX_BUFFER_SIZE now: the option max_buffer_size takes its place';
    renaming.note('warning', node.start, message);
  } else if (isPrivate(path)) {
    renaming.note(
      'warning',
      node.start,
      `${path} is private to the SDK: its path is renamed, and what is in it may differ`,
    );
  } else if (neverExisted(path)) {
    renaming.note('todo', node.start, `the old SDK had no ${path} either: this was broken before`);
  }
}

function noteCall(renaming: Renaming, call: PyNode): void {
  const callee = pythonChild(call, 'function');
  const list = pythonChild(call, 'arguments');
  const path = callee === undefined ? null : renaming.sdk.sdkPathOf(renaming.file, callee);
  if (path === null || list?.type !== 'argument_list') return;
  const args = pythonChildren(list);
  const has = (name: string): boolean => args.some((one) => sourceOf(renaming, pythonChild(one, 'name')) === name);
  const isSpread = args.some(({ type }) => type.endsWith('splat'));
  if (path.endsWith('.SubprocessCLITransport') && has('cli_path')) {
    renaming.note('todo', call.start, 'cli_path is an option now and no argument of the transport');
  } else if (path.endsWith('.AssistantMessage') && !has('model') && !isSpread && args.length < 2) {
    renaming.note('todo', call.start, 'AssistantMessage wants a model since 0.0.20 of the old SDK');
  } else if (path.endsWith('.ResultMessage') && has('cost_usd')) {
    renaming.note(
      'todo',
      call.start,
      'cost_usd of a result is gone since 0.0.14 of the old SDK: total_cost_usd is what stays',
    );
  }
}

function sourceOf({ file: { code } }: Renaming, node: PyNode | undefined): string {
  return node === undefined ? '' : code.text.slice(node.start, node.end);
}
