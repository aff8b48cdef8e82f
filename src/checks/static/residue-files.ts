import { comparePaths } from '../../base/repo-path.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { type CheckContext, defineCheck, type Finding } from '../define.ts';
import { loginModules } from '../login-module.ts';
import { readProject } from '../project.ts';
import { deadInPython, pythonReferenceWords } from '../references/code.ts';
import { deadInScripts, deadInWorkflows } from '../references/commands.ts';
import { deadInCompose, deadInDockerfile } from '../references/container.ts';
import { deadInDocuments } from '../references/documents.ts';
import { type DeadReference, lookUp } from '../references/reference.ts';

const ID = 'S21-residue-files';

/** Nothing refers to a file that is not there. */
export const residueFiles = defineCheck<ReadonlyTree>({
  id: ID,
  title: 'Deleted files are gone, and nothing refers to them',
  severity: 'error',
  description:
    'Follows what the Dockerfile copies, what compose mounts, builds and runs, what workflows, scripts and make rules run, what Python imports, and what ' +
    'documents link to. A file that is not there stops a build, a start or a job, or sends a reader nowhere. Mere mentions of removed login files in ' +
    "documents, and other dead links, are warnings. Archives, backups and change logs speak of what was and are not read; neither is what git ignores, nor what lies outside of the project's own folders.",
  examples: { bad: 'COPY auth_integration.py /app/   (there is no such file)', good: 'COPY custom_handler.py /app/' },
  needs: ['python'],
  searchWords: pythonReferenceWords,
  select: (tree) => ({ kind: 'applies', input: tree }),
  run: async (tree, _tree, ctx) => [
    ...presentModules(tree),
    ...(await deadReferences(tree, ctx))
      .map(toFinding)
      .sort((a, b) => comparePaths(a.path ?? '', b.path ?? '') || (a.line ?? 0) - (b.line ?? 0)),
  ],
});

async function deadReferences(tree: ReadonlyTree, ctx: CheckContext): Promise<readonly DeadReference[]> {
  const project = readProject(tree, ctx);
  const { dockerfile, imageLayout } = project;
  const files = lookUp(tree, dockerfile.kind === 'read' ? dockerfile.context : null);
  const placed = [...imageLayout.values()].map(({ path }) => path);
  return [
    ...(dockerfile.kind === 'read' ? deadInDockerfile(dockerfile, files) : []),
    ...project.composeFiles.flatMap((reading) => deadInCompose(reading, project, files)),
    ...deadInScripts(files),
    ...deadInWorkflows(files),
    ...(await deadInPython(files, placed)),
    ...deadInDocuments(files),
  ];
}

function toFinding({ path, line, target, effect, breaks }: DeadReference): Finding {
  return {
    check: ID,
    severity: breaks ? 'error' : 'warn',
    message: `${target} is not there: ${effect}`,
    expected: 'a file of the checkout',
    seen: target,
    subject: target,
    path,
    line,
    failureMode: 'FM-39',
    next: `take the reference out of ${path}:${line}, or bring the file back`,
  };
}

function presentModules(tree: ReadonlyTree): readonly Finding[] {
  return loginModules(tree).own.map((path) => ({
    check: ID,
    severity: 'error' as const,
    message: 'the web login is still there',
    expected: 'no module that adds login pages; the token is the login',
    seen: `${path} defines add_auth_routes`,
    path,
    line: 1,
    failureMode: 'FM-39',
    next: 'refit apply deletes it with all that uses it',
  }));
}
