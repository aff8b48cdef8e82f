import Module from 'node:module';
import { Worker } from 'node:worker_threads';
import * as authoring from '../../authoring.ts';
import { RefitError } from '../../base/errors.ts';
import type { RepoPath } from '../../base/repo-path.ts';
import { packageRoot } from '../template.ts';
import { explainFailure } from './explain-failure.ts';
import { loadCode } from './load.ts';
import { migrationIn } from './migration-in.ts';
import { setChance, turnClockAhead } from './other-clock.ts';
import type { CodeToRun, FromWorker, ToWorker } from './protocol.ts';
import { carryOut } from './requests.ts';

/** Ends this process when refit is gone, also while a step hangs: then only another thread still runs. */
const WATCH = `
const { workerData } = require('node:worker_threads');
setInterval(() => { if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL'); }, 500);
`;

type Start = Extract<ToWorker, { kind: 'start' }>;

/**
 * The whole life of the process that runs a migration from outside: it gets the code and one request, and answers. Started
 * by `ask-worker.ts` without the right to write files or to start programs.
 */
export function serve(): void {
  new Worker(WATCH, { eval: true, workerData: process.ppid }).unref();
  const say = (message: FromWorker): Promise<void> =>
    new Promise((resolve) => {
      process.send?.(message, undefined, undefined, () => resolve());
    });
  const searches: { found(paths: readonly RepoPath[]): void; failed(error: Error): void }[] = [];
  const search = (literals: readonly string[]): Promise<readonly RepoPath[]> =>
    new Promise((found, failed) => {
      void say({ kind: 'search', search: searches.push({ found, failed }) - 1, literals });
    });
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'start') void answer(message, say, search);
    else if (message.kind === 'found') searches[message.search]?.found(message.paths);
    else searches[message.search]?.failed(new RefitError(message.message));
  });
}

async function answer(
  { code, request, cwd }: Start,
  say: (message: FromWorker) => Promise<void>,
  search: (literals: readonly string[]) => Promise<readonly RepoPath[]>,
): Promise<void> {
  const fail = (error: unknown): Promise<void> => say({ kind: 'failed', failure: explainFailure(error, code, cwd) });
  process.on('uncaughtException', (error) => void fail(error));
  try {
    if (request.op === 'plan' && request.otherClock) turnClockAhead();
    setChance(request.op === 'plan' && request.otherClock);
    refuseOtherFiles(code);
    await say({ kind: 'doing', what: 'loading it' });
    const exported = await loadCode({ code, own: ownModules(), cwd });
    const migration = migrationIn(exported, code.entry, cwd);
    await say({ kind: 'done', answer: await carryOut(request, { migration, code, say, search }) });
  } catch (error) {
    await fail(error);
  }
}

/** What refit is for the code: the very modules that plan and check here, so that parsers loaded here are loaded there. */
function ownModules(): Readonly<Record<string, () => unknown>> {
  const load = Module.createRequire(import.meta.url);
  return {
    refit: () => load(`${packageRoot()}/bin/load.cjs`).load('index') as unknown,
    'refit/authoring': () => authoring,
    'refit/testing': () => {
      throw new RefitError('refit/testing is for tests; a migration cannot import it');
    },
    zod: () => load(`${packageRoot()}/dist/zod.cjs`) as unknown,
  };
}

/** Whatever way a file of the author's is asked of Node by, it has to be one that the hash covers. */
function refuseOtherFiles({ files }: CodeToRun): void {
  const own = `${packageRoot()}/`;
  const extensions = (Module as unknown as { _extensions: Record<string, (module: unknown, file: string) => void> })
    ._extensions;
  for (const [ending, load] of Object.entries(extensions)) {
    extensions[ending] = (module, file) => {
      if (!files.has(file) && !/[\\/]node_modules[\\/]/.test(file) && !file.startsWith(own))
        throw new RefitError(`${file} is loaded, and no import names it`, {
          hint: 'import it by its path, so that the hash that is trusted covers it',
        });
      load(module, file);
    };
  }
}
