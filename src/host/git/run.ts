import { RefitError } from '../../base/errors.ts';
import { captureProcess, type Environment, type ProcessResult, trustedPath } from '../process.ts';

/**
 * A repository's own configuration names programs that git starts even while it only reads: the file-system monitor, hooks,
 * filters, a pager. These settings switch off every one that a call of this project could reach; filters are switched off
 * by name, see `findWorkTree`. `submodule.recurse` would carry a call into repositories with a configuration of their own.
 */
export const QUIET_CONFIG: readonly string[] = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.quotepath=false',
  'submodule.recurse=false',
  'grep.fullName=false',
  'color.ui=false',
];

/** Variables that choose whose settings are in force, not which repository is meant. */
const KEPT_VARIABLES: ReadonlySet<string> = new Set(['GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_CONFIG_NOSYSTEM']);
const PROGRAM_VARIABLES: ReadonlySet<string> = new Set([
  'EDITOR',
  'VISUAL',
  'PAGER',
  'PREFIX',
  'SSH_ASKPASS',
  'LANGUAGE',
]);

/**
 * The environment for git: the caller's without any `GIT_` variable that could point it at another repository, index or
 * program, and with a PATH on which no git of the checkout itself can be found.
 */
export function gitEnvironment(from: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value === undefined || PROGRAM_VARIABLES.has(name)) continue;
    if (!name.startsWith('GIT_') || KEPT_VARIABLES.has(name)) env[name] = value;
  }
  if (env['PATH'] !== undefined) env['PATH'] = trustedPath(env['PATH']);
  return {
    ...env,
    // Messages are matched, and bytes compared as bytes.
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_TERMINAL_PROMPT: '0',
    // A partial clone fetches what it lacks through programs that its configuration names.
    GIT_NO_LAZY_FETCH: '1',
    GIT_ALLOW_PROTOCOL: 'none',
  };
}

export interface GitCallOptions {
  /** More settings, `key=value`. */
  readonly config?: readonly string[];
  readonly input?: string | Uint8Array;
  /** An index of our own in place of the repository's. */
  readonly indexFile?: string;
  /** For the few commands that refuse to take pathspecs literally. */
  readonly magicPathspecs?: boolean;
  /** As of `captureProcess`. */
  onStdout?(chunk: Buffer): void;
}

/** Runs git in `folder` with nothing from the repository's configuration running; any exit code is a result. */
export function tryGit(folder: string, args: readonly string[], options: GitCallOptions = {}): Promise<ProcessResult> {
  const settings = [...QUIET_CONFIG, ...(options.config ?? [])].flatMap((setting) => ['-c', setting]);
  return captureProcess('git', [...settings, '--no-pager', ...args], {
    cwd: folder,
    env: {
      ...gitEnvironment(),
      ...(options.indexFile !== undefined && { GIT_INDEX_FILE: options.indexFile }),
      ...(options.magicPathspecs === true && { GIT_LITERAL_PATHSPECS: '0' }),
    },
    ...(options.input !== undefined && { input: options.input }),
    ...(options.onStdout !== undefined && { onStdout: options.onStdout }),
  });
}

/**
 * As {@link tryGit} and returns standard output.
 * @throws RefitError when git exits with anything but 0.
 */
export async function runGit(folder: string, args: readonly string[], options: GitCallOptions = {}): Promise<Buffer> {
  const result = await tryGit(folder, args, options);
  if (result.failed) throw explainGitFailure(result, folder);
  return result.stdout;
}

/** The error for a call of git that should have worked: what stands in the way and the way out. */
export function explainGitFailure(result: ProcessResult, folder: string): RefitError {
  if (result.end === 'not-found') {
    return new RefitError(`git is not on PATH, and ${folder} is a git checkout`, { hint: 'install git and run again' });
  }
  const distrust = /(?:detected dubious ownership in repository at|unsafe repository \()\s*'([^']*)'/.exec(
    result.stderr,
  );
  if (distrust !== null) {
    const place = distrust[1] ?? folder;
    return new RefitError(`git does not trust ${place}: it belongs to another user`, {
      hint: `if you trust it: git config --global --add safe.directory ${quoteForShell(place)}`,
    });
  }
  const lines = result.stderr.split('\n').filter((line) => line !== '');
  const fatal = lines.find((line) => line.startsWith('fatal: '))?.slice('fatal: '.length);
  return new RefitError(`git failed in ${folder}: ${fatal ?? lines.at(-1) ?? result.message}`);
}

function quoteForShell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
