import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import { type BuildFailure, explainBuildFailure } from './build-failure.ts';
import { plainText } from './call.ts';
import { KEEP_LABEL } from './owner.ts';
import type { Session } from './session.ts';
import { streamEngine } from './stream.ts';

export interface BuildSpec {
  /** Folder that is sent to the builder. */
  readonly context: string;
  /** Path of the Dockerfile; `Dockerfile` in the context unless told. */
  readonly dockerfile?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly useCache?: boolean;
  /** Local name under which the image outlives the run; without one it goes with it. */
  readonly keep?: string;
  /** Local name for the time of the run: BuildKit builds on names only, never on the id of a local image. */
  readonly tag?: string;
  /** Milliseconds; 20 minutes unless told. */
  readonly timeout?: number;
  readonly onLine?: (line: string) => void;
}

export type BuildResult =
  | { readonly kind: 'built'; readonly imageId: string; readonly milliseconds: number; readonly log: readonly string[] }
  | {
      readonly kind: 'failed' | 'timed-out';
      readonly failure: BuildFailure;
      readonly milliseconds: number;
      readonly log: readonly string[];
    };

const BUILD_MS = 20 * 60_000;
const LOG_LINES = 20_000;

/**
 * Builds an image and names it by id, so that no tag of the user is touched. A build that fails is a result; its last
 * lines and the instruction that failed are in it.
 * @throws RefitError when the client could not be started or the session was stopped (exit 130).
 */
export async function buildImage(session: Session, spec: BuildSpec): Promise<BuildResult> {
  const folder = mkdtempSync(join(tmpdir(), 'refit-build-'));
  const idFile = join(folder, 'image-id');
  const log: string[] = [];
  const start = Date.now();
  try {
    const ended = await streamEngine(session.engine, buildArguments(session, spec, idFile), {
      env: { BUILDKIT_PROGRESS: 'plain' },
      timeout: spec.timeout ?? BUILD_MS,
      ...(session.signal && { signal: session.signal }),
      onLine: (raw) => {
        const line = plainText(raw).trimEnd();
        log.push(line);
        if (log.length > LOG_LINES) log.shift();
        spec.onLine?.(line);
      },
    });
    const milliseconds = Date.now() - start;
    if (ended.end === 'cancelled') throw new RefitError('the build was interrupted', { exitCode: 130 });
    if (ended.end === 'not-started') throw new RefitError(`${session.engine.program} could not be started`);
    if (ended.exitCode === 0) {
      const imageId = readFileSync(idFile, 'utf8').trim();
      return { kind: 'built', imageId: imageId.includes(':') ? imageId : `sha256:${imageId}`, milliseconds, log };
    }
    const failure = explainBuildFailure(log, readFileSync(dockerfilePath(spec), 'utf8'));
    return { kind: ended.end === 'timed-out' ? 'timed-out' : 'failed', failure, milliseconds, log };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dockerfilePath(spec: BuildSpec): string {
  return spec.dockerfile ?? join(spec.context, 'Dockerfile');
}

function buildArguments(session: Session, spec: BuildSpec, idFile: string): readonly string[] {
  const { engine } = session;
  const pairs = (flag: string, values: Readonly<Record<string, string>> = {}) =>
    Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  return [
    'build',
    ...['--file', dockerfilePath(spec), '--iidfile', idFile, '--force-rm'],
    // Podman's own format drops the health check.
    ...(engine.kind === 'podman' ? ['--format', 'docker'] : []),
    ...(spec.keep === undefined ? session.labels : ['--label', `${KEEP_LABEL}=${spec.keep}`]),
    ...[spec.keep, spec.tag].flatMap((name) => (name === undefined ? [] : ['--tag', name])),
    ...pairs('--label', spec.labels),
    ...pairs('--build-arg', spec.buildArgs),
    ...(spec.target === undefined ? [] : ['--target', spec.target]),
    ...(spec.useCache === false ? ['--no-cache'] : []),
    spec.context,
  ];
}
