import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import {
  type EnvironmentFile,
  environmentFiles,
  OUTRANKING_NAMES,
  TOKEN_NAME,
} from '../../checks/environment-files.ts';
import { type Bench, byHand, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { runToEnd } from '../engine.ts';
import { masterKeyName } from '../enter.ts';

/** The environment example, read as `docker run` reads it, sets no key that is none. */
export const envFileQuotes: ContainerCheck = {
  id: 'R19-env-file-quotes',
  title: 'The environment example leaves no bogus key when docker run reads it',
  severity: 'error',
  level: 'run',
  description:
    '`docker run --env-file` keeps quotes: NAME="" is a key of two characters. As ANTHROPIC_API_KEY it outranks the OAuth token, and every call ' +
    'answers 401. The example is read by the engine itself, and what the container then has in its environment is looked at.',
  run: async (bench) => {
    const files = environmentFiles(bench.tree).filter(({ isMain }) => isMain);
    if (files.length === 0) return { kind: 'not-applicable', why: 'the checkout has no environment file or example' };
    const seen = await Promise.all(files.map((file) => judgeFile(bench, file)));
    return answerOf(seen.flat());
  },
};

async function judgeFile(bench: Bench, environment: EnvironmentFile): Promise<readonly ContainerFinding[]> {
  const { path, file } = environment;
  const folder = mkdtempSync(join(tmpdir(), 'refit-env-'));
  const copy = join(folder, 'example.env');
  try {
    writeFileSync(copy, file.text, { mode: 0o600 });
    const ended = await runToEnd(bench.session, {
      image: bench.image.facts.id,
      role: 'env-file',
      entrypoint: 'env',
      command: ['-0'],
      extra: ['--env-file', copy, '--no-healthcheck'],
    });
    if (ended.kind !== 'exited' || ended.exitCode !== 0) throw new RefitError('env did not answer in the image');
    const variables = ended.stdout.split('\0').flatMap((entry): readonly [string, string][] => {
      const at = entry.indexOf('=');
      return at === -1 ? [] : [[entry.slice(0, at), entry.slice(at + 1)]];
    });
    return judgeVariables(new Map(variables), masterKeyName(bench)).map(({ name, seen, message }) => {
      const entry = file.entries.find((one) => one.name === name);
      const at = entry === undefined ? dockerfileLine(bench, 'ENV') : { path, line: entry.line };
      return told(bench, at, name, message, seen);
    });
  } catch (error) {
    if (
      !(error instanceof RefitError) ||
      !/env(?:ironment)?(?:[ -]file| variable)|whitespace/i.test(error.details.join(' '))
    )
      throw error;
    const line = file.entries.find(({ exported }) => exported)?.line ?? file.problems[0]?.line ?? 1;
    return [told(bench, { path, line }, path, 'docker run refuses the file', bench.safe(error.details.join('; ')))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What of an environment would be taken for a key and is none. Values are never told. */
export function judgeVariables(
  variables: ReadonlyMap<string, string>,
  keyName: string,
): readonly { readonly name: string; readonly seen: string; readonly message: string }[] {
  return [...OUTRANKING_NAMES, TOKEN_NAME, keyName].flatMap((name) => {
    const value = variables.get(name) ?? '';
    const quoted = /^(["']).*\1$/s.test(value);
    if (!quoted) return [];
    const seen = value.length === 2 ? 'two quotes' : 'a value in quotes';
    const message = OUTRANKING_NAMES.has(name)
      ? `${name} outranks the OAuth token with a value that is no key`
      : `the quotes become part of ${name}`;
    return [{ name, seen, message }];
  });
}

function told(
  bench: Bench,
  at: { path: EnvironmentFile['path']; line: number },
  subject: string,
  message: string,
  seen: string,
): ContainerFinding {
  return {
    message,
    expected: 'no line, or a value without quotes',
    seen,
    subject,
    ...at,
    failureMode: 'FM-20',
    next: `put # before line ${at.line} of ${at.path}, or take the quotes away`,
    byHand: byHand(bench, { entrypoint: 'env' }).replace(' run ', ` run --env-file ${at.path} `),
  };
}
