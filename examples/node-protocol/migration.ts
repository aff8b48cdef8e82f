import { builtinModules } from 'node:module';
import {
  CODE_FILE,
  defineMigration,
  defineStep,
  findModuleNames,
  loadTypeScript,
  type Note,
  parseCode,
  type RepoPath,
  type TextEdit,
} from 'refit/authoring';
import { z } from 'zod';

/** `fs`, `fs/promises`, … without those that have a `node:` name only. */
const BUILT_IN = new Set(builtinModules.filter((name) => !name.startsWith('_') && !name.startsWith('node:')));

interface Found {
  readonly edits: readonly { readonly path: RepoPath; readonly edits: readonly TextEdit[] }[];
  readonly notes: readonly Note[];
}

const useProtocol = defineStep<unknown, Found>({
  id: 'use-protocol',
  title: "Import Node's modules by their node: names",
  description:
    "Every form of import, export and require of a module that is Node's own gets its node: name, in TypeScript and JavaScript. " +
    'Packages of the same name in node_modules, strings that are no module names, and files that do not parse are left alone.',
  version: 1,
  needs: ['typescript'],
  select: async (tree) => {
    // A search first: at the speed of an index, and only its answers are parsed.
    const words = [...BUILT_IN].flatMap((name) => [`'${name}'`, `"${name}"`]);
    const paths = (await tree.search(words)).filter((path) => CODE_FILE.test(path));
    if (paths.length === 0) return { kind: 'skip', why: "no code imports a module of Node's own" };
    await loadTypeScript();
    const read = paths.map((path) => readFile(path, tree.readText(path)));
    const edits = read.filter((file) => file.edits.length > 0);
    const notes = read.flatMap((file) => file.notes);
    if (edits.length + notes.length === 0) return { kind: 'done', why: 'every import has its node: name' };
    return { kind: 'applies', input: { edits, notes } };
  },
  run: ({ edits, notes }, tree, ctx) => {
    for (const file of edits) tree.edit(file.path, file.edits);
    for (const note of notes) ctx.note(note);
  },
});

function readFile(path: RepoPath, text: string) {
  const parsed = parseCode(path, text);
  if (parsed.kind === 'broken') {
    const message = `does not parse (${parsed.why}), so it is left as it is`;
    return { path, edits: [], notes: [{ severity: 'todo', path, line: parsed.line, message }] satisfies Note[] };
  }
  const names = findModuleNames(parsed.file, (name) => BUILT_IN.has(name)).filter(({ use }) => use !== 'text');
  return { path, edits: names.map(({ start }) => ({ start, end: start, text: 'node:' })), notes: [] };
}

export default defineMigration({
  id: 'node-protocol',
  title: "Node's modules by their node: names",
  description: "Imports Node's own modules by their node: names, so that no package can stand in for one.",
  params: z.strictObject({}),
  phases: [{ id: 'code', title: 'Rename the imports', steps: [useProtocol] }],
  checks: [],
});
