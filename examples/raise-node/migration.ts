import {
  defineMigration,
  defineStep,
  jsonNodeAt,
  jsonString,
  type ReadonlyTree,
  type RepoPath,
  readJson,
  replaceJson,
  type TextEdit,
} from 'refit/authoring';
import { z } from 'zod';

const params = z.strictObject({
  node: z.coerce.number().int().min(18).default(22).describe('major version of Node to ask for'),
});
type Params = z.infer<typeof params>;

interface Edit {
  readonly path: RepoPath;
  readonly edits: readonly TextEdit[];
}

/** The version that a version file names, when it is an older plain one: `20`, `v18.19.0`. */
function olderVersion(text: string, node: number): RegExpExecArray | null {
  const version = /(?<=^\s*v?)\d+(?:\.\d+){0,2}(?=\s*$)/.exec(text);
  return version !== null && Number.parseInt(version[0], 10) < node ? version : null;
}

const raiseVersionFiles = defineStep<Params, readonly Edit[]>({
  id: 'raise-version-files',
  title: 'Raise the version files',
  description: 'Raises .nvmrc and .node-version where they name an older version; an alias as lts/iron is left alone.',
  version: 1,
  select: (tree, { params: { node } }) => {
    const edits = tree.paths('**/{.nvmrc,.node-version}').flatMap((path) => {
      const version = olderVersion(tree.readText(path), node);
      if (version === null) return [];
      const { index, 0: old } = version;
      return [{ path, edits: [{ start: index, end: index + old.length, text: String(node) }] }];
    });
    return edits.length > 0
      ? { kind: 'applies', input: edits }
      : { kind: 'done', why: 'no version file names an older one' };
  },
  run: (files, tree) => {
    for (const { path, edits } of files) tree.edit(path, edits);
  },
});

const raiseEngines = defineStep<Params, readonly Edit[]>({
  id: 'raise-engines',
  title: 'Raise the engines of packages',
  description:
    'Raises engines.node of each package.json where it is a plain lower bound (>=18). Any other range is a decision, so it becomes a note.',
  version: 1,
  select: (tree, ctx) => {
    const edits: Edit[] = [];
    for (const path of tree.paths('**/package.json')) {
      const found = judgeEngines(path, tree, ctx.params.node);
      if (found.kind === 'raise') edits.push({ path, edits: [found.edit] });
      if (found.kind === 'tell') ctx.note({ severity: 'todo', path, line: found.line, message: found.message });
    }
    if (edits.length === 0) return { kind: 'done', why: 'no package has an older lower bound' };
    return { kind: 'applies', input: edits };
  },
  run: (files, tree) => {
    for (const { path, edits } of files) tree.edit(path, edits);
  },
});

type Judgement =
  | { readonly kind: 'raise'; readonly edit: TextEdit }
  | { readonly kind: 'tell'; readonly line: number; readonly message: string }
  | { readonly kind: 'leave' };

function judgeEngines(path: RepoPath, tree: ReadonlyTree, node: number): Judgement {
  const read = readJson(tree.readText(path));
  if (read.kind === 'refused') return { kind: 'tell', line: read.line, message: `is not read: ${read.why}` };
  const range = jsonNodeAt(read.document.root, ['engines', 'node']);
  if (range?.kind !== 'scalar' || typeof range.value !== 'string') return { kind: 'leave' };
  const bound = /^>=\s*(\d+)(?:\.\d+){0,2}$/.exec(range.value);
  if (bound === null)
    return { kind: 'tell', line: range.line, message: `engines.node is ${range.value}: decide by hand` };
  if (Number(bound[1]) >= node) return { kind: 'leave' };
  return { kind: 'raise', edit: replaceJson(range, jsonString(`>=${node}`)) };
}

export default defineMigration<Params>({
  id: 'raise-node',
  title: 'A newer Node',
  description: 'Raises the version of Node that version files and packages ask for; code is left alone.',
  params,
  phases: [{ id: 'files', title: 'Raise what is asked for', steps: [raiseVersionFiles, raiseEngines] }],
  checks: [],
});
