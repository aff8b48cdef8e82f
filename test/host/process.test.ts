import { describe, expect, test } from 'vitest';
import { captureProcess, runProcess } from '../../src/host/process.ts';
import { tempFolder } from '../support/temp-repo.ts';

const node = process.execPath;

describe.each([
  ['runProcess', runProcess],
  ['captureProcess', captureProcess],
] as const)('%s', (_name, run) => {
  test('gives the bytes of both streams as they were written', async () => {
    const script = 'process.stdout.write(Buffer.from([0xff, 0, 0x0a])); process.stderr.write("héllo\\n")';
    const result = await run(node, ['-e', script]);
    expect(result).toEqual({
      end: 'exited',
      exitCode: 0,
      signal: null,
      stdout: Buffer.from([0xff, 0, 0x0a]),
      stderr: 'héllo\n',
      failed: false,
      message: `${node} exited with 0`,
    });
  });

  test('tells a non-zero exit and a signal apart', async () => {
    const left = await run(node, ['-e', 'process.exit(3)']);
    expect([left.end, left.exitCode, left.signal, left.failed]).toEqual(['exited', 3, null, true]);
    const killed = await run(node, ['-e', 'process.kill(process.pid, "SIGTERM"); setInterval(() => 1, 1000)']);
    expect([killed.end, killed.exitCode, killed.signal, killed.failed]).toEqual(['killed', null, 'SIGTERM', true]);
  });

  test('tells a missing program', async () => {
    const result = await run('refit-no-such-program', []);
    expect([result.end, result.exitCode, result.failed]).toEqual(['not-found', null, true]);
    expect(result.message).toBe('there is no program refit-no-such-program on PATH');
  });

  test('passes arguments through no shell', async () => {
    const words = ['$(touch x)', '; exit 9', '*', 'a b', "'"];
    const result = await run(node, ['-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', ...words]);
    expect(JSON.parse(result.stdout.toString())).toEqual(words);
  });

  test('gives the child exactly the environment, folder and input named', async () => {
    const cwd = tempFolder();
    const script =
      'let s=""; process.stdin.on("data", d => s += d).on("end", () => process.stdout.write(JSON.stringify([process.cwd(), Object.keys(process.env), s])))';
    const result = await run(node, ['-e', script], { cwd, env: { ONLY: '1' }, input: 'in' });
    expect(JSON.parse(result.stdout.toString())).toEqual([cwd, ['ONLY'], 'in']);
  });

  test('survives a child that does not read its input', async () => {
    const result = await run(node, ['-e', 'process.exit(0)'], { input: Buffer.alloc(5_000_000) });
    expect([result.end, result.exitCode]).toEqual(['exited', 0]);
  });

  test('gives an empty standard input when none is named', async () => {
    const script = 'process.stdin.on("data", () => process.exit(1)).on("end", () => process.exit(0))';
    expect((await run(node, ['-e', script])).exitCode).toBe(0);
  });
});

describe('limits of runProcess', () => {
  const forever = ['-e', 'setInterval(() => 1, 1000)'];

  test('ends a child that takes too long', async () => {
    const result = await runProcess(node, forever, { timeout: 50 });
    expect([result.end, result.exitCode, result.failed]).toEqual(['timed-out', null, true]);
  });

  test('ends a child that is interrupted', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    const result = await runProcess(node, forever, { signal: controller.signal });
    expect([result.end, result.failed]).toEqual(['cancelled', true]);
  });

  test('ends a child that writes too much', async () => {
    const result = await runProcess(node, ['-e', 'process.stdout.write("x".repeat(5000))'], { maxBuffer: 100 });
    expect([result.end, result.failed]).toEqual(['too-much-output', true]);
    expect(result.stdout.length).toBe(100);
  });
});
