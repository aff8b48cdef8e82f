import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { RefitError } from '../../src/base/errors.ts';
import { sha256 } from '../../src/base/hash.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planFromJson, planJsonSchema, planToJson } from '../../src/plan/plan-file.ts';

const hash = sha256('');
const state = { sha256: hash, mode: '644' } as const;

const plan: Plan = {
  formatVersion: 1,
  migration: { id: 'oauth-only', stepHashes: { 'b-step': hash, 'a-step': hash } },
  params: { orphans: 'keep', base: 'x:1', nested: { z: [1, null], a: true } },
  selection: { only: [], skip: ['x'], phases: [] },
  base: { commit: 'a'.repeat(40), dirty: [repoPath('odd "name"\n')] },
  outcomes: [
    { step: 'a-step', phase: 'p', status: 'changed', notes: [] },
    {
      step: 'b-step',
      phase: 'p',
      status: 'skipped',
      why: 'nothing here',
      notes: [{ severity: 'todo', message: 'look', path: repoPath('docs/x.md'), line: 3 }],
    },
  ],
  changes: [
    { path: repoPath('a'), steps: ['a-step'], kind: 'create', after: { sha256: hash, mode: '755' } },
    { path: repoPath('b'), steps: ['a-step'], kind: 'update', before: state, after: state },
    {
      path: repoPath('c'),
      steps: ['a-step', 'b-step'],
      kind: 'rename',
      from: repoPath('old c'),
      before: state,
      after: state,
    },
    { path: repoPath('d'), steps: [], kind: 'delete', before: { sha256: hash, mode: 'link' } },
  ],
  notes: [{ severity: 'info', message: 'm' }],
};

/** The plan as plain JSON with one place set to another value; undefined removes it. */
function altered(place: readonly (string | number)[], value: unknown): string {
  const copy: unknown = structuredClone(plan);
  let at = copy as Record<string | number, unknown>;
  for (const part of place.slice(0, -1)) at = at[part] as Record<string | number, unknown>;
  at[place.at(-1) as string] = value;
  return JSON.stringify(copy);
}

function refusalOf(run: () => unknown): RefitError {
  try {
    run();
  } catch (error) {
    if (error instanceof RefitError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('planToJson', () => {
  test('reads back as the same plan', () => {
    expect(planFromJson(planToJson(plan))).toEqual(plan);
  });

  test('the bytes do not depend on the order of keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, reversed(item)]),
      );
    };
    const text = planToJson(plan);
    expect(planToJson(reversed(plan) as Plan)).toBe(text);
    expect(Object.keys(JSON.parse(text))).toEqual([
      'formatVersion',
      'migration',
      'params',
      'selection',
      'base',
      'outcomes',
      'changes',
      'notes',
    ]);
    expect(Object.keys(JSON.parse(text).params)).toEqual(['base', 'nested', 'orphans']);
    expect(text.startsWith('{\n  "formatVersion": 1,\n  "migration": {\n    "id": "oauth-only",\n')).toBe(true);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('a parameter without a value is left out', () => {
    expect(JSON.parse(planToJson({ ...plan, params: { a: 1, b: undefined } })).params).toEqual({ a: 1 });
  });

  test('secrets in notes are masked and in parameters refused', () => {
    const secret = `sk-ant-${'oat01-'}${'Ab3'.repeat(8)}`;
    const text = planToJson({ ...plan, notes: [{ severity: 'warning', message: `found ${secret}` }] });
    expect(text).not.toContain(secret);
    expect(planFromJson(text).notes[0]?.message).toBe(`found sk-ant-oat01-…#${sha256(secret).slice(0, 8)}`);
    const error = refusalOf(() => planToJson({ ...plan, params: { token: { deep: secret } } }));
    expect(error.message).toBe('parameter token holds a secret, and a plan file never does');
    expect(error.exitCode).toBe(4);
  });
});

describe('planFromJson', () => {
  test('a newer format is refused before its shape is judged', () => {
    const error = refusalOf(() => planFromJson('{"formatVersion": 2, "whatever": true}'));
    expect(error.message).toBe('the plan file has format version 2; this refit reads version 1 only');
    expect(error.exitCode).toBe(4);
    expect(error.details).toEqual([]);
  });

  const MALFORMED: readonly (readonly [string, string, string])[] = [
    ['no object', '[]', 'the whole file: expected object, received array'],
    ['null', 'null', 'the whole file: expected object, received null'],
    ['no version', altered(['formatVersion'], undefined), 'formatVersion: expected 1'],
    ['version zero', altered(['formatVersion'], 0), 'formatVersion: expected 1'],
    ['version as text', altered(['formatVersion'], '2'), 'formatVersion: expected 1'],
    ['unknown key', altered(['extra'], 1), 'the whole file: unknown key "extra"'],
    ['unknown key inside', altered(['changes', 1, 'content'], 'x'), 'changes[1]: unknown key "content"'],
    [
      'bad mode',
      altered(['changes', 0, 'after', 'mode'], '777'),
      'changes[0].after.mode: expected one of "644"|"755"|"link"',
    ],
    [
      'bad hash',
      altered(['changes', 0, 'after', 'sha256'], 'abc'),
      'changes[0].after.sha256: expected 64 lower-case hexadecimal digits',
    ],
    [
      'bad kind',
      altered(['changes', 0, 'kind'], 'move'),
      'changes[0].kind: expected one of "create"|"update"|"rename"|"delete"',
    ],
    [
      'missing side',
      altered(['changes', 1, 'before'], undefined),
      'changes[1].before: expected object, received undefined',
    ],
    [
      'odd step id',
      altered(['migration', 'stepHashes', 'odd id'], 'x'),
      'migration.stepHashes["odd id"]: expected 64 lower-case hexadecimal digits',
    ],
    [
      'bad line',
      altered(['outcomes', 1, 'notes', 0, 'line'], 0),
      'outcomes[1].notes[0].line: Too small: expected number to be >=1',
    ],
    ...['/etc/passwd', '../up', 'a/../b', '', 'a//b', 'nul\0'].map(
      (path) =>
        [
          `path ${JSON.stringify(path)}`,
          altered(['changes', 0, 'path'], path),
          'changes[0].path: expected a path inside the repository, relative and in its plain form',
        ] as const,
    ),
    [
      'path twice',
      altered(['changes', 1, 'path'], 'a'),
      'changes[1].path: expected each path once, and "a" stands at changes[0].path too',
    ],
    [
      'renamed from a changed path',
      altered(['changes', 2, 'from'], 'b'),
      'changes[2].from: expected each path once, and "b" stands at changes[1].path too',
    ],
    [
      'step twice',
      altered(['outcomes', 1, 'step'], 'a-step'),
      'outcomes[1].step: expected each step once, and "a-step" stands at outcomes[0].step too',
    ],
  ];
  for (const [name, text, problem] of MALFORMED) {
    test(`malformed: ${name}`, () => {
      const error = refusalOf(() => planFromJson(text));
      expect([error.message, ...error.details]).toContain(`the plan file is malformed: ${problem}`);
      expect(error.exitCode).toBe(4);
      expect(error.message).not.toContain('\n');
    });
  }

  test('every further problem is a detail', () => {
    const error = refusalOf(() => planFromJson(altered(['changes', 0, 'after'], { sha256: 'x', mode: 'y' })));
    expect(error.message).toContain('changes[0].after.sha256');
    expect(error.details).toEqual(['changes[0].after.mode: expected one of "644"|"755"|"link"']);
  });

  test('text that is not JSON is refused in one line', () => {
    for (const text of ['', '{', '{"a":\n1,}', '\u0000']) {
      const error = refusalOf(() => planFromJson(text));
      expect(error.message).toMatch(/^the plan file is not JSON: [^\n]+$/);
      expect(error.exitCode).toBe(4);
    }
  });
});

describe('planJsonSchema', () => {
  const validate = new Ajv2020({ strict: true }).compile(planJsonSchema());

  test('accepts what planToJson writes', () => {
    expect(validate(JSON.parse(planToJson(plan)))).toBe(true);
  });

  test.each([
    altered(['extra'], 1),
    altered(['formatVersion'], 2),
    altered(['changes', 0, 'after', 'mode'], '777'),
    altered(['changes', 0, 'kind'], 'move'),
    altered(['changes', 0, 'path'], 3),
  ])('refuses %s', (text) => {
    expect(validate(JSON.parse(text))).toBe(false);
  });
});
