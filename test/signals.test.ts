import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { legacyRepo } from './support/legacy-repo.ts';
import { runCli } from './support/run-cli.ts';
import { runTestGit, snapshot, tempFolder } from './support/temp-repo.ts';

const bin = resolve(import.meta.dirname, '../bin/refit.cjs');

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line as the leader of a process group, as a shell does. */
function start(
  args: readonly string[],
  preload?: string,
): { readonly child: ChildProcess; readonly end: Promise<Ended> } {
  const load = preload === undefined ? [] : ['--import', preload];
  const child = spawn(process.execPath, [...load, bin, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const end = new Promise<Ended>((done) => child.on('close', (code, signal) => done({ code, signal, stdout, stderr })));
  return { child, end };
}

/** Sends `signal` to the whole group, as a terminal does, once `isTime`. */
async function interruptWhen(
  { child, end }: ReturnType<typeof start>,
  signal: NodeJS.Signals,
  isTime: () => boolean,
): Promise<Ended> {
  const timer = setInterval(() => {
    if (!isTime() || child.pid === undefined) return;
    clearInterval(timer);
    process.kill(-child.pid, signal);
  }, 1);
  return end.finally(() => clearInterval(timer));
}

/** A module that makes the process signal itself when it first puts something in the place of a file called `name`. */
function signalAt(operation: 'renameSync' | 'linkSync', name: string, signal: NodeJS.Signals): string {
  const file = join(tempFolder(), 'preload.mjs');
  const text = `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const act = fs.${operation};
let sent = false;
fs.${operation} = (from, to) => {
  if (!sent && to.endsWith(${JSON.stringify(`/${name}`)})) {
    sent = true;
    process.kill(process.pid, ${JSON.stringify(signal)});
  }
  return act(from, to);
};
syncBuiltinESMExports();
`;
  writeFileSync(file, text);
  return file;
}

describe('Ctrl-C and its like', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s to apply and the programs it started, when all is written: undone, then %i', async (signal, code) => {
    const repo = legacyRepo();
    const before = snapshot(repo);
    // From here to the end of the run the migration is planned once more.
    const isWritten = () => !existsSync(join(repo, 'auth_integration.py'));
    const ended = await interruptWhen(start(['apply', repo, '--yes', '--format', 'json']), signal, isWritten);
    expect([ended.code, ended.signal]).toEqual([code, null]);
    expect(ended.stderr).toBe(`refit: interrupted by ${signal}\n  every file, mode and folder is as it was before\n`);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      exitCode: code,
      outcome: { message: `interrupted by ${signal}` },
    });
    expect(snapshot(repo)).toEqual(before);
    expect(runTestGit(repo, ['status', '--porcelain', '--ignored'])).toBe('');
    expect(runCli(['status', repo]).stdout).toMatch(/undone +oauth-only/);
  });

  it('SIGINT to apply between two files: undone, then 130', async () => {
    const repo = legacyRepo();
    const before = snapshot(repo);
    const ended = await start(['apply', repo, '--yes'], signalAt('renameSync', 'README.md', 'SIGINT')).end;
    expect([ended.code, ended.stdout]).toEqual([130, '']);
    expect(ended.stderr).toBe('refit: interrupted by SIGINT\n  every file, mode and folder is as it was before\n');
    expect(snapshot(repo)).toEqual(before);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s to rollback between two files: finished, then %i', async (signal, code) => {
    const repo = legacyRepo();
    const before = snapshot(repo);
    expect(runCli(['apply', repo, '--yes']).code).toBe(5);
    const ended = await start(['rollback', repo], signalAt('renameSync', 'README.md', signal)).end;
    expect([ended.code, ended.signal, ended.stdout]).toEqual([code, null, '']);
    expect(ended.stderr).toMatch(
      new RegExp(`^refit: interrupted by ${signal}, after run \\S+ was rolled back completely\\n$`),
    );
    expect(snapshot(repo)).toEqual(before);
    expect(runTestGit(repo, ['status', '--porcelain', '--ignored'])).toBe('');
  });

  it('SIGINT to rollback before its first change: nothing is changed, then 130', async () => {
    const repo = legacyRepo();
    expect(runCli(['apply', repo, '--yes']).code).toBe(5);
    const applied = snapshot(repo);
    const ended = await start(['rollback', repo], signalAt('linkSync', 'lock', 'SIGINT')).end;
    expect([ended.code, ended.stderr]).toEqual([130, 'refit: interrupted by SIGINT\n']);
    expect(snapshot(repo)).toEqual(applied);
    expect(runCli(['rollback', repo]).code).toBe(0);
  });
});
