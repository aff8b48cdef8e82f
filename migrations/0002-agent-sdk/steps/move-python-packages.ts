import { defineStep } from '../../../src/authoring.ts';
import type { AgentSdkParams } from '../params.ts';
import { type PythonMoves, planPythonMoves } from '../python-manifests/moves.ts';

/** Lists the new distribution where the Python code that a file answers for imports the SDK. */
export const movePythonPackages = defineStep<AgentSdkParams, PythonMoves>({
  id: 'move-python-packages',
  title: 'List the Agent SDK where Python packages are listed',
  description:
    'Replaces claude-code-sdk in requirements and constraints, pyproject.toml (PEP 621, groups, Poetry, uv, PDM, Hatch), setup.py, setup.cfg, Pipfile, conda and ' +
    'pixi files, script headers, pip commands of Dockerfiles, CI, scripts and notebooks, and the module in lists of tools. The way of the range stays, its ' +
    'number does not: at least 0.1.60. A file whose code never imports the SDK is left. Lock files are never edited: a note says which command brings each up to date.',
  version: 1,
  select: async (tree, { params }) => {
    const moves = await planPythonMoves(tree, params);
    if (moves.files.length === 0 && moves.notes.length === 0) {
      return { kind: 'done', why: 'no file lists the old distribution for code that imports the SDK' };
    }
    return { kind: 'applies', input: moves };
  },
  run: ({ files, notes }, tree, ctx) => {
    for (const { path, edits } of files) tree.edit(path, edits);
    for (const note of notes) ctx.note(note);
  },
});
