import fc from 'fast-check';
import { RefitError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { type RepoPath, repoPathProblem } from '../../src/base/repo-path.ts';
import { readConfig } from '../../src/checks/config.ts';
import { readWaivers } from '../../src/checks/waivers.ts';
import {
  decodeJournal,
  decodeProgress,
  encodeJournal,
  encodeProgress,
  type Journal,
} from '../../src/journal/journal.ts';
import { planFromJson, planToJson } from '../../src/plan/plan-file.ts';
import type { Target } from './target.ts';

const hash = sha256('');
const plan = planToJson({
  formatVersion: 1,
  migration: { id: 'oauth-only', stepHashes: { one: hash } },
  params: { base: 'x', nested: { a: [1, null, true] } },
  selection: { only: [], skip: ['two'], phases: [] },
  base: { commit: null, dirty: ['a' as RepoPath] },
  outcomes: [
    {
      step: 'one',
      phase: 'p',
      status: 'changed',
      notes: [{ severity: 'todo', message: 'm', path: 'b' as RepoPath, line: 3 }],
    },
  ],
  changes: [
    { kind: 'create', path: 'c/d' as RepoPath, steps: ['one'], after: { sha256: hash, mode: '755' } },
    {
      kind: 'rename',
      from: 'e' as RepoPath,
      path: 'f' as RepoPath,
      steps: ['one'],
      before: { sha256: hash, mode: '644' },
      after: { sha256: hash, mode: 'link' },
    },
  ],
  notes: [],
});
const journal: Journal = {
  run: '20260101-000000000-abcdef',
  createdAt: '2026-01-01T00:00:00.000Z',
  scope: '',
  migration: 'm',
  stepHashes: {},
  planSha256: hash,
  fileModes: true,
  entries: [
    {
      path: 'a/b' as RepoPath,
      before: { sha256: hash, mode: '644', permissions: 0o644, uid: 0, gid: 0, backup: '000000' },
      after: { sha256: hash, mode: '644', staged: 'a/.b.refit' as RepoPath },
    },
  ],
  madeFolders: ['n' as RepoPath],
  emptiedFolders: [{ path: 'o' as RepoPath, permissions: 0o755, uid: 0, gid: 0 }],
};
const progress = encodeProgress({
  run: journal.run,
  journalSha256: hash,
  state: 'applying',
  history: [{ type: 'write-started', at: journal.createdAt }],
  kept: [],
});

const ODD = [
  '../x',
  '/etc/passwd',
  'a/../../b',
  '',
  '.',
  'a//b',
  'a\u0000b',
  '.git/config',
  'x'.repeat(5000),
  '__proto__',
];
const values = fc.oneof(
  fc.constantFrom<unknown>(...ODD, null, true, 0, -1, 1e308, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** JSON with some of its parts replaced, removed or added. */
function mutatedJson(text: string): fc.Arbitrary<string> {
  const places = placesIn(JSON.parse(text));
  return fc
    .array(fc.tuple(fc.constantFrom(...places), fc.nat(2), values), { minLength: 1, maxLength: 4 })
    .map((mutations) => {
      const root = JSON.parse(text) as Record<string, unknown>;
      // A copy: an empty list or object that is put in twice would be filled with itself.
      for (const [place, how, value] of mutations) change(root, place, how, structuredClone(value));
      return JSON.stringify(root);
    });
}

type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [...(at.length > 0 ? [at] : []), ...keys.flatMap((key) => placesIn(Reflect.get(value, key), [...at, key]))];
}

function change(root: object, place: Place, how: number, value: unknown): void {
  let holder: unknown = root;
  for (const part of place.slice(0, -1)) {
    holder = typeof holder === 'object' && holder !== null ? Reflect.get(holder, part) : undefined;
  }
  if (typeof holder !== 'object' || holder === null) return;
  const last = place.at(-1) as string | number;
  if (how === 0) Reflect.set(holder, last, value);
  else if (how === 1) Reflect.deleteProperty(holder, last);
  else Reflect.set(holder, `${last}x`, value);
}

const cut = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(text.length), fc.nat(20), fc.string({ unit: 'binary', maxLength: 5 }))
    .map(([at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length));

function readPlan(text: string): void {
  try {
    const read = planFromJson(text);
    for (const each of read.changes) {
      const paths = each.kind === 'rename' ? [each.from, each.path] : [each.path];
      for (const path of paths)
        if (repoPathProblem(path) !== null) throw new Error(`a plan is read with the path ${JSON.stringify(path)}`);
    }
  } catch (error) {
    if (!(error instanceof RefitError) || error.exitCode !== 4) throw error;
  }
}

function onlyRefuses(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RefitError)) throw error;
  }
}

const waivers = `formatVersion: 1\nwaivers:\n  - check: S05\n    path: "docs/**"\n    reason: because\n    until: 2030-01-01\n  - check: S06\n    reason: so\n    permanent: true\n`;
const config = `formatVersion: 1\nmigration: oauth-only\nparams:\n  base: x\nfailOn: error\nstrict: true\nskipPaths:\n  - docs/**\n`;
const settings = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    cut(text),
    fc
      .array(
        fc.constantFrom(
          ...text.split(/(?<=\n)/),
          '  - *a\n',
          '  x: &a [*a]\n',
          '? ',
          '\t',
          '"',
          '__proto__: 1\n',
          '- ',
        ),
        { maxLength: 14 },
      )
      .map((lines) => lines.join('')),
  );

/** A record is taken only when it is the very one that was written, whatever was done to it. */
function recordTarget(name: string, text: string, decode: (text: string) => { readonly kind: string }): Target {
  const [head = '', body = ''] = text.split(/(?<=^[^\n]*\n)/s);
  const resealed = mutatedJson(body).map((changed) => {
    const first = head.split(' ').slice(0, 2).join(' ');
    return `${first} ${sha256(`${first}\n${changed}\n`)}\n${changed}\n`;
  });
  return {
    name,
    ciRuns: 1000,
    property: () =>
      fc.property(
        fc.oneof(
          cut(text).map((one) => [one, false] as const),
          resealed.map((one) => [one, true] as const),
        ),
        ([altered, sealed]) => {
          const decoded = decode(altered);
          if (decoded.kind === 'ok' && altered !== text && !sealed) throw new Error('an altered record is taken');
          // Even one with a right checksum names no path outside.
          if (decoded.kind === 'ok' && /"(?:path|staged|from)":"(?:\/|\.\.)/.test(altered))
            throw new Error('a path outside is taken');
        },
      ),
  };
}

/** Readers of files that somebody else may have written. */
export const readerTargets: readonly Target[] = [
  {
    name: 'plan',
    ciRuns: 1000,
    property: () => fc.property(fc.oneof(mutatedJson(plan), cut(plan), fc.json()), readPlan),
  },
  recordTarget('journal', encodeJournal(journal), decodeJournal),
  recordTarget('progress', progress, decodeProgress),
  {
    name: 'waivers',
    ciRuns: 500,
    property: () =>
      fc.property(settings(waivers), (text) => onlyRefuses(() => readWaivers(text, ['S05-pip-quoting', 'S06-x']))),
  },
  {
    name: 'config',
    ciRuns: 500,
    property: () => fc.property(settings(config), (text) => onlyRefuses(() => readConfig(text))),
  },
];
