import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { takeLock } from '../../src/apply/lock.ts';
import { type ProcessTable, thisMachine } from '../../src/apply/process-table.ts';
import { EXIT } from '../../src/base/errors.ts';
import { DEAD_PID, openScene } from './scene.ts';
import { inputFor } from './wishes.ts';

const table = (more: Partial<ProcessTable> = {}): ProcessTable => ({
  host: 'here',
  boot: 'boot-1',
  namespace: 'pid:[1]',
  exists: (pid) => pid < 100,
  startTime: (pid) => (pid < 100 ? `t${pid}` : null),
  ...more,
});
const held = { exitCode: EXIT.refused };

describe('takeLock', () => {
  it('is refused with pid, host and age while another run holds it', async () => {
    const context = openScene({ pid: 7, now: () => new Date('2026-01-01T00:00:00Z') });
    const lock = await takeLock(context, 'apply sample', table());
    const second = { ...context, pid: 8, now: () => new Date('2026-01-01T00:00:42Z') };
    await expect(takeLock(second, 'rollback', table())).rejects.toMatchObject({
      ...held,
      message: 'another run holds this checkout: apply sample, pid 7 on here, for 42 s',
    });
    lock.release();
    (await takeLock(second, 'rollback', table())).release();
    expect(fs.existsSync(context.runFolder)).toBe(false);
  });

  it('never gives a negative age when the clock went backwards', async () => {
    const context = openScene({ pid: 7 });
    await takeLock(context, 'apply', table());
    const second = { ...context, pid: 8, now: () => new Date(0) };
    await expect(takeLock(second, 'apply', table())).rejects.toMatchObject({
      message: expect.stringMatching(/for 0 s$/),
    });
  });

  it.each<readonly [string, Partial<ProcessTable>, boolean]>([
    ['its process is gone', { exists: () => false }, true],
    ['its pid was given to another process', { startTime: () => 't-other' }, true],
    ['the machine was started anew', { boot: 'boot-2' }, true],
    ['it is of another host, whatever its pid', { host: 'there', exists: () => false }, false],
    ['it is of another container', { namespace: 'pid:[2]', exists: () => false }, false],
    ['start times cannot be read', { startTime: () => null }, false],
    ['it lives', {}, false],
  ])('when %s: %o taken over: %s', async (_, seen, taken) => {
    const context = openScene({ pid: 7 });
    await takeLock(context, 'apply', table());
    const attempt = takeLock({ ...context, pid: 8 }, 'apply', table(seen));
    if (!taken) return expect(attempt).rejects.toMatchObject(held);
    await attempt;
    expect(JSON.parse(fs.readFileSync(join(context.runFolder, 'lock'), 'utf8'))).toMatchObject({ pid: 8 });
    expect(fs.readdirSync(context.runFolder)).toEqual(['lock']);
  });

  it('is refused when the lock cannot be read', async () => {
    const context = openScene({ pid: 7 });
    fs.mkdirSync(context.runFolder);
    fs.writeFileSync(join(context.runFolder, 'lock'), '');
    await expect(takeLock(context, 'apply', table())).rejects.toMatchObject({
      ...held,
      hint: `when no other run is working here, remove ${context.runFolder}/lock`,
    });
  });

  it('follows a run that died while it took over', async () => {
    const context = openScene({ pid: 7 });
    await takeLock(context, 'apply', table());
    const lock = join(context.runFolder, 'lock');
    const dead = JSON.parse(fs.readFileSync(lock, 'utf8'));
    const rival = { ...dead, nonce: 'f'.repeat(32), pid: 500 };
    fs.writeFileSync(`${lock}.after-${dead.nonce}`, JSON.stringify(rival));
    await takeLock({ ...context, pid: 8 }, 'apply', table({ startTime: (pid) => (pid === 7 ? 'reused' : 't8') }));
    expect(JSON.parse(fs.readFileSync(lock, 'utf8'))).toMatchObject({ pid: 8 });
    expect(fs.readdirSync(context.runFolder)).toEqual(['lock']);
  });

  it('keeps off while a living run takes over', async () => {
    const context = openScene({ pid: 7 });
    await takeLock(context, 'apply', table());
    const lock = join(context.runFolder, 'lock');
    const dead = JSON.parse(fs.readFileSync(lock, 'utf8'));
    const rival = { ...dead, nonce: 'f'.repeat(32), pid: 9, startTime: 't9' };
    fs.writeFileSync(`${lock}.after-${dead.nonce}`, JSON.stringify(rival));
    const seen = table({ startTime: (pid) => (pid === 7 ? 'reused' : `t${pid}`) });
    await expect(takeLock({ ...context, pid: 8 }, 'apply', seen)).rejects.toThrow('pid 9');
  });

  it('waits for the seconds given', async () => {
    const context = openScene({ pid: 7, waitSeconds: 20 });
    const lock = await takeLock(context, 'apply', table());
    const second = takeLock({ ...context, pid: 8 }, 'apply', table());
    setTimeout(() => lock.release(), 150);
    (await second).release();
  });

  it('stops waiting on a signal', async () => {
    const stop = new AbortController();
    const context = openScene({ pid: 7, waitSeconds: 20, signal: stop.signal });
    await takeLock({ ...context, waitSeconds: 0 }, 'apply', table());
    setTimeout(() => stop.abort('SIGINT'), 50);
    await expect(takeLock({ ...context, pid: 8 }, 'apply', table())).rejects.toMatchObject({ exitCode: 130 });
  });

  it('of twenty at once one wins, also over a dead holder', async () => {
    const context = openScene();
    await takeLock(context, 'apply', { ...thisMachine(context), startTime: () => null });
    const tries = Array.from({ length: 20 }, () => takeLock({ ...context, pid: process.pid }, 'apply'));
    const results = await Promise.allSettled(tries);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });
});

describe('the process table of this machine', () => {
  it('knows the living from the dead', async () => {
    const machine = thisMachine(openScene());
    expect(machine.exists(process.pid)).toBe(true);
    expect(machine.exists(DEAD_PID)).toBe(false);
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    expect(machine.exists(child.pid ?? 0)).toBe(false);
    if (process.platform === 'linux') {
      expect(machine.startTime(process.pid)).toMatch(/^\d+$/);
      expect(machine.boot).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('apply under contention', () => {
  it('one of two at once writes, the other is refused and nothing is lost', async () => {
    const context = openScene({ pid: process.pid });
    const results = await Promise.allSettled(
      ['a', 'b'].map((name) => apply(context, inputFor([{ create: name, to: { content: name } }]))),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(fs.readdirSync(context.root).length).toBe(1);
  });
});
