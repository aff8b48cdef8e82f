import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import type { RunContext } from '../../src/apply/context.ts';
import { rollback } from '../../src/apply/rollback.ts';
import { listRuns } from '../../src/apply/runs.ts';
import { EXIT, RefitError } from '../../src/base/errors.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { faultyFs } from '../support/faulty-fs.ts';
import { openScene, snapshot, writeMixedCheckout } from './scene.ts';
import { inputFor, mixedWishes, type Wish } from './wishes.ts';

const octal = (bits: number): string => bits.toString(8);
const umask = process.umask();
const shown = (context: RunContext): readonly string[] =>
  snapshot(context.root).map((line) => line.split(' ').slice(0, 3).join(' '));
const text = (context: RunContext, path: string): string => fs.readFileSync(join(context.root, path), 'utf8');
const readme: Wish = { update: 'README.md', was: { content: 'one\r\ntwo' }, to: { content: 'changed' } };

async function mixedScene(more: Partial<RunContext> = {}): Promise<RunContext> {
  const context = openScene(more);
  writeMixedCheckout(context.root);
  return context;
}

describe('apply', () => {
  it('writes every kind of change, keeps other bits, and leaves the rest alone', async () => {
    const context = await mixedScene();
    expect((await apply(context, inputFor(mixedWishes))).kind).toBe('applied');
    expect(shown(context)).toEqual([
      '"README.md" file 640',
      `"box" file ${octal(0o666 & ~umask)}`,
      '"empty" folder 700',
      '"fresh" link keep/untouched.txt',
      `"keep" folder ${octal(0o777 & ~umask)}`,
      `"keep/start.sh" file ${octal(0o777 & ~umask)}`,
      '"keep/untouched.txt" file 604',
      `"new" folder ${octal(0o777 & ~umask)}`,
      `"new/empty" file ${octal(0o666 & ~umask)}`,
      `"new/place" folder ${octal(0o777 & ~umask)}`,
      '"new/place/name.bin" file 444',
      '"pointer" link README.md',
      '"run.sh" file 775',
      `"swap" folder ${octal(0o777 & ~umask)}`,
      '"swap/inside.txt" file 644'.replace('644', octal(0o666 & ~umask)),
      '"tool.py" file 644',
    ]);
    expect(text(context, 'README.md')).toBe('one\r\nTWO');
    expect(text(context, 'box')).toBe('now a file\n');
    expect(text(context, 'swap/inside.txt')).toBe('now inside\n');
    expect(text(context, 'keep/untouched.txt')).toBe('stay\n');
  });

  it('has nothing to do, and leaves no trace, for an empty plan', async () => {
    const context = await mixedScene();
    expect(await apply(context, inputFor([]))).toEqual({ kind: 'nothing-to-do' });
    expect(fs.existsSync(context.runFolder)).toBe(false);
  });

  it('refuses a stale plan naming every path and how it differs, and leaves no trace', async () => {
    const context = await mixedScene();
    const before = snapshot(context.root);
    const failure = apply(
      context,
      inputFor([
        { update: 'README.md', was: { content: 'else' }, to: { content: 'x' } },
        { update: 'run.sh', was: { content: '#!/bin/sh\n', mode: '755' }, to: { content: 'x' } },
        { remove: 'missing', was: { content: 'x' } },
        { remove: 'pointer', was: { content: 'nowhere' } },
        { create: 'tool.py', to: { content: 'x' } },
        { create: 'empty', to: { content: 'x' } },
        { create: 'shortcut/below', to: { content: 'x' } },
        { create: 'tool.py/below', to: { content: 'x' } },
        { remove: 'keep', was: { content: 'x' } },
      ]),
    );
    await expect(failure).rejects.toMatchObject({
      message: '9 paths are not as planned; nothing was written',
      exitCode: EXIT.refused,
      details: [
        'README.md has other content',
        'empty is in the way: a folder stands there',
        'keep is a folder now',
        'missing is missing',
        'pointer is a link now',
        'run.sh has mode 644 instead of 755',
        'shortcut/below cannot be reached: shortcut is a link, not a folder',
        'tool.py exists already',
        'tool.py/below cannot be reached: tool.py is a file, not a folder',
      ],
    });
    expect(snapshot(context.root)).toEqual(before);
    expect(fs.existsSync(context.runFolder)).toBe(false);
  });

  it('takes 644 and 755 for equal where modes say nothing', async () => {
    const context = await mixedScene();
    const wish: Wish = {
      update: 'run.sh',
      was: { content: '#!/bin/sh\n', mode: '755' },
      to: { content: 'new', mode: '755' },
    };
    await apply(context, inputFor([wish], { fileModes: false }));
    expect(text(context, 'run.sh')).toBe('new');
    expect(fs.statSync(join(context.root, 'run.sh')).mode & 0o777).toBe(0o664);
  });

  it('refuses what belongs to git', async () => {
    const context = await mixedScene();
    const failure = apply(context, inputFor([{ create: '.GIT/hooks/pre-commit', to: { content: 'x' } }]));
    await expect(failure).rejects.toMatchObject({
      exitCode: EXIT.refused,
      details: ['.GIT/hooks/pre-commit belongs to git'],
    });
  });

  it('undoes everything when the last look fails, and says so', async () => {
    const context = await mixedScene();
    const before = snapshot(context.root);
    let during: readonly string[] = [];
    const input = inputFor(mixedWishes, {
      beforeClose: () => {
        during = snapshot(context.root);
        throw new RefitError('the second run is not empty', { details: ['README.md'] });
      },
    });
    await expect(apply(context, input)).rejects.toMatchObject({
      message: 'the second run is not empty',
      exitCode: EXIT.fault,
      details: ['README.md', 'every file, mode and folder is as it was before'],
    });
    expect(during).not.toEqual(before);
    expect(snapshot(context.root)).toEqual(before);
    expect(listRuns(context)).toMatchObject([{ state: 'undone', why: 'the second run is not empty' }]);
    expect(fs.existsSync(join(context.runFolder, listRuns(context)[0]?.id ?? '', 'backups'))).toBe(false);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('stopped by %s at any operation it undoes everything and answers %i', async (name, exitCode) => {
    const counted = faultyFs(nodeFileSystem);
    await apply(await mixedScene({ fs: counted.fs }), inputFor(mixedWishes));
    const written = counted.log.findIndex((line) => line.endsWith('/moved'));
    for (let at = 5; at < written + 30; at += 23) {
      const stop = new AbortController();
      const { fs: disk } = faultyFs(nodeFileSystem, { before: (operation) => operation === at && stop.abort(name) });
      const context = await mixedScene({ fs: disk, signal: stop.signal });
      const before = snapshot(context.root);
      await expect(apply(context, inputFor(mixedWishes))).rejects.toMatchObject({ exitCode });
      expect([at, snapshot(context.root)]).toEqual([at, before]);
    }
  });

  it('a program that the same signal ended is not taken for the cause', async () => {
    const stop = new AbortController();
    const context = await mixedScene({ signal: stop.signal });
    const before = snapshot(context.root);
    const input = inputFor(mixedWishes, {
      beforeClose: () => {
        setImmediate(() => stop.abort('SIGINT'));
        throw new Error('git was ended by SIGINT');
      },
    });
    await expect(apply(context, input)).rejects.toMatchObject({ message: 'interrupted by SIGINT', exitCode: 130 });
    expect(snapshot(context.root)).toEqual(before);
  });

  it('keeps what another program writes between the plan and the rename, and undoes the rest', async () => {
    let context: RunContext;
    const { fs: disk } = faultyFs(nodeFileSystem, {
      before: (_, what) => {
        if (what.startsWith('open') && what.endsWith('/moved'))
          fs.writeFileSync(join(context.root, 'tool.py'), 'edited\n');
      },
    });
    context = await mixedScene({ fs: disk });
    await expect(apply(context, inputFor(mixedWishes))).rejects.toMatchObject({
      message: 'tool.py was changed by another program in the middle of the run',
      exitCode: EXIT.refused,
    });
    expect(text(context, 'tool.py')).toBe('edited\n');
    expect(text(context, 'README.md')).toBe('one\r\ntwo');
    expect(listRuns(context)).toMatchObject([{ state: 'undone' }]);
  });

  it('does not write over a file that appears where one is created', async () => {
    let context: RunContext;
    const { fs: disk } = faultyFs(nodeFileSystem, {
      before: (_, what) => {
        if (what.startsWith('link') && what.includes('.box.')) fs.writeFileSync(join(context.root, 'box'), 'theirs\n');
      },
    });
    context = await mixedScene({ fs: disk });
    await expect(apply(context, inputFor(mixedWishes))).rejects.toMatchObject({ exitCode: EXIT.fault });
    expect(text(context, 'box')).toBe('theirs\n');
    expect(text(context, 'README.md')).toBe('one\r\ntwo');
  });

  it('breaks a hard link instead of writing through it', async () => {
    const context = await mixedScene();
    const outside = join(context.root, '..', 'outside');
    fs.linkSync(join(context.root, 'README.md'), outside);
    await apply(context, inputFor([readme]));
    expect(fs.readFileSync(outside, 'utf8')).toBe('one\r\ntwo');
    await rollback(context);
    expect(fs.readFileSync(outside, 'utf8')).toBe('one\r\ntwo');
    expect(text(context, 'README.md')).toBe('one\r\ntwo');
  });

  it('stages names of 255 bytes, cut at a character', async () => {
    const context = await mixedScene();
    const names = [`${'é'.repeat(127)}a`, `${'é'.repeat(127)}b`, `${'x'.repeat(255)}`];
    await apply(context, inputFor(names.map((name) => ({ create: name, to: { content: name } }))));
    expect(names.map((name) => text(context, name))).toEqual(names);
    await rollback(context);
    expect(names.filter((name) => fs.existsSync(join(context.root, name)))).toEqual([]);
  });

  it('keeps its runs private, and out of a later git add', async () => {
    const scene = await mixedScene();
    const context = { ...scene, runFolder: join(scene.root, '.refit/runs') };
    await apply(context, inputFor([readme]));
    const loose: string[] = [];
    const walk = (folder: string): void => {
      for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if ((fs.lstatSync(path).mode & 0o077) !== 0) loose.push(path);
        if (entry.isDirectory()) walk(path);
      }
    };
    walk(context.runFolder);
    expect(loose).toEqual([]);
    expect(fs.lstatSync(context.runFolder).mode & 0o777).toBe(0o700);
    expect(text(context, '.refit/runs/.gitignore')).toBe('*\n');
  });

  it('keeps the old file itself as its backup, unless it has another name', async () => {
    const context = await mixedScene();
    const place = (path: string): string => join(context.root, path);
    fs.linkSync(place('tool.py'), place('tool-too.py'));
    const before = snapshot(context.root);
    const old = (path: string): number => fs.lstatSync(place(path)).ino;
    const [readmeInode, toolInode] = [old('README.md'), old('tool.py')];
    const tool: Wish = {
      update: 'tool.py',
      was: { content: 'print(1)\n', mode: '755' },
      to: { content: 'print(2)\n' },
    };
    await apply(context, inputFor([readme, tool]));
    const backups = join(context.runFolder, listRuns(context)[0]?.id ?? '', 'backups');
    const inodes = fs.readdirSync(backups).map((name) => fs.lstatSync(join(backups, name)).ino);
    expect(inodes[0]).toBe(readmeInode);
    expect(inodes[1]).not.toBe(toolInode);
    fs.appendFileSync(place('tool-too.py'), '# through the other name\n');
    await rollback(context);
    expect(snapshot(context.root).filter((line) => !line.includes('tool-too'))).toEqual(
      before.filter((line) => !line.includes('tool-too')),
    );
  });

  it.each(['EXDEV', 'EPERM', 'EMLINK'])('copies a backup where the file system answers %s to a link', async (code) => {
    const link = (): never => {
      throw Object.assign(new Error(code), { code });
    };
    const context = await mixedScene({ fs: { ...nodeFileSystem, link } });
    const before = snapshot(context.root);
    await apply(context, inputFor([readme]));
    expect(text(context, 'README.md')).toBe('changed');
    await rollback(context);
    expect(snapshot(context.root)).toEqual(before);
  });

  it('refuses a file that is replaced between the look at it and its backup', async () => {
    const link = (from: string, to: string): void => {
      fs.writeFileSync(`${from}.other`, 'somebody else\n');
      fs.renameSync(`${from}.other`, from);
      nodeFileSystem.link(from, to);
    };
    const context = await mixedScene({ fs: { ...nodeFileSystem, link } });
    await expect(apply(context, inputFor([readme]))).rejects.toThrow('README.md was changed by another program');
    expect(text(context, 'README.md')).toBe('somebody else\n');
  });

  it('flushes a large set with one sync for each step, not one for each file', async () => {
    let syncs = 0;
    const counted = faultyFs({
      ...nodeFileSystem,
      syncFileSystem: () => {
        syncs += 1;
        return Promise.resolve();
      },
    });
    const context = openScene({ fs: counted.fs });
    const wishes = Array.from({ length: 200 }, (_, index) => ({ create: `d${index}/f`, to: { content: `${index}` } }));
    await apply(context, inputFor(wishes));
    expect(syncs).toBe(2);
    expect(counted.log.filter((line) => line.startsWith('fsync')).length).toBeLessThan(30);
  });
});
