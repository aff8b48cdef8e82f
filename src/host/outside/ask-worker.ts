import { type ChildProcess, fork } from 'node:child_process';
import { relative } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import type { TreeSource } from '../../tree/tree.ts';
import { packageRoot } from '../template.ts';
import type { Covered } from './cover.ts';
import type { Answers, CheckAnswer, FromWorker, Request, ToWorker } from './protocol.ts';
import { codeToRun } from './to-worker.ts';

/** Megabytes of JavaScript objects that a migration may hold at once. */
const MEMORY_MB = 2048;
/** For the process to start, which is no fault of the migration. */
const START_MS = 120_000;
/** What is kept of the output of a migration: enough to find a mistake with. */
const MAX_OUTPUT = 16_384;

export interface WorkerOptions {
  readonly covered: Covered;
  /** Folder that places in errors are shown from. */
  readonly cwd: string;
  /** Milliseconds for loading the code, for each step and for each check. */
  readonly stepTimeout: number;
  /** 2048 unless given. */
  readonly memoryMb?: number;
  /** Answers the searches of the migration. */
  readonly source?: Pick<TreeSource, 'search'>;
  onStep?(step: string): void;
  /** Told of each check that is done, also when a later one hangs. */
  onChecked?(answer: CheckAnswer): void;
  /** Told what the migration wrote to its output, when there is any. */
  onOutput?(text: string): void;
}

/**
 * Lets a fresh process load a migration and do one thing with it. The process may read files, and neither write any nor
 * start programs; it gets no environment and is ended when it takes too long, holds too much or when refit ends.
 * @throws RefitError for whatever goes wrong in there, with the name of the step and the author's own line.
 */
export async function askWorker<R extends Request>(request: R, options: WorkerOptions): Promise<Answers[R['op']]> {
  const child = startWorker(options);
  try {
    return (await converse(child, request, options)) as Answers[R['op']];
  } finally {
    child.kill('SIGKILL');
  }
}

function startWorker({ covered, memoryMb = MEMORY_MB }: WorkerOptions): ChildProcess {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  return fork(`${packageRoot()}/bin/outside.cjs`, [], {
    cwd: covered.found.folder,
    // Nothing of the caller's: no secret can leak into a plan, and no setting of one machine changes it.
    env: { TZ: 'UTC' },
    execArgv: [
      permission,
      '--allow-fs-read=*',
      // For the thread that ends the process when refit is gone.
      '--allow-worker',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=SecurityWarning',
      `--max-old-space-size=${memoryMb}`,
    ],
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function converse(child: ChildProcess, request: Request, options: WorkerOptions): Promise<unknown> {
  const { covered, cwd, source, stepTimeout } = options;
  const name = relative(cwd, covered.found.entry) || covered.found.entry;
  const output = collectOutput(child);
  let doing = 'starting';
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      child.removeAllListeners();
      if (output().trim() !== '') options.onOutput?.(output());
      act();
    };
    const stop = (why: string, hint: string): void =>
      settle(() =>
        reject(
          new RefitError(`${name}: ${doing} ${why}`, {
            details: lastLines(output()),
            hint: `nothing was written; ${hint}`,
          }),
        ),
      );
    const expect = (what: string, limit: number): void => {
      doing = what;
      clearTimeout(timer);
      timer = setTimeout(
        () => stop(`took longer than ${limit / 1000} s and was ended`, '--step-timeout SECONDS gives it longer'),
        limit,
      );
    };
    const send = (message: ToWorker): void => {
      child.send(message, (error) => {
        if (error !== null) stop(`could not be spoken to: ${error.message}`, 'try again');
      });
    };
    child.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'doing':
          expect(message.what, stepTimeout);
          if (message.step !== undefined) options.onStep?.(message.step);
          return;
        case 'search':
          answerSearch(source, message.literals).then(
            (paths) => send({ kind: 'found', search: message.search, paths }),
            (error: Error) => send({ kind: 'not-found', search: message.search, message: error.message }),
          );
          return;
        case 'checked':
          options.onChecked?.(message.answer);
          return;
        case 'done':
          settle(() => resolve(message.answer));
          return;
        case 'failed': {
          const { message: told, ...rest } = message.failure;
          settle(() => reject(new RefitError(told, rest)));
          return;
        }
        default:
          message satisfies never;
      }
    });
    child.on('error', (error) => stop(`could not be started: ${error.message}`, 'try again'));
    child.on('exit', (code, signal) => {
      if (/heap out of memory/.test(output()))
        stop(
          `took more than ${options.memoryMb ?? MEMORY_MB} MB of memory and was ended`,
          'this is a fault of the migration',
        );
      else stop(`ended its process (${signal ?? `exit code ${code}`})`, 'a migration may not end it');
    });
    expect('starting', START_MS);
    send({ kind: 'start', code: codeToRun(covered), request, cwd });
  });
}

async function answerSearch(source: WorkerOptions['source'], literals: readonly string[]) {
  return source === undefined ? [] : source.search(literals);
}

function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-MAX_OUTPUT);
    });
  return () => text;
}

function lastLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(?:at |<---|---|\d+: 0x)/.test(line))
    .slice(0, 5);
}
