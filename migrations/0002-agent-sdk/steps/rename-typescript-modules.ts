import {
  defineStep,
  findModuleNames,
  indexLines,
  loadTypeScript,
  type ModuleName,
  type Note,
  parseCode,
  type RepoPath,
  type TextEdit,
} from '../../../src/authoring.ts';
import { newRange, targetVersion } from '../manifests/ranges.ts';
import type { AgentSdkParams } from '../params.ts';
import { type CodeText, findCode, lineOfLoad } from '../typescript/code-files.ts';
import { isOldModule, newModuleName, OLD_PACKAGE } from '../typescript/names.ts';

interface Renaming {
  readonly path: RepoPath;
  readonly edits: readonly TextEdit[];
}

interface Findings {
  readonly renamings: readonly Renaming[];
  readonly notes: readonly Note[];
}

/** Names modules anew where code loads them or a test puts a mock in their place. */
export const renameTypeScriptModules = defineStep<AgentSdkParams, Findings>({
  id: 'rename-typescript-modules',
  title: 'Import the Agent SDK in TypeScript and JavaScript',
  description:
    'Renames the module in every form of import, export, require and import type, and in the mocks of tests. The CLI stays: cli.js, install ' +
    'commands and hints keep the old name. A file that does not parse is skipped with a note; one that a build made is named and not edited.',
  version: 1,
  select: async (tree, { params }) => {
    const { kept, built, components } = await findCode(tree);
    if (kept.length > 0) await loadTypeScript();
    const version = params.npmRange ?? targetVersion(tree);
    const found = kept.map((file) => readFile(file, version));
    const notes = [
      ...found.flatMap((one) => one.notes),
      ...built.map(noteOfBuilt),
      ...components.flatMap(notesOfComponent),
    ];
    const renamings = found.filter(({ edits }) => edits.length > 0);
    if (renamings.length === 0 && notes.length === 0) return { kind: 'done', why: 'no code loads the old module' };
    return { kind: 'applies', input: { renamings, notes } };
  },
  run: ({ renamings, notes }, tree, ctx) => {
    for (const { path, edits } of renamings) tree.edit(path, edits);
    for (const note of notes) ctx.note(note);
  },
});

function notesOfComponent(component: CodeText): readonly Note[] {
  const line = lineOfLoad(component);
  const message = `loads ${OLD_PACKAGE} in a block of a component, which is not edited: move it by hand, its options too`;
  return line === 0 ? [] : [{ severity: 'todo', path: component.path, line, message }];
}

function noteOfBuilt(path: RepoPath): Note {
  return {
    severity: 'warning',
    path,
    message: `a build made this file, so it is left: build it again; it names ${OLD_PACKAGE}`,
  };
}

function readFile({ path, text }: CodeText, version: string): Renaming & { readonly notes: readonly Note[] } {
  const parsed = parseCode(path, text);
  if (parsed.kind === 'broken') {
    const message = `does not parse (${parsed.why}), so it is left as it is: move it by hand, it names ${OLD_PACKAGE} in line ${lineOf(text)}`;
    return { path, edits: [], notes: [{ severity: 'todo', path, line: parsed.line, message }] };
  }
  const edits: TextEdit[] = [];
  const notes: Note[] = [];
  for (const name of findModuleNames(parsed.file, isOldModule)) {
    if (name.use === 'text') continue;
    const answer = newModuleName(name.specifier, newRange(rangeIn(name.specifier), version));
    if (answer.kind === 'rename') edits.push({ start: name.start, end: name.end, text: answer.to });
    const message = answer.kind === 'unknown' ? messageOfUnknown(name) : null;
    if (message !== null) notes.push({ severity: 'todo', path, line: name.line, message });
  }
  return { path, edits, notes };
}

function rangeIn(specifier: string): string {
  return /.@([^/]*)/.exec(specifier.replace('@anthropic-ai', ''))?.[1] ?? '';
}

function messageOfUnknown({ specifier }: ModuleName): string {
  return `${specifier} is no module of the old package that has a known place in the new one: decide by hand`;
}

function lineOf(text: string): number {
  return indexLines(text).lineAt(text.indexOf(OLD_PACKAGE));
}
