import {
  closestPython,
  type PyNode,
  pythonAncestors,
  pythonChild,
  pythonString,
  walkPython,
} from '../../../src/authoring.ts';
import {
  isIn,
  NEW_DISTRIBUTION,
  NEW_MODULE,
  neverExisted,
  newMember,
  newPath,
  OLD_DISTRIBUTION,
  OLD_MODULE,
  OLD_OPTIONS,
} from './names.ts';
import type { Renaming } from './rename-file.ts';
import { isInAll, newName } from './renames.ts';
import { fakeModules, isFakeKeyword, isLoaded, isTypeText, namesMember } from './string-places.ts';

/** A whole string that may be the module or a dotted path in it, `claude_code_sdk.*` among them. */
const PATH = /^claude_code_sdk(?:\.\w+)*(?:\.\*)?$/;
const OWN_PATH = /^[\w.]+\.(?:ClaudeCodeOptions|claude_code_sdk)(?:\.[\w.]+)?$/;
const WORD = /(?<!\w)(?:claude_code_sdk|ClaudeCodeOptions)(?![\w-])/;

/** Renames strings by which code loads, patches or looks up the module, and names in annotations. */
export function renameStrings(renaming: Renaming): void {
  const { code } = renaming.file;
  const fakes = fakeModules(code);
  for (const node of walkPython(code.root)) {
    if (node.type === 'string' && closestPython(node, ['string']) === undefined) renameString(renaming, node);
    else if (node.type === 'comment') renameTypeComment(renaming, node);
    else if (node.type === 'identifier') renameFake(renaming, node, fakes);
  }
}

function renameString(renaming: Renaming, node: PyNode): void {
  const { text } = renaming.file.code;
  const value = pythonString(text, node);
  if (value === null) return;
  const content = node.children.find((child) => child.type === 'string_content');
  const isDocstring = node.parent?.type === 'expression_statement';
  // A string with escapes or of several parts is none that a module is loaded by.
  if (content === undefined || text.slice(content.start, content.end) !== value || isDocstring) {
    noteText(renaming, node, value);
    return;
  }
  if (isTypeText(text, node) && WORD.test(value)) renameWords(renaming, content, node);
  else if (PATH.test(value)) renamePath(renaming, content, node, value);
  else if (OWN_PATH.test(value)) renameOwnPath(renaming, content, node, value);
  else if (value === OLD_OPTIONS) renameMember(renaming, content, node);
  else if (value === OLD_DISTRIBUTION && isLoaded(text, node, 'distribution'))
    renaming.rename(content, NEW_DISTRIBUTION);
  else noteText(renaming, node, value);
}

function renamePath(renaming: Renaming, content: PyNode, node: PyNode, value: string): void {
  const { text } = renaming.file.code;
  const isPlace = isLoaded(text, node, 'module');
  const isMember = value.includes('.') && !neverExisted(value);
  if (hasNewBeside(text, node)) {
    renaming.note('todo', node.start, `names both SDKs on purpose: take ${OLD_MODULE} out here by hand`);
  } else if (isPlace || isMember) {
    renaming.rename(content, newPath(value));
    if (value.includes('.') && neverExisted(value)) {
      renaming.note('todo', node.start, `the old SDK had no ${value} either: this was broken before`);
    }
  } else if (!value.includes('.') && usesSdk(renaming)) {
    const message = `"${value}" is left: nothing here says that it is the module, and not a name of your own; rename it if something loads it`;
    renaming.note('warning', node.start, message);
  }
}

/** What a file without the SDK calls by that name is its own. */
function usesSdk({ file: { code } }: Renaming): boolean {
  return code.imports.some(({ level, module }) => level === 0 && isIn(OLD_MODULE, module));
}

/** A list or mapping that names the new module as well is about both. */
function hasNewBeside(text: string, node: PyNode): boolean {
  const list = closestPython(node, ['list', 'tuple', 'set', 'dictionary', 'call', 'block', 'module']);
  if (list === undefined || !/^(?:list|tuple|set|dictionary)$/.test(list.type)) return false;
  return [...walkPython(list)].some((one) => one.type === 'string' && isIn(NEW_MODULE, pythonString(text, one) ?? ''));
}

/** `patch("app.agent.ClaudeCodeOptions")`: follows what becomes of the name in that module. */
function renameOwnPath(renaming: Renaming, content: PyNode, node: PyNode, value: string): void {
  const { file, sdk, renames } = renaming;
  if (!isLoaded(file.code.text, node, 'module')) return;
  const parts = value.split('.');
  const at = parts.findIndex((part) => newName(part) !== part);
  const own = sdk.ownFile(file.path, parts.slice(0, at).join('.'));
  if (own !== null && renames.renames(own, parts[at] ?? '')) {
    const rest = parts.slice(at + 1).map(newMember);
    renaming.rename(content, [...parts.slice(0, at), newName(parts[at] ?? ''), ...rest].join('.'));
  } else if (own === null) {
    renaming.note(
      'todo',
      node.start,
      `"${value}" may name something that gets another name; its module was not found here`,
    );
  }
}

function renameMember(renaming: Renaming, content: PyNode, node: PyNode): void {
  const { file, sdk, renames } = renaming;
  const { code } = file;
  if (isInAll(code.text, node)) return;
  const holder = namesMember(code.text, node);
  if (holder === 'class-name') {
    renaming.rename(content, newMember(OLD_OPTIONS));
    return;
  }
  const origins = holder === null ? [] : code.originsOf(holder);
  const isRenamed = origins.some((origin) => {
    if (isIn(OLD_MODULE, origin)) return true;
    const own = sdk.ownFile(file.path, origin);
    return own !== null && renames.renames(own, OLD_OPTIONS);
  });
  if (isRenamed) renaming.rename(content, newMember(OLD_OPTIONS));
  else if ((holder === null || origins.length === 0) && usesSdk(renaming)) {
    renaming.note(
      'warning',
      node.start,
      `"${OLD_OPTIONS}" is left: nothing here says that it is the class of the SDK, which has another name now`,
    );
  }
}

/** Names in the text of an annotation, each if it stands for the SDK there. */
function renameWords(renaming: Renaming, content: PyNode, place: PyNode): void {
  const { file, renames } = renaming;
  const { text } = file.code;
  const source = text.slice(content.start, content.end);
  for (const match of source.matchAll(/(?<![\w.])([A-Za-z_]\w*)((?:\s*\.\s*[A-Za-z_]\w*)*)/g)) {
    const [whole, first = '', rest = ''] = match;
    const start = content.start + match.index;
    const identifier = { ...place, type: 'identifier', start, end: start + first.length };
    if (renames.followsItem(file, identifier)) renaming.rename(identifier, newName(first));
    const member = /([A-Za-z_]\w*)$/.exec(rest)?.[1] ?? '';
    const isSdk = file.code.originsOfName(first, place).some((origin) => isIn(OLD_MODULE, origin));
    if (member !== '' && isSdk) {
      const end = start + whole.length;
      renaming.rename({ start: end - member.length, end }, newMember(member));
    }
  }
}

function renameTypeComment(renaming: Renaming, node: PyNode): void {
  const { text } = renaming.file.code;
  const lead = /^#\s*type:\s*(?!ignore)/.exec(text.slice(node.start, node.end));
  if (lead !== null) renameWords(renaming, { ...node, start: node.start + lead[0].length }, node);
}

/** Attributes and keywords of what stands in for the module in tests. */
function renameFake(renaming: Renaming, node: PyNode, fakes: ReadonlySet<string>): void {
  const { text } = renaming.file.code;
  if (text.slice(node.start, node.end) !== OLD_OPTIONS) return;
  const object = node.field === 'attribute' ? pythonChild(node.parent ?? node, 'object') : undefined;
  const isOfFake = object !== undefined && fakes.has(text.slice(object.start, object.end));
  if (isOfFake || isFakeKeyword(text, node, fakes)) renaming.rename(node, newMember(OLD_OPTIONS));
}

function noteText(renaming: Renaming, node: PyNode, value: string): void {
  if (/\b(?:pip3?|uv|poetry|pdm|pipenv)\b[^\n]*\b(?:install|add)\b[^\n]*claude[-_.]code[-_.]sdk/i.test(value)) {
    const inCommand = [...pythonAncestors(node)].some(({ type }) => type === 'argument_list');
    renaming.note(
      inCommand ? 'warning' : 'info',
      node.start,
      `the text tells to install ${OLD_DISTRIBUTION}: it is left, the package is ${NEW_DISTRIBUTION} now`,
    );
  } else if (/(?:^|\n)\s*(?:>>>\s*)?(?:from|import)\s+claude_code_sdk\b/.test(value)) {
    renaming.note('info', node.start, `code in a text imports ${OLD_MODULE}: it is left`);
  }
}
