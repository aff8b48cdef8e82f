import { type CliResult, runCli } from './run-cli.ts';
import { tempFolder, tempRepo } from './temp-repo.ts';

/** The text of a migration with one step; `run` is the body of its `run`, which has `tree` and `ctx`. */
export function migrationText(run: string, extra: { readonly head?: string; readonly checks?: string } = {}): string {
  return `import { defineCheck, defineMigration, defineStep, repoPath } from 'refit/authoring';
import { z } from 'zod';
${extra.head ?? ''}
const say = defineStep({
  id: 'say-hello',
  title: 'Say hello',
  description: 'Writes a greeting; leaves the rest alone.',
  version: 1,
  select: (tree) =>
    tree.has(repoPath('hello.txt')) ? { kind: 'done', why: 'said' } : { kind: 'applies', input: null },
  async run(_input, tree, ctx) {
${run}
  },
});
export default defineMigration({
  id: 'greeting',
  title: 'Greeting',
  description: 'Greets.',
  params: z.object({ name: z.string().default('you').describe('whom to greet') }),
  phases: [{ id: 'only', title: 'Only', steps: [say] }],
  checks: [${extra.checks ?? ''}],
});
`;
}

export const GREETING = migrationText("    tree.create(repoPath('hello.txt'), 'hello ' + ctx.params.name + '\\n');");

/** A repository of somebody, beside it a folder for migrations, and a home of its own for what is trusted. */
export interface OutsideScene {
  readonly repo: ReturnType<typeof tempRepo>;
  /** Folder of the migrations; `../mine` as seen from nowhere: name files in it by their absolute path. */
  readonly mine: ReturnType<typeof tempRepo>;
  readonly home: string;
  /** Runs refit in the repository. */
  refit(...words: readonly string[]): CliResult;
}

export function outsideScene(files: Readonly<Record<string, string>>): OutsideScene {
  const repo = tempRepo({ 'a.txt': 'a\n' });
  const mine = tempRepo(files, { git: false });
  const home = tempFolder();
  return {
    repo,
    mine,
    home,
    refit: (...words) => runCli(words, { cwd: repo.root, env: { XDG_STATE_HOME: home, HOME: home } }),
  };
}
