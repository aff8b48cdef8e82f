import { z } from 'zod';
import { refusal } from '../base/errors.ts';
import { type RepoPath, repoPathProblem } from '../base/repo-path.ts';
import { containsSecret, maskSecrets } from '../base/secrets.ts';
import { PLAN_FORMAT_VERSION, type Plan } from './plan.ts';

const MAX_PROBLEMS = 20;
const WAY_OUT = 'make a new one: refit plan --out FILE';

const path = z.custom<RepoPath>((value) => typeof value === 'string' && repoPathProblem(value) === null, {
  error: 'expected a path inside the repository, relative and in its plain form',
});
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');
const state = z.strictObject({ sha256, mode: z.enum(['644', '755', 'link']) });
const note = z.strictObject({
  severity: z.enum(['todo', 'warning', 'info']),
  message: z.string(),
  path: z.exactOptional(path),
  line: z.exactOptional(z.int().min(1)),
});
const outcome = z.strictObject({
  step: z.string().min(1),
  phase: z.string().min(1),
  status: z.enum(['changed', 'unchanged', 'done', 'skipped']),
  why: z.exactOptional(z.string()),
  notes: z.array(note),
});
const steps = z.array(z.string().min(1));
const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create'), path, steps, after: state }),
  z.strictObject({ kind: z.literal('update'), path, steps, before: state, after: state }),
  z.strictObject({ kind: z.literal('rename'), from: path, path, steps, before: state, after: state }),
  z.strictObject({ kind: z.literal('delete'), path, steps, before: state }),
]);
const planSchema = z.strictObject({
  formatVersion: z.literal(PLAN_FORMAT_VERSION),
  migration: z.strictObject({
    id: z.string().min(1),
    stepHashes: z.record(z.string(), sha256),
    outside: z.exactOptional(z.strictObject({ word: z.string().min(1), hash: sha256 })),
  }),
  params: z.record(z.string(), z.json()),
  selection: z.strictObject({ only: steps, skip: steps, phases: steps }),
  base: z.strictObject({
    commit: z.union([z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'expected an object name'), z.null()]),
    dirty: z.array(path),
  }),
  outcomes: z.array(outcome),
  changes: z.array(change),
  notes: z.array(note),
});

/** The JSON Schema (draft 2020-12) of a plan file, as published. */
export function planJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(planSchema, {
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === path) Object.assign(jsonSchema, { type: 'string', minLength: 1 });
    },
  });
  return { title: 'refit plan', ...schema };
}

/**
 * Writes a plan file: JSON with a fixed order of keys and a final newline; the same plan gives the same bytes. Secrets
 * in notes are masked.
 * @throws RefitError (refused) when a parameter or the path of a change holds a secret: a masked one could not be run again.
 */
export function planToJson(plan: Plan): string {
  refuseSecretPaths(plan);
  for (const [name, value] of Object.entries(plan.params)) {
    if (!containsSecret(JSON.stringify(value) ?? '')) continue;
    throw refusal(`parameter ${name} holds a secret, and a plan file never does`, {
      hint: `run again without --param ${name}, or apply without a plan file`,
    });
  }
  // Parsing puts the keys of every object into the schema's order and finds a plan that could not be read back.
  const ordered = planSchema.parse({ ...plan, params: sortKeys(plan.params) });
  const migration = { ...ordered.migration, stepHashes: sortKeys(ordered.migration.stepHashes) };
  return `${maskSecrets(JSON.stringify({ ...ordered, migration }, null, 2))}\n`;
}

function refuseSecretPaths({ changes }: Plan): void {
  const paths = changes.flatMap((change) => (change.kind === 'rename' ? [change.from, change.path] : [change.path]));
  const secret = paths.filter(containsSecret);
  if (secret.length === 0) return;
  throw refusal('the path of a change holds a secret, and neither a plan nor the record of a run ever does', {
    details: secret.map(maskSecrets),
    hint: 'take the token out of the name and revoke it',
  });
}

/**
 * Reads a plan file.
 * @throws RefitError (refused) for what is not JSON, for a newer format, whatever its shape, and for a wrong shape: then
 * each detail names the place in the JSON and what is expected there.
 */
export function planFromJson(text: string): Plan {
  const value = parseJson(text);
  const version = versionOf(value);
  if (version !== undefined && version > PLAN_FORMAT_VERSION) {
    throw refusal(`the plan file has format version ${version}; this refit reads version ${PLAN_FORMAT_VERSION} only`, {
      hint: `use the refit that wrote it, or ${WAY_OUT}`,
    });
  }
  const result = planSchema.safeParse(value);
  const problems = result.success ? duplicatesIn(result.data) : result.error.issues.flatMap(problemsOf);
  if (result.success && problems.length === 0) return result.data;
  const [first = '', ...others] = problems;
  throw refusal(`the plan file is malformed: ${first}`, { details: others.slice(0, MAX_PROBLEMS), hint: WAY_OUT });
}

/** What is wrong with a value that should be a plan, one line a place. */
export function planProblems(value: unknown): readonly string[] {
  const result = planSchema.safeParse(value);
  return result.success ? duplicatesIn(result.data) : result.error.issues.flatMap(problemsOf);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw refusal(`the plan file is not JSON: ${error.message.replace(/\s+/g, ' ')}`, { hint: WAY_OUT, cause: error });
  }
}

function versionOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('formatVersion' in value)) return undefined;
  return typeof value.formatVersion === 'number' ? value.formatVersion : undefined;
}

function problemsOf(issue: z.core.$ZodIssue): readonly string[] {
  const at = formatPlace(issue.path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${at}: unknown key ${JSON.stringify(key)}`);
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return [`${at}: expected one of ${issue.options.map((option) => JSON.stringify(option)).join('|')}`];
  }
  return [`${at}: ${issue.message.replace(/^Invalid \w+: /, '')}`];
}

function formatPlace(place: readonly PropertyKey[]): string {
  let text = '';
  for (const part of place) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^\w+$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(String(part))}]`;
  }
  return text === '' ? 'the whole file' : text;
}

function duplicatesIn(plan: Plan): readonly string[] {
  const problems: string[] = [];
  const firstPlace = new Map<string, string>();
  const see = (kind: string, name: string, place: string): void => {
    const first = firstPlace.get(`${kind} ${name}`);
    if (first === undefined) firstPlace.set(`${kind} ${name}`, place);
    else problems.push(`${place}: expected each ${kind} once, and ${JSON.stringify(name)} stands at ${first} too`);
  };
  for (const [index, each] of plan.changes.entries()) {
    see('path', each.path, `changes[${index}].path`);
    if (each.kind === 'rename') see('path', each.from, `changes[${index}].from`);
  }
  for (const [index, { step }] of plan.outcomes.entries()) see('step', step, `outcomes[${index}].step`);
  return problems;
}

function sortKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => sortKeys(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries: readonly (readonly [string, unknown])[] = Object.entries(value);
  const sorted = entries.filter(([, item]) => item !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([key, item]) => [key, sortKeys(item)])) as T;
}
