import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runCli } from '../support/run-cli.ts';
import { snapshot, tempFolder } from '../support/temp-repo.ts';

interface Answer {
  readonly exitCode: number;
  readonly checks: readonly { readonly id: string; readonly status: string; readonly why?: string }[];
  readonly warnings: readonly string[];
  readonly run?: object;
}

/** A PATH on which there is git, and no container engine. */
function pathWithoutEngine(): string {
  const folder = tempFolder();
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  symlinkSync(git, join(folder, 'git'));
  return folder;
}

function answer(args: readonly string[]) {
  const { code, stdout, stderr } = runCli([...args, '--format', 'json'], { env: { PATH: pathWithoutEngine() } });
  expect(stderr).toBe('');
  const parsed = JSON.parse(stdout) as Answer;
  expect(parsed.exitCode).toBe(code);
  return parsed;
}

const WHY = 'there is no docker and no podman on PATH; install Docker Engine or Podman, or run with --level static';

describe('verify without an engine', () => {
  it('runs the static half, and is incomplete with what is unproven', () => {
    const repo = legacyRepo('noop-published-base');
    const before = snapshot(repo);
    const { exitCode, checks, warnings } = answer(['verify', repo]);
    expect(exitCode).toBe(6);
    expect(warnings).toEqual(['no container was started: there is no docker and no podman on PATH']);
    expect(checks.find(({ id }) => id === 'S08-entrypoint-chain')?.status).toBe('passed');
    const container = checks.filter(({ id }) => /^[IRHC]\d/.test(id));
    expect(container.length).toBeGreaterThan(3);
    for (const check of container) expect(check).toMatchObject({ status: 'skipped', why: WHY });
    expect(snapshot(repo)).toEqual(before);
  });

  it('answers for the static half alone when only that is asked for', () => {
    const { exitCode, checks } = answer(['verify', legacyRepo('noop-published-base'), '--level', 'static']);
    expect(exitCode).toBe(0);
    for (const check of checks.filter(({ id }) => /^[IRH]\d/.test(id)))
      expect(check).toMatchObject({ status: 'not-asked', why: 'left out by --level static' });
  });

  it('is red where the static half is, whatever could not run', () => {
    const { exitCode } = answer(['verify', legacyRepo(), '--level', 'service']);
    expect(exitCode).toBe(3);
  });

  it('writes nothing when the proof in a container was asked for', () => {
    const repo = legacyRepo();
    const before = snapshot(repo);
    const { exitCode, run, warnings } = answer(['apply', repo, '--yes', '--prove', 'container']);
    expect([exitCode, run]).toEqual([6, undefined]);
    expect(warnings.join()).toMatch(/^nothing was written: nothing proves the planned tree: I01-build, /);
    expect(snapshot(repo)).toEqual(before);
  });

  it('names the database words when it does not know one', () => {
    const { code, stderr } = runCli(['verify', legacyRepo(), '--database', 'sqlite']);
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'refit: --database is none, compose or a postgresql:// address']);
  });
});
