import {
  CODE_FILE,
  findModuleNames,
  type JsonNode,
  jsonString,
  loadTypeScript,
  type Note,
  nameOf,
  parseCode,
  parseYaml,
  type ReadonlyTree,
  type RepoPath,
  readJson,
  replaceJson,
  type TextEdit,
  type ts,
  typeScript,
  type YamlNode,
} from '../../../src/authoring.ts';
import type { AgentSdkParams } from '../params.ts';
import { findCode, isInstalled } from '../typescript/code-files.ts';
import { NEW_PACKAGE, OLD_PACKAGE } from '../typescript/names.ts';
import { keyOf } from '../typescript/options/keys.ts';
import { moveInImportMap } from './import-map.ts';
import { LIST_KEYS } from './list-names.ts';
import { notesOfLocks } from './npm-moves.ts';
import { moveItem } from './package-manifest.ts';
import { newRange, targetVersion } from './ranges.ts';
import { manifestsAbove } from './usage.ts';

/** What becomes of files that keep lists of packages. */
export interface ListMoves {
  readonly files: readonly { readonly path: RepoPath; readonly edits: readonly TextEdit[] }[];
  readonly notes: readonly Note[];
}

type Kind = 'replace' | 'add';

const LOCK = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|deno\.lock|bun\.lock)$/;

export async function planListMoves(tree: ReadonlyTree, params: AgentSdkParams): Promise<ListMoves> {
  const files = [...(await readConfigCode(tree))];
  const version = params.npmRange ?? targetVersion(tree);
  for (const path of await tree.search([OLD_PACKAGE])) {
    if (isInstalled(path) || LOCK.test(path) || nameOf(path) === 'package.json') continue;
    const text = tree.tryReadText(path);
    if (text === null) continue;
    if (/\.jsonc?$|(?:^|\/)\.(?:eslintrc|babelrc|swcrc)$/.test(path)) {
      const read = readJson(text);
      if (read.kind === 'refused') continue;
      const kind = kindAt(tree, path);
      const edits = [
        ...moveInImportMap(read.document, version),
        ...(kind === null ? [] : editsInJson(read.document.root, read.document, kind)),
      ];
      files.push({ path, edits });
    } else if (nameOf(path) === 'pnpm-workspace.yaml') {
      const kind = kindAt(tree, path);
      if (kind !== null) files.push({ path, edits: editsInYaml(text, kind, version) });
    }
  }
  const changed = files.filter(({ edits }) => edits.length > 0);
  const maps = changed.filter(({ path }) => /(?:^|\/)(?:deno|import_?map)[^/]*\.jsonc?$/.test(path));
  return {
    files: changed,
    notes: notesOfLocks(
      tree,
      maps.map(({ path }) => path),
    ).filter(({ path }) => path?.endsWith('deno.lock')),
  };
}

/** How a list beside this file changes: by what the package.json files at, above or below it list now. */
function kindAt(tree: ReadonlyTree, path: RepoPath): Kind | null {
  const all = tree.paths('**/package.json').filter((one) => !isInstalled(one));
  const texts = manifestsAbove(path, new Set(all)).map((one) => tree.tryReadText(one) ?? '');
  const folder = path.slice(0, path.length - nameOf(path).length);
  const below = all.filter((one) => one.startsWith(folder)).map((one) => tree.tryReadText(one) ?? '');
  // What lies beside code is about that package; in a folder without one it is about all below.
  const near = texts.some((text) => lists(text, NEW_PACKAGE)) && CODE_FILE.test(path) ? texts : [...texts, ...below];
  if (!near.some((text) => lists(text, NEW_PACKAGE))) return null;
  return near.some((text) => lists(text, OLD_PACKAGE)) ? 'add' : 'replace';
}

function lists(text: string, name: string): boolean {
  return text.includes(`"${name}":`) || text.includes(`"${name}" :`);
}

async function readConfigCode(tree: ReadonlyTree): Promise<ListMoves['files']> {
  const { kept } = await findCode(tree);
  if (kept.length > 0) await loadTypeScript();
  return kept.flatMap(({ path, text }) => {
    const parsed = parseCode(path, text);
    const kind = parsed.kind === 'broken' ? null : kindAt(tree, path);
    if (parsed.kind === 'broken' || kind === null) return [];
    const names = findModuleNames(parsed.file, (name) => name === OLD_PACKAGE);
    const edits = names.flatMap(({ use, node, start, end }): readonly TextEdit[] => {
      if (use !== 'text' || !isInList(node)) return [];
      if (kind === 'replace') return [{ start, end, text: NEW_PACKAGE }];
      const isItem = typeScript().isArrayLiteralExpression(node.parent) && !node.parent.getText().includes(NEW_PACKAGE);
      const quote = text[start - 1] ?? "'";
      return isItem ? [{ start: start - 1, end: start - 1, text: `${quote}${NEW_PACKAGE}${quote}, ` }] : [];
    });
    return [{ path, edits }];
  });
}

/** Whether the text is an item of a list, or a key of an object, that a tool knows by its name. */
function isInList(node: ts.Node): boolean {
  const ts = typeScript();
  const { parent } = node;
  const isKey = ts.isPropertyAssignment(parent) && parent.name === node;
  if (!ts.isArrayLiteralExpression(parent) && !isKey) return false;
  for (let at: ts.Node = isKey ? parent.parent : parent; at.parent !== undefined; at = at.parent) {
    if (ts.isPropertyAssignment(at.parent)) return LIST_KEYS.test(keyOf(at.parent.name) ?? '');
    // An argument of a call is a command line as often as not.
    if (ts.isCallExpression(at.parent)) return false;
    if (ts.isVariableDeclaration(at.parent)) return /external|bundle/i.test(at.parent.name.getText());
    if (ts.isStatement(at)) return false;
  }
  return false;
}

function editsInJson(
  node: JsonNode,
  document: Parameters<typeof moveItem>[0]['document'],
  kind: Kind,
  key = '',
): readonly TextEdit[] {
  if (node.kind === 'list') {
    return node.items.flatMap((item) => {
      if (item.kind !== 'scalar') return editsInJson(item, document, kind, key);
      if (item.value !== OLD_PACKAGE || !LIST_KEYS.test(key)) return [];
      return moveItem({ document, move: kind === 'add' ? { kind, why: '' } : { kind } }, node, item).edits;
    });
  }
  if (node.kind === 'scalar') return [];
  return node.entries.flatMap((entry) => {
    const inner = editsInJson(entry.value, document, kind, entry.name);
    const isOld = entry.name === OLD_PACKAGE && LIST_KEYS.test(key) && kind === 'replace' && key !== 'imports';
    return isOld ? [replaceJson(entry.key, jsonString(NEW_PACKAGE)), ...inner] : inner;
  });
}

function editsInYaml(text: string, kind: Kind, version: string): readonly TextEdit[] {
  const yaml = parseYaml(text);
  if (yaml.kind === 'refused') return [];
  const edits: TextEdit[] = [];
  const put = (node: YamlNode, whole: { start: number; end: number }, render: (source: string) => string): void => {
    const source = text.slice(whole.start, whole.end);
    if (kind === 'replace') edits.push({ ...whole, text: render(source) });
    else {
      const lineStart = text.lastIndexOf('\n', node.start - 1) + 1;
      const lead = text.slice(lineStart, whole.start);
      const newline = text.includes('\r\n') ? '\r\n' : '\n';
      edits.push({ start: whole.start, end: whole.start, text: `${render(source)}${newline}${lead}` });
    }
  };
  const visit = (node: YamlNode): void => {
    if (node.kind === 'list') {
      for (const { value } of node.items) {
        if (value.kind === 'scalar' && value.value === OLD_PACKAGE) put(value, value, rename);
        else visit(value);
      }
    } else if (node.kind === 'map') {
      for (const { key, value } of node.entries) {
        if (key.kind === 'scalar' && key.value === OLD_PACKAGE && value.kind === 'scalar') {
          const range = String(value.value);
          const render = (source: string): string => rename(source).replace(range, newRange(range, version));
          put(key, { start: key.start, end: value.end }, render);
        } else visit(value);
      }
    }
  };
  for (const { root } of yaml.documents) if (root !== null && !text.includes(NEW_PACKAGE)) visit(root);
  return edits;
}

function rename(source: string): string {
  return source.replace(OLD_PACKAGE, NEW_PACKAGE);
}
