import { execFileSync } from 'node:child_process';
import { constants, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explainFsError, nodeFileSystem as fs, fsErrorCode } from '../../src/host/fs.ts';
import { tempFolder } from '../support/temp-repo.ts';

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return fsErrorCode(error);
  }
  return 'nothing thrown';
}

describe('reading', () => {
  test('never follows a link at the end of the path', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), 'text');
    symlinkSync('file', join(folder, 'link'));
    expect(fs.readFile(join(folder, 'file')).toString()).toBe('text');
    expect(codeOf(() => fs.readFile(join(folder, 'link')))).toBe('ELOOP');
    expect(fs.readlink(join(folder, 'link')).toString()).toBe('file');
  });

  test('refuses a FIFO and a folder without waiting', () => {
    const folder = tempFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(codeOf(() => fs.readFile(join(folder, 'pipe')))).toBe('EINVAL');
    expect(codeOf(() => fs.readFile(folder))).toBe('EINVAL');
    expect(fs.lstat(join(folder, 'pipe'))?.kind).toBe('other');
  });

  test('tells nothing apart from an error', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(fs.lstat(join(folder, 'none'))).toBe(null);
    expect(fs.lstat(join(folder, 'file', 'below'))).toBe(null);
    expect(codeOf(() => fs.lstat(join(folder, 'x'.repeat(300))))).toBe('ENAMETOOLONG');
  });
});

describe('writing', () => {
  test('refuses an existing file and an existing link', () => {
    const folder = tempFolder();
    symlinkSync('elsewhere', join(folder, 'link'));
    fs.writeFile(join(folder, 'file'), Buffer.from('one'), 0o600);
    expect(codeOf(() => fs.writeFile(join(folder, 'file'), Buffer.from('two'), 0o600))).toBe('EEXIST');
    expect(codeOf(() => fs.writeFile(join(folder, 'link'), Buffer.from('two'), 0o600))).toBe('EEXIST');
    expect(codeOf(() => fs.copyFile(join(folder, 'file'), join(folder, 'link')))).toBe('EEXIST');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('one');
    expect(fs.lstat(join(folder, 'file'))?.mode).toBe(0o600);
  });

  test('writes all bytes through a descriptor', () => {
    const place = join(tempFolder(), 'journal');
    const descriptor = fs.open(place, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644);
    fs.write(descriptor, Buffer.from('a'));
    fs.write(descriptor, Buffer.alloc(200_000, 'b'));
    fs.fsync(descriptor);
    fs.close(descriptor);
    expect(readFileSync(place, 'utf8')).toBe(`a${'b'.repeat(200_000)}`);
  });

  test('makes what was written durable, with the program of the system', async () => {
    await expect(fs.syncFileSystem(tempFolder())).resolves.toBe(undefined);
  });
});

test('errors are explained in words', () => {
  expect(explainFsError(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('no space left on the disk');
  expect(explainFsError(Object.assign(new Error('odd'), { code: 'EODD' }))).toBe('odd');
  expect(fsErrorCode(new Error('plain'))).toBe(undefined);
});
