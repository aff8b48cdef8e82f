import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import { decodeText } from '../../src/base/text.ts';
import {
  advance,
  decodeJournal,
  decodeProgress,
  encodeJournal,
  encodeProgress,
  type Journal,
  type RunProgress,
} from '../../src/journal/journal.ts';

const journal: Journal = {
  run: '20260102-030405006-abcdef',
  createdAt: '2026-01-02T03:04:05.006Z',
  scope: '',
  migration: 'sample',
  stepHashes: { 'do-it': 'a'.repeat(64) },
  planSha256: 'b'.repeat(64),
  fileModes: true,
  entries: [
    {
      path: repoPath('naïve name\n.txt'),
      before: { sha256: 'c'.repeat(64), mode: '644', permissions: 0o640, uid: 1, gid: 2, backup: '000000' },
      after: { sha256: 'd'.repeat(64), mode: '755', staged: repoPath('.x.refit-1') },
    },
  ],
  madeFolders: [repoPath('made')],
  emptiedFolders: [{ path: repoPath('gone'), permissions: 0o755, uid: 0, gid: 0 }],
};
const progress: RunProgress = {
  run: journal.run,
  journalSha256: 'e'.repeat(64),
  state: 'prepared',
  history: [],
  kept: [],
};

/** A record as another version of the tool, or a hand with a checksum tool, would write it. */
function forge(name: string, version: number, body: string): string {
  return `${name} ${version} ${sha256(`${name} ${version}\n${body}`)}\n${body}`;
}

describe('a journal', () => {
  it('comes back as it was written', () => {
    expect(decodeJournal(encodeJournal(journal))).toMatchObject({ kind: 'ok', value: journal });
    expect(decodeProgress(encodeProgress(progress))).toMatchObject({ kind: 'ok', value: progress });
  });

  it('is refused after a flip of any single bit', () => {
    const bytes = Buffer.from(encodeJournal(journal));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const text = decodeText(flipped);
      const kind = text === null ? 'damaged' : decodeJournal(text).kind;
      expect([bit, kind === 'ok']).toEqual([bit, false]);
    }
  });

  it('is refused when cut short anywhere', () => {
    const text = encodeJournal(journal);
    for (let length = 0; length < text.length; length += 1) {
      expect(decodeJournal(text.slice(0, length))).toMatchObject({ kind: 'damaged' });
    }
  });

  it('is refused by name when newer, whatever its shape', () => {
    expect(decodeJournal(forge('refit-journal', 2, 'not even JSON'))).toEqual({ kind: 'newer', version: 2 });
  });

  it.each([
    ['an unknown state', { ...progress, state: 'finished' }],
    ['an unknown key', { ...progress, extra: 1 }],
    ['a path out of the checkout', { ...progress, kept: ['../outside'] }],
    ['a path in git own folder', { ...progress, kept: ['.git/hooks/pre-commit'] }],
  ])('is refused with %s even under a right checksum', (_, body) => {
    expect(decodeProgress(forge('refit-progress', 1, JSON.stringify(body))).kind).toBe('damaged');
  });

  it('is not taken for a record of another kind', () => {
    expect(decodeJournal(encodeProgress(progress)).kind).toBe('damaged');
  });
});

describe('advance', () => {
  it('keeps the history and the reason', () => {
    const event = { type: 'undo-started', at: '2026-01-02T03:04:06.000Z', why: 'no space' } as const;
    expect(advance(progress, event)).toEqual({ ...progress, state: 'undoing', history: [event] });
  });

  it('refuses an event that cannot follow', () => {
    const event = { type: 'write-finished', at: '2026-01-02T03:04:06.000Z' } as const;
    expect(() => advance(progress, event)).toThrow('is prepared: write-finished cannot follow');
  });
});
