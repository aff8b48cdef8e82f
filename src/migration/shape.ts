/** Pure: whether a value that code from outside hands over has the shape that its type promises, field by field. */
import { z } from 'zod';

const text = z.string({ error: (issue) => `expected text, got ${nameOf(issue.input)}` });
const callable = z.custom<object>((value) => typeof value === 'function', {
  error: (issue) => `expected a function, got ${nameOf(issue.input)}`,
});
const parsers = z.array(z.enum(['python', 'typescript']));
const list = <T extends z.ZodType>(of: T) =>
  z.array(of, { error: (issue) => `expected a list, got ${nameOf(issue.input)}` });

const step = z.looseObject({
  id: text,
  title: text,
  description: text,
  version: z.int({ error: (issue) => `expected a whole number from 1, got ${nameOf(issue.input)}` }).min(1),
  needs: parsers.optional(),
  templates: list(text).optional(),
  select: callable,
  run: callable,
  guarantee: callable.optional(),
});

const check = z.looseObject({
  id: text,
  title: text,
  severity: z.enum(['blocker', 'error', 'warn', 'info']),
  description: text,
  examples: z.looseObject({ bad: text, good: text }),
  needs: parsers.optional(),
  searchWords: callable.optional(),
  select: callable,
  run: callable,
});

const migration = z.looseObject(
  {
    id: text,
    title: text,
    description: text,
    params: z.custom<object>((value) => typeof (value as { safeParse?: unknown } | null)?.safeParse === 'function', {
      error: (issue) => `expected a schema of zod (z.object({})), got ${nameOf(issue.input)}`,
    }),
    needs: parsers.optional(),
    searchWords: callable.optional(),
    recognize: callable.optional(),
    after: list(text).optional(),
    requires: list(text).optional(),
    phases: list(z.looseObject({ id: text, title: text, steps: list(step) })),
    checks: list(check),
    removedNames: callable.optional(),
    history: list(text).optional(),
  },
  { error: (issue) => `expected a migration, got ${nameOf(issue.input)}` },
);

/** What is wrong with a migration, one line a field (`phases[0].steps[1].run: expected a function, got nothing`). */
export function shapeProblems(value: unknown): readonly string[] {
  const result = migration.safeParse(value);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => {
    const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    return `${place === '' ? 'the export' : place.replace(/^\./, '')}: ${message.replace(/^Invalid \w+: /, '')}`;
  });
}

const noteSchema = z.looseObject({
  severity: z.enum(['todo', 'warning', 'info']),
  message: text,
  path: text.optional(),
  line: z.int().min(1).optional(),
});

/** Why a value is no note, or null. */
export function noteProblem(value: unknown): string | null {
  return firstProblem(noteSchema, value);
}

const answerSchema = z.discriminatedUnion(
  'kind',
  [
    z.looseObject({ kind: z.literal('applies') }),
    z.looseObject({ kind: z.literal('done'), why: text }),
    z.looseObject({ kind: z.literal('skip'), why: text }),
    z.looseObject({ kind: z.literal('refuse'), why: text, path: text.optional(), line: z.int().min(1).optional() }),
  ],
  {
    error: (issue) =>
      `expected { kind: 'applies', input } or { kind: 'done' | 'skip' | 'refuse', why }, got ${nameOf(issue.input)}`,
  },
);

/** Why a value is no answer of a step's `select`, or null. */
export function answerProblem(value: unknown): string | null {
  return firstProblem(answerSchema, value);
}

function firstProblem(schema: z.ZodType, value: unknown): string | null {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return null;
  const place = issue.path.map(String).join('.');
  return `${place === '' ? '' : `${place}: `}${issue.message.replace(/^Invalid \w+: /, '')}`;
}

function nameOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}
