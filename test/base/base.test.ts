import { describe, expect, it } from 'vitest';
import { nearest, unknownName } from '../../src/base/nearest.ts';
import { repoPath, repoPathProblem, resolveIn } from '../../src/base/repo-path.ts';
import { decodeText, indexLines, newlineOf, withNewline } from '../../src/base/text.ts';

describe('repoPath', () => {
  it.each(['', '/a', 'a//b', './a', '../a', 'a/../b', 'a/', 'a\0b', '..'])('refuses %j', (text) => {
    expect(repoPathProblem(text)).toEqual(expect.stringMatching(/^it /));
    expect(() => repoPath(text)).toThrow('not a path inside the repository');
  });
  it.each(['a', '.a', '...', 'a b/ü', '-x', 'a\nb', '## note'])('takes %j', (text) => {
    expect(repoPath(text)).toBe(text);
  });
  it('resolves links without leaving the root', () => {
    expect(resolveIn(repoPath('docs'), '../README.md')).toBe('README.md');
    expect(resolveIn(null, './a/./b')).toBe('a/b');
    expect(resolveIn(repoPath('docs'), '../../x')).toBeNull();
    expect(resolveIn(null, '/x')).toBeNull();
    expect(resolveIn(repoPath('docs'), '..')).toBeNull();
  });
});

describe('text', () => {
  it('decodes UTF-8 with its mark and refuses the rest', () => {
    expect(decodeText(Buffer.from('\ufeffä\r\n'))).toBe('\ufeffä\r\n');
    expect(decodeText(Buffer.from([0x61, 0]))).toBeNull();
    expect(decodeText(Buffer.from([0xc3]))).toBeNull();
    expect(decodeText(Buffer.from([0xff, 0xfe, 0x61, 0]))).toBeNull();
    expect(decodeText(Buffer.alloc(0))).toBe('');
  });
  it('takes the newline of the majority', () => {
    expect(newlineOf('a\r\nb\r\nc\n')).toBe('\r\n');
    expect(newlineOf('a\r\nb\nc\n')).toBe('\n');
    expect(newlineOf('a')).toBe('\n');
    expect(withNewline('a\nb\r\n', '\r\n')).toBe('a\r\nb\r\n');
  });
  it('maps offsets to lines and columns', () => {
    const lines = indexLines('ab\r\ncd\n\ne');
    expect(lines.lineCount).toBe(4);
    expect([0, 3, 4, 7, 8, 9].map(lines.lineAt)).toEqual([1, 1, 2, 3, 4, 4]);
    expect(lines.columnAt(5)).toBe(2);
    expect([lines.startOf(2), lines.endOf(2), lines.endOf(4)]).toEqual([4, 7, 9]);
    expect(indexLines('a\n').lineCount).toBe(1);
    expect(indexLines('').lineCount).toBe(1);
  });
});

describe('nearest', () => {
  it('finds slips and leaves strangers', () => {
    expect(nearest('cleanpu', ['cleanup', 'container'])).toBe('cleanup');
    expect(nearest('auth', ['delete-auth-module', 'other'])).toBe('delete-auth-module');
    expect(nearest('zzz', ['cleanup'])).toBeUndefined();
    expect(unknownName('step', 'zzz', ['a', 'b'])).toEqual({ message: 'unknown step "zzz"', hint: 'known: a, b' });
    expect(unknownName('step', 'clenup', ['cleanup']).hint).toBe('did you mean cleanup?');
  });
});
