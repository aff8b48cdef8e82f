import { oauthOnlyParams } from '../../../migrations/0001-oauth-only/params.ts';
import type { Applicability, Note, Step, StepContext } from '../../../src/migration/define.ts';
import { type MemoryFiles, memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';

/** The web login, as short as its evidence allows. */
export const LOGIN_MODULE = `"""Logs in to Claude in the browser."""


def add_auth_routes(app):
    @app.get("/auth")
    async def page():
        return "claude"

    @app.websocket("/auth/ws")
    async def terminal(socket):
        await socket.accept()

    return app
`;

interface StepRun {
  readonly found: Applicability<unknown>;
  readonly notes: readonly Note[];
  /** Changed files with their new text; null for a deleted one. */
  readonly changed: Readonly<Record<string, string | null>>;
}

/** Selects and runs a step on files, as a run does, and gives back all that it did. */
export async function runStep<I>(
  step: Step<ReturnType<typeof oauthOnlyParams.parse>, I>,
  files: MemoryFiles,
): Promise<StepRun> {
  const tree = openTree(memorySource(files));
  const notes: Note[] = [];
  const ctx: StepContext<ReturnType<typeof oauthOnlyParams.parse>> = {
    params: oauthOnlyParams.parse({}),
    template: (name) => {
      throw new Error(`no template ${name}`);
    },
    note: (note) => notes.push(note),
  };
  const found = await step.select(tree, ctx);
  if (found.kind === 'applies') await step.run(found.input, tree, ctx);
  const texts = tree.changes().map(({ path, kind }) => [path, kind === 'delete' ? null : tree.readText(path)]);
  return { found, notes, changed: Object.fromEntries(texts) };
}
