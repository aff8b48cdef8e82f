import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/tree/edits.ts';

describe('applyEdits', () => {
  it('applies spans of the original text in any order', () => {
    expect(
      applyEdits('abcdef', [
        { start: 4, end: 6, text: 'XY' },
        { start: 0, end: 1, text: '' },
        { start: 2, end: 2, text: '-' },
      ]),
    ).toBe('b-cdXY');
  });
  it('keeps the order of insertions at one place', () => {
    expect(
      applyEdits('ab', [
        { start: 1, end: 1, text: '1' },
        { start: 1, end: 1, text: '2' },
      ]),
    ).toBe('a12b');
  });
  it('refuses overlap and spans outside the text', () => {
    expect(() =>
      applyEdits('abc', [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ]),
    ).toThrow('overlaps');
    expect(() => applyEdits('abc', [{ start: 2, end: 4, text: '' }])).toThrow('leaves the text');
    expect(() => applyEdits('abc', [{ start: 2, end: 1, text: '' }])).toThrow('2..1');
  });
});
