import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { RefitError } from '../base/errors.ts';
import type { RepoPath } from '../base/repo-path.ts';
import { maskSecrets } from '../base/secrets.ts';
import { type Check, defineCheck, type Finding } from '../checks/define.ts';
import { liveFiles } from '../checks/live-files.ts';
import { readProject } from '../checks/project.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { fsErrorCode } from './fs.ts';
import { type Environment, runProcess } from './process.ts';

const ID = 'S28-external-linters';
/** Milliseconds for one file, and bytes of what a program may say of it. */
const TIME_LIMIT = 60_000;
const OUTPUT_LIMIT = 16 << 20;

/** One file for one program. */
interface Job {
  readonly linter: Linter;
  readonly program: string;
  readonly path: RepoPath;
  readonly text: string;
}

interface Remark {
  readonly line: number;
  readonly rule: string;
  readonly level: string;
  readonly message: string;
}

interface Linter {
  readonly name: string;
  readonly program: string;
  /** The file comes on standard input, and no configuration is read: neither the checkout's nor the caller's. */
  args(path: RepoPath, text: string): readonly string[];
  files(tree: ReadonlyTree, dockerfile: RepoPath | null): readonly { readonly path: RepoPath; readonly text: string }[];
  read(output: unknown): readonly Remark[];
}

/** Where programs are looked for. */
export interface LinterOptions {
  /** As the variable PATH. */
  readonly path: string;
}

/**
 * The check that asks hadolint, ShellCheck and actionlint, as many of them as are installed. Other programs' opinions never
 * fail more than a warning does: else the answer would depend on what a machine has installed. Its `run` throws RefitError
 * when a program cannot do its work.
 */
export function externalLinters({ path }: LinterOptions): Check<readonly Job[]> {
  return defineCheck<readonly Job[]>({
    id: ID,
    title: 'Outside linters have nothing to say',
    severity: 'warn',
    description:
      'Runs hadolint on the Dockerfile, ShellCheck on shell scripts and actionlint on workflows when they are installed. They get the text on standard input ' +
      'and read no configuration. What they call an error or a warning is a warning here, all else is information.',
    examples: { bad: 'rm -rf $folder', good: 'rm -rf "$folder"' },
    select: (tree, ctx) => {
      const installed = LINTERS.flatMap((linter) => {
        const program = findProgram(linter.program, path);
        return program === null ? [] : [{ linter, program }];
      });
      if (installed.length === 0)
        return { kind: 'skip', why: `not installed: ${LINTERS.map(({ name }) => name).join(', ')}` };
      const { dockerfile } = readProject(tree, ctx);
      const judged = dockerfile.kind === 'none' ? null : dockerfile.path;
      const jobs = installed.flatMap(({ linter, program }) =>
        linter.files(tree, judged).map((file) => ({ linter, program, ...file })),
      );
      const names = installed.map(({ linter }) => linter.name).join(', ');
      return jobs.length === 0
        ? { kind: 'skip', why: `nothing to read for ${names}` }
        : { kind: 'applies', input: jobs };
    },
    run: async (jobs) => {
      const findings: Finding[] = [];
      // One after another: each of them may take all there is of a small machine.
      for (const job of jobs) findings.push(...(await lint(job, { PATH: path })));
      return findings;
    },
  });
}

function findProgram(name: string, path: string): string | null {
  for (const folder of path.split(delimiter)) {
    const program = join(folder, name);
    if (folder !== '' && isProgram(program)) return program;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    return false;
  }
}

async function lint({ linter, program, path, text }: Job, env: Environment): Promise<readonly Finding[]> {
  const result = await runProcess(program, linter.args(path, text), {
    cwd: '/',
    env,
    input: text,
    timeout: TIME_LIMIT,
    maxBuffer: OUTPUT_LIMIT,
  });
  const remarks = result.end === 'exited' ? readRemarks(linter, result.stdout.toString('utf8')) : null;
  if (remarks === null) {
    const said = result.stderr.trim().split('\n')[0] ?? '';
    const why =
      result.end === 'exited' ? `exit code ${result.exitCode}${said === '' ? '' : `: ${said}`}` : result.message;
    throw new RefitError(`${linter.name} could not read ${path}: ${maskSecrets(why)}`);
  }
  return remarks.map(({ line, rule, level, message }) => ({
    check: ID,
    severity: level === 'error' || level === 'warning' ? ('warn' as const) : ('info' as const),
    message: maskSecrets(`${rule}: ${message.split('\n')[0]}`),
    expected: `${linter.name} has nothing to say`,
    seen: `${linter.name}, level ${level}`,
    path,
    line: Math.max(1, line),
    next: `${linter.program} ${path}`,
  }));
}

/** Null when the output is not what the program gives, which happens when it did not get to reading. */
function readRemarks(linter: Linter, output: string): readonly Remark[] | null {
  try {
    return linter.read(JSON.parse(output));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws TypeError when it is no list. */
function listOf(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value as readonly Fields[];
}

const LINTERS: readonly Linter[] = [
  {
    name: 'hadolint',
    program: 'hadolint',
    args: () => ['--config', '/dev/null', '--format', 'json', '--no-fail', '-'],
    files: (tree, dockerfile) => (dockerfile === null ? [] : liveFiles(tree, escapeGlob(dockerfile))),
    read: (output) =>
      listOf(output).map(({ line, code, level, message }) => ({
        line: Number(line),
        rule: String(code),
        level: String(level),
        message: String(message),
      })),
  },
  {
    name: 'ShellCheck',
    program: 'shellcheck',
    args: (_path, text) => ['--norc', '--format=json1', ...(/^#!/.test(text) ? [] : ['--shell=bash']), '-'],
    files: (tree) => liveFiles(tree, '**/*.{sh,bash}').filter(({ text }) => !/^#!.*\b(?:zsh|fish|python)/.test(text)),
    read: (output) =>
      listOf((output as Fields)['comments']).map(({ line, code, level, message }) => ({
        line: Number(line),
        rule: `SC${String(code)}`,
        level: String(level),
        message: String(message),
      })),
  },
  {
    name: 'actionlint',
    program: 'actionlint',
    // Told to look for neither ShellCheck nor pyflakes, which it would start by itself.
    args: (path) => ['-no-color', '-shellcheck=', '-pyflakes=', '-format', '{{json .}}', '-stdin-filename', path, '-'],
    files: (tree) => liveFiles(tree, '.github/workflows/*.{yml,yaml}'),
    read: (output) =>
      listOf(output).map(({ line, kind, message }) => ({
        line: Number(line),
        rule: String(kind),
        level: 'error',
        message: String(message),
      })),
  },
];

const escapeGlob = (path: string): string => path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
