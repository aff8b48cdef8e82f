import { z } from 'zod';
import { REPORT_FORMAT_VERSION } from './json.ts';

const text = z.string();
const count = z.int().min(0);
const line = z.int().min(1);
const severity = z.enum(['blocker', 'error', 'warn', 'info']);
const mode = z.enum(['644', '755', 'link']);
const note = z.strictObject({
  severity: z.enum(['todo', 'warning', 'info']),
  message: text,
  path: z.exactOptional(text),
  line: z.exactOptional(line),
});
const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done') }),
  z.strictObject({ kind: z.literal('nothing-to-do'), why: text }),
  z.strictObject({
    kind: z.literal(['refused', 'fault']),
    message: text,
    details: z.array(text),
    hint: z.exactOptional(text),
    exitCode: z.exactOptional(z.int()),
  }),
]);
const change = z.strictObject({
  kind: z.enum(['create', 'update', 'rename', 'delete']),
  path: text,
  from: z.exactOptional(text),
  steps: z.array(text),
  modeBefore: z.exactOptional(mode),
  modeAfter: z.exactOptional(mode),
  added: count,
  removed: count,
  binary: z.boolean(),
});
const step = z.strictObject({
  step: text,
  phase: text,
  status: z.enum(['changed', 'unchanged', 'done', 'skipped']),
  why: z.exactOptional(text),
  notes: z.array(note),
});
const check = z.strictObject({
  id: text,
  title: text,
  severity,
  required: z.boolean(),
  status: z.enum(['passed', 'failed', 'waived', 'not-applicable', 'not-asked', 'skipped', 'errored']),
  failing: z.boolean().describe('turns the exit code to 3'),
  missing: z.boolean().describe('turns the exit code to 6'),
  why: z.exactOptional(text),
  reason: z.exactOptional(text),
  until: z.exactOptional(text),
  message: z.exactOptional(text),
  milliseconds: z.exactOptional(count).describe('for checks that start containers'),
});
const finding = z.strictObject({
  check: text,
  severity,
  path: z.exactOptional(text),
  line: z.exactOptional(line),
  message: text,
  expected: text,
  seen: text,
  failureMode: z.exactOptional(text),
  next: z.exactOptional(text),
  byHand: z.exactOptional(text).describe('the command that shows it by hand'),
  fixable: z.boolean(),
  fails: z.boolean().describe('at or above the threshold and not waived'),
  waived: z.exactOptional(z.strictObject({ reason: text, until: z.exactOptional(text) })),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('stays the same when the finding moves to another line'),
});
const steps = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unknown') }),
  z.strictObject({ kind: z.literal('known'), source: z.enum(['commit', 'journal']), hash: text, current: z.boolean() }),
]);
const container = z.strictObject({
  engine: text,
  image: z.exactOptional(
    z.strictObject({ name: text, id: text, size: count.describe('bytes'), reused: z.boolean(), milliseconds: count }),
  ),
  base: z.exactOptional(z.strictObject({ name: text, id: text, digest: z.exactOptional(text) })),
  contents: z.record(text, text).describe('versions of what is in the image'),
  database: text,
  live: z.exactOptional(text).describe('the request with a real login, and what it cost'),
  old: z.exactOptional(text).describe('the image from before, or why there is none'),
  comparison: z.exactOptional(z.array(z.strictObject({ what: text, before: text, after: text }))),
  kept: z.exactOptional(z.array(text)),
});
const pin = z.strictObject({
  path: text,
  line,
  before: text,
  after: text.describe('the instruction that names the base image by its digest'),
  image: text,
  digest: text,
  engine: text,
});
const run = z.strictObject({
  id: text,
  written: z.array(text),
  kept: z.exactOptional(z.array(text)),
  commits: z.exactOptional(z.array(text)),
  branch: z.exactOptional(text),
});
const recordedRun = z.strictObject({
  id: text,
  migration: text,
  status: text,
  startedAt: text,
  age: z.exactOptional(text),
  changes: count,
  drifted: z.array(text),
});
const ofSeveral = z.strictObject({
  id: text,
  title: text,
  status: z.enum(['planned', 'applied', 'nothing-to-do', 'not-applicable']),
  why: z.exactOptional(text),
  changes: count.describe('files that it changes, on what the ones before it left'),
  run: z.exactOptional(text),
});

const reportSchema = z.strictObject({
  formatVersion: z.literal(REPORT_FORMAT_VERSION),
  command: text,
  repo: text.describe('the last part of the path of the checkout'),
  scope: z.exactOptional(text).describe('folder of the checkout below the top of its repository; absent for the top'),
  migration: z.exactOptional(z.strictObject({ id: text, title: text })),
  migrations: z.exactOptional(z.array(ofSeveral).describe('of --all, in order; plan is what they change together')),
  versions: z.strictObject({ refit: text, steps: z.exactOptional(steps) }),
  exitCode: z.int().min(0).max(6),
  pending: z.boolean().describe('the plan holds changes that are not applied'),
  summary: z.array(text),
  outcome,
  gate: z.strictObject({ failOn: severity, strict: z.boolean(), exitCode: z.boolean() }),
  plan: z.exactOptional(
    z.strictObject({
      commit: z.union([text, z.null()]),
      added: count,
      removed: count,
      changes: z.array(change),
      steps: z.array(step),
      notes: z.array(note),
    }),
  ),
  checks: z.array(check),
  findings: z.array(finding),
  container: z.exactOptional(container),
  pin: z.exactOptional(pin),
  run: z.exactOptional(run),
  runs: z.exactOptional(z.array(recordedRun)),
  files: z.array(z.strictObject({ what: text, path: text })),
  leftAlone: z.array(z.strictObject({ path: text, reason: text })),
  dirty: z.array(text),
  hidden: z.array(text).describe('paths left out of the diff, because it would show a secret'),
  warnings: z.array(text),
  next: z.array(z.strictObject({ command: text, why: text })),
  diff: z.exactOptional(text),
});

/** The JSON Schema (draft 2020-12) of the JSON report, as published. */
export function reportJsonSchema(): Record<string, unknown> {
  return { title: 'refit report', ...z.toJSONSchema(reportSchema) };
}
