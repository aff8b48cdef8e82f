import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askEngine, callEngine } from '../../src/container/engine.ts';
import { describeLab } from '../lab/lab.ts';
import { runHere } from '../support/run-here.ts';

const LAB = new URL('../lab/', import.meta.url);

interface Answer {
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly message: string;
    readonly path?: string;
    readonly line?: number;
    readonly seen?: string;
    readonly failureMode?: string;
  }[];
}

// The migration as it was first written down: on the right base, with a health check, a port and an entrypoint of its own.
describeLab('a migration that nobody ever ran', (lab) => {
  const repo = mkdtempSync(join(tmpdir(), 'refit-naive-'));
  let findings: Answer['findings'];
  let code: number;

  beforeAll(async () => {
    // The base that has curl: else the health check could not even ask.
    await lab.base('february-2026');
    cpSync(new URL('checkout/', LAB), repo, { recursive: true });
    cpSync(new URL('naive/', LAB), repo, { recursive: true });
    const told = await runHere(['verify', repo, '--level', 'run', '--format', 'json']);
    code = told.code;
    ({ findings } = JSON.parse(told.stdout) as Answer);
  });
  afterAll(async () => {
    rmSync(repo, { recursive: true, force: true });
    await lab.base('july-2025');
    const names = await askEngine(lab.engine, ['images', '--format', '{{.Repository}}:{{.Tag}}']);
    for (const name of names.split('\n').filter((one) => one.startsWith('refit-verify/refit-naive-')))
      await callEngine(lab.engine, ['rmi', name]);
  });

  const of = (check: string) => findings.filter((finding) => finding.check.startsWith(check));

  test('is red', () => {
    expect(code).toBe(3);
    const severe = findings.filter(({ severity }) => ['blocker', 'error'].includes(severity));
    expect([...new Set(severe.map(({ check }) => check.split('-')[0]))].sort()).toEqual([
      ...['I04', 'I06', 'I07', 'I08', 'I09'],
      ...['R04', 'R07', 'R08', 'R09', 'R10', 'R12'],
      ...['S05', 'S08', 'S09', 'S11', 'S12'],
    ]);
  });

  test('for the file that the bound became, which bounds nothing', () => {
    expect(of('S05')).toMatchObject([{ path: 'Dockerfile', line: 5, failureMode: 'FM-14' }]);
    expect(of('I09')).toMatchObject([{ path: 'Dockerfile', failureMode: 'FM-14' }]);
  });

  test('for the health check, which is answered 401', () => {
    expect(of('R09')).toMatchObject([
      { path: 'Dockerfile', line: 15, failureMode: 'FM-02', seen: expect.stringContaining('GET /health → 401') },
    ]);
  });

  test('for the folder that LiteLLM writes at start and that belongs to root', () => {
    for (const finding of of('R07'))
      expect(finding).toMatchObject({ path: 'Dockerfile', line: 5, failureMode: 'FM-06' });
    expect(of('R07').map(({ message }) => message)).toContain(
      'claude cannot write /opt/venv/lib/python3.11/site-packages/litellm/proxy/_experimental/out',
    );
  });
});
