import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand, copyLine, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import type { TarEntry } from '../engine.ts';
import { baseEntry, imageFiles } from '../image-files.ts';

interface Unwanted {
  readonly matches: (file: TarEntry, workdir: string) => boolean;
  readonly message: string;
  readonly expected: string;
  readonly next: string;
  readonly failureMode?: string;
  /** Instruction that makes it; COPY unless told. */
  readonly by?: 'RUN';
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const UNWANTED: readonly Unwanted[] = [
  {
    matches: ({ path, kind }, workdir) =>
      kind === 'file' && /^=\d[\w.*+,-]*$/.test(nameOf(path)) && isIn(path, workdir),
    message: 'a file that a version bound became',
    expected: 'quoted bounds: the shell takes an unquoted > for a redirection',
    next: 'quote the requirement in RUN, or install from requirements.txt',
    failureMode: 'FM-14',
    by: 'RUN',
  },
  {
    matches: ({ path }) => path === 'root/.claude',
    message: 'the login of root is in the image',
    expected: `only ${BASE_CONTRACT.authFolder}`,
    next: 'take out what makes /root/.claude: nothing of claude reads it',
    failureMode: 'FM-10',
  },
  {
    matches: ({ path, kind }) => kind === 'file' && isEnvFile(nameOf(path)) && isOurs(path),
    message: 'a file of secrets is in the image',
    expected: 'no .env; the environment is given to the container when it starts',
    next: 'add .env* to .dockerignore, and revoke what stands in it when the image has left this machine',
    failureMode: 'FM-36',
  },
  {
    matches: ({ path, kind }) => kind === 'folder' && nameOf(path) === '.git' && isOurs(path),
    message: 'the history of the checkout is in the image',
    expected: 'no .git',
    next: 'add .git to .dockerignore',
    failureMode: 'FM-36',
  },
  {
    matches: ({ path }) => /^etc\/apt\/(?:sources\.list\.d|keyrings)\/[^/]*nodesource[^/]*$/.test(path),
    message: 'a package source of NodeSource is in the image',
    expected: 'the Node of the base',
    next: 'take the NodeSource step out of the Dockerfile',
    by: 'RUN',
  },
];

/** Nothing of the old image, of the checkout's secrets or of a slip of the shell is in the image. */
export const filesAbsent: ContainerCheck = {
  id: 'I09-files-absent',
  title: 'Nothing is in the image that must not be there',
  severity: 'error',
  level: 'image',
  reads: 'files',
  securitySeverity: 5,
  description:
    'Looks in the files of the image for what the old image left: the login of root, NodeSource, a file called =1.40.0 that an unquoted bound became; ' +
    'and for what the build must not take along: .env and .git. What the base itself brings, as its own /app/scripts, is never a finding.',
  run: async (bench) => {
    const files = await imageFiles(bench);
    const workdirs = new Set(
      [bench.judged.stage.workdir, bench.image.facts.workingDirectory].map((path) => path.slice(1)),
    );
    const found = UNWANTED.flatMap((unwanted) =>
      files
        .filter((file) => [...workdirs].some((workdir) => unwanted.matches(file, workdir)))
        .map((file) => ({ unwanted, file })),
    );
    const known = await Promise.all(found.map(({ file }) => baseEntry(bench, `/${file.path}`)));
    const added = found.filter((_, index) => known[index] === null);
    return answerOf(added.map(({ unwanted, file }) => findingOf(bench, unwanted, `/${file.path}`)));
  },
};

function findingOf(
  bench: Bench,
  { message, expected, next, failureMode, by }: Unwanted,
  path: string,
): ContainerFinding {
  return {
    message: `${message}: ${path}`,
    expected,
    seen: path,
    subject: path,
    ...(by === 'RUN' ? runLine(bench, path) : copyLine(bench, path)),
    ...(failureMode === undefined ? {} : { failureMode }),
    next,
    byHand: byHand(bench, { entrypoint: 'ls', user: '0', command: ['-ld', path] }),
  };
}

/** The RUN that names it, or the last one. */
function runLine(bench: Bench, path: string) {
  const word = path.includes('nodesource') ? 'nodesource' : nameOf(path);
  const found = bench.judged.stage.instructions.find(
    ({ keyword, args }) => keyword.toUpperCase() === 'RUN' && args.text.includes(word),
  );
  return found === undefined ? dockerfileLine(bench, 'RUN') : { path: bench.judged.path, line: found.line };
}

const isIn = (path: string, folder: string): boolean =>
  path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes('/');

const isEnvFile = (name: string): boolean =>
  /^\.env(?:\..+)?$/.test(name) && !/\.(?:example|sample|template|dist)$/.test(name);

/** Not in a package: those may bring such names as examples. */
const isOurs = (path: string): boolean =>
  /^(?:app|home|root|srv|tmp|usr\/src)\//.test(path) && !/\/(?:site-packages|node_modules)\//.test(path);
