import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../src/checks/define.ts';
import { STATIC_CHECKS } from '../src/checks/index.ts';
import { type CheckRun, parsersOf, runChecks } from '../src/checks/run.ts';
import { loadParsers } from '../src/host/parsers.ts';
import { type MemoryFiles, memorySource } from '../src/tree/memory-source.ts';
import { openTree } from '../src/tree/memory-tree.ts';

const folder = resolve(import.meta.dirname, '../fixtures/failure-modes');

/** Checks that stand for no numbered failure mode. */
const NO_FAILURE_MODE: Readonly<Record<string, string>> = {
  'S03-user-final': 'a root container is what the base image is there to avoid; its own test has the trees',
  'S25-secrets-in-tree':
    'a secret is no failure of the image; its own test makes one, so that none lies in this repository',
  'S27-idempotent': 'the pending answer, which is not counted here',
};

/** Failure modes that no check of a tree answers for, most of them because only an image or a container shows them. */
const NOT_IN_A_TREE: Readonly<Record<string, string>> = {
  'FM-03': 'where Prisma put its engine (R06)',
  'FM-04': 'which cache folder Prisma read (R06)',
  'FM-05': 'what the user may write in site-packages (R06, R07)',
  'FM-06': 'who owns the folder of the UI (R07)',
  'FM-17': 'as whom pip ran, and where the base keeps its packages (I01)',
  'FM-19': 'who owns the copied files (I08)',
  'FM-21': 'what the base writes into the credentials file (R13)',
  'FM-22': 'which of two tokens wins (R18)',
  'FM-23': 'whether a login works, not whether it is told of (H08)',
  'FM-24': 'the shape of the real token (L02)',
  'FM-26': 'what the builder keeps of the health check (I07)',
  'FM-28': 'which CLI the SDK runs (R05)',
  'FM-29': 'a rename of the SDK, which no migration here makes; nothing of it is left to find',
  'FM-35': 'which image is verified (C03)',
  'FM-38': 'what the base itself brings (I09)',
};

interface Expected {
  readonly checks: readonly string[];
  /** Why a second check is red too. */
  readonly reason?: string;
}

const cases = readdirSync(folder).sort();
/** `FM-39-names` is a second case of FM-39, for another check. */
const numberOf = (name: string): string => name.slice(0, 'FM-00'.length);

function filesIn(root: string): MemoryFiles {
  const files: Record<string, MemoryFiles[string]> = {};
  const visit = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const place = join(at, entry.name);
      if (entry.isDirectory()) visit(place);
      else {
        const mode = (statSync(place).mode & 0o100) === 0 ? '644' : '755';
        files[relative(root, place)] = { content: readFileSync(place), mode };
      }
    }
  };
  visit(root);
  return files;
}

function judge(name: string, twin: 'red' | 'green'): Promise<readonly CheckRun[]> {
  return runChecks(openTree(memorySource(filesIn(join(folder, name, twin)))), {});
}

function findingsOf(runs: readonly CheckRun[]): readonly Finding[] {
  return runs.flatMap(({ result }) => (result.status === 'failed' ? result.findings : []));
}

function expectedOf(name: string): Expected {
  return JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected;
}

describe('failure modes', () => {
  beforeAll(() => loadParsers(parsersOf()));

  it.each(cases)('%s: its own checks are red on one twin, and nothing is on the other', async (name) => {
    for (const part of ['red', 'green', 'expected.json'])
      expect([part, existsSync(join(folder, name, part))]).toEqual([part, true]);
    const { checks, reason } = expectedOf(name);
    const red = await judge(name, 'red');
    expect(red.filter(({ result }) => result.status === 'failed').map(({ check }) => check.id)).toEqual(
      [...checks].sort(),
    );
    expect(red.filter(({ result }) => result.status === 'errored')).toEqual([]);
    if (checks.length > 1) expect(reason).toMatch(/\S/);
    const modes = findingsOf(red).map(({ failureMode }) => failureMode);
    expect(modes).toContain(numberOf(name));

    const green = await judge(name, 'green');
    expect(green.filter(({ result }) => result.status === 'errored')).toEqual([]);
    const bad = findingsOf(green).filter(
      ({ check, severity }) => ['blocker', 'error'].includes(severity) || checks.includes(check),
    );
    expect(bad).toEqual([]);
  });

  it('has a fixture for every failure mode that a tree can show', () => {
    const numbers = Array.from({ length: 40 }, (_, index) => `FM-${String(index + 1).padStart(2, '0')}`);
    expect(
      numbers.filter((name) => !cases.some((each) => numberOf(each) === name) && NOT_IN_A_TREE[name] === undefined),
    ).toEqual([]);
    expect(
      cases.filter((name) => !numbers.includes(numberOf(name)) || NOT_IN_A_TREE[numberOf(name)] !== undefined),
    ).toEqual([]);
  });

  it('has both twins for every check that stands for a failure mode', () => {
    const proved = new Set(cases.flatMap((name) => expectedOf(name).checks));
    const ids = STATIC_CHECKS.map(({ id }) => id);
    expect(ids.filter((id) => !proved.has(id) && NO_FAILURE_MODE[id] === undefined)).toEqual([]);
    expect(Object.keys(NO_FAILURE_MODE).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('keeps every finding within what its check promises', async () => {
    const rank = ['info', 'warn', 'error', 'blocker'];
    for (const name of cases) {
      for (const { check, result } of await judge(name, 'red')) {
        const findings = result.status === 'failed' ? result.findings : [];
        const wrong = findings.filter(
          (finding) => finding.check !== check.id || rank.indexOf(finding.severity) > rank.indexOf(check.severity),
        );
        expect(wrong).toEqual([]);
      }
    }
  });
});

describe('the registry', () => {
  it('is sorted by id, each id once, and every check has words for a reader', () => {
    const ids = STATIC_CHECKS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const { id, title, description, examples } of STATIC_CHECKS) {
      expect(id).toMatch(/^S\d\d-[a-z0-9]+(-[a-z0-9]+)*$/);
      for (const text of [title, description, examples.bad, examples.good])
        expect([id, text.trim() === '']).toEqual([id, false]);
    }
  });
});
