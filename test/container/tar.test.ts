import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTar, type TarEntry } from '../../src/container/engine/tar.ts';

const LONG = `folder/${'long-name-'.repeat(20)}ü.txt`;

// The archives are made by GNU tar.
describe.runIf(process.platform === 'linux').each(['gnu', 'pax'])('a tar stream in the %s format', (format) => {
  let folder = '';
  let archive = Buffer.alloc(0);
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'refit-tar-'));
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'block'), 'x'.repeat(512));
    writeFileSync(join(folder, LONG), 'content of the long one\n');
    writeFileSync(join(folder, 'setuid'), 'program');
    for (const name of ['empty', 'block', LONG]) chmodSync(join(folder, name), 0o644);
    chmodSync(join(folder, 'folder'), 0o755);
    chmodSync(join(folder, 'setuid'), 0o4755);
    symlinkSync('folder/target', join(folder, 'link'));
    const owner = ['--owner=1001', '--group=1002', '--numeric-owner', '--sort=name'];
    archive = execFileSync('tar', ['-C', folder, `--format=${format}`, ...owner, '-cf', '-', '.']);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (chunkSize: number) => {
    const entries: (TarEntry & { readonly content: string | null })[] = [];
    const push = readTar(
      (entry, content) => entries.push({ ...entry, content: content?.toString() ?? null }),
      ({ path }) => path !== 'block',
    );
    for (let at = 0; at < archive.length; at += chunkSize) push(archive.subarray(at, at + chunkSize));
    return entries;
  };

  test('gives every entry with owner, mode and size', () => {
    const common = { uid: 1001, gid: 1002, linkTarget: '' };
    expect(read(archive.length).slice(1)).toEqual([
      { ...common, path: 'block', kind: 'file', mode: 0o644, size: 512, content: null },
      { ...common, path: 'empty', kind: 'file', mode: 0o644, size: 0, content: '' },
      { ...common, path: 'folder', kind: 'folder', mode: 0o755, size: 0, content: null },
      { ...common, path: LONG, kind: 'file', mode: 0o644, size: 24, content: 'content of the long one\n' },
      { ...common, path: 'link', kind: 'link', mode: 0o777, size: 0, content: null, linkTarget: 'folder/target' },
      { ...common, path: 'setuid', kind: 'file', mode: 0o4755, size: 7, content: 'program' },
    ]);
  });

  test.each([1, 511, 512, 513, 700])('whatever the chunks: %i bytes', (size) => {
    expect(read(size)).toEqual(read(archive.length));
  });
});

describe('headers by hand', () => {
  const header = (name: string, type: string, size: number) => {
    const block = Buffer.alloc(512);
    block.write(name, 0);
    block.write('0000755', 100);
    block.write(size.toString(8).padStart(11, '0'), 124);
    block.write(type, 156);
    return block;
  };
  const read = (...blocks: readonly Buffer[]) => {
    const entries: TarEntry[] = [];
    readTar((entry) => entries.push(entry))(Buffer.concat(blocks));
    return entries.map(({ path, kind }) => [path, kind]);
  };

  test('a hard link with a size has no content, a kind that is not known has', () => {
    const content = Buffer.alloc(512, 'x');
    const last = header('last', '0', 0);
    expect(read(header('linked', '1', 100), last)).toEqual([
      ['linked', 'hard-link'],
      ['last', 'file'],
    ]);
    expect(read(header('sparse', 'S', 100), content, last)).toEqual([
      ['sparse', 'other'],
      ['last', 'file'],
    ]);
  });

  test('a size beyond octal digits is read', () => {
    const block = header('big', '0', 0);
    block.fill(0, 124, 136).writeUInt8(0x80, 124);
    block.writeUIntBE(2 ** 34, 130, 6);
    const sizes: number[] = [];
    readTar(({ size }) => sizes.push(size))(block);
    expect(sizes).toEqual([2 ** 34]);
  });
});
