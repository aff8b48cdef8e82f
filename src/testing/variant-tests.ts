import assert from 'node:assert/strict';
import { join } from 'node:path';
import { decodeText } from '../base/text.ts';
import type { Note } from '../migration/define.ts';
import { planToJson } from '../plan/plan-file.ts';
import { memorySource } from '../tree/memory-source.ts';
import type { TreeSource } from '../tree/tree.ts';
import { type FixtureFiles, readFixtureFiles, VARIANTS } from './fixture-case.ts';
import type { CaseContext, FixtureTest } from './fixture-tests.ts';
import { type PlannedFiles, planSource } from './plan-files.ts';
import { inVariant, VARIANT_OF, type Variant } from './variants.ts';

/** The tests of a case that write the same checkout in another way and expect the same of it. */
export function variantTests(one: CaseContext): readonly FixtureTest[] {
  const { leaveOut } = one.fixture;
  return [
    { name: 'plans the same whatever order the files come in', run: () => plansInAnyOrder(one) },
    ...VARIANTS.map((id) => {
      const variant = VARIANT_OF[id];
      const reason = leaveOut[id];
      if (reason !== undefined) return { name: `${variant.title}: left out, ${reason}`, run: async () => undefined };
      return { name: `does the same ${variant.title}`, run: () => doesTheSame(one, variant) };
    }),
  ];
}

function planCase(one: CaseContext, source: TreeSource): Promise<PlannedFiles> {
  return planSource(one.migration, source, {
    params: one.fixture.params,
    folder: one.fixture.scope,
    ...(one.templates === undefined ? {} : { templates: one.templates }),
  });
}

/** Names come sorted from a checkout, but nothing says in what order a folder or a search gives them. */
async function plansInAnyOrder(one: CaseContext): Promise<void> {
  const files = Object.entries(filesOf(one, 'before'));
  const plans = await Promise.all(
    [files, [...files].reverse(), interleaved(files)].map(async (order) => {
      const source = memorySource(Object.fromEntries(order));
      const search = async (literals: readonly string[]) => interleaved(await source.search(literals));
      return planCase(one, { ...source, search });
    }),
  );
  const [first, ...others] = plans.map(({ plan, diff }) => `${planToJson(plan)}\n${diff}`);
  for (const other of others) assert.equal(other, first);
}

/** Another order of the same items, the same each time. */
function interleaved<T>(items: readonly T[]): T[] {
  return [...items.filter((_, index) => index % 2 === 1).reverse(), ...items.filter((_, index) => index % 2 === 0)];
}

async function doesTheSame(one: CaseContext, variant: Variant): Promise<void> {
  const before = filesOf(one, 'before');
  const after = filesOf(one, 'after');
  const expected = Object.keys(after).length === 0 ? before : after;
  const written = inVariant(before, variant);
  const [plain, planned] = await Promise.all([before, written].map((files) => planCase(one, memorySource(files))));
  assert.ok(plain !== undefined && planned !== undefined);
  assert.deepEqual(Object.keys(planned.files).sort(), Object.keys(expected).sort());
  for (const [path, file] of Object.entries(planned.files)) {
    const wanted = expected[path];
    assert.ok(wanted !== undefined);
    assert.equal(file.mode, wanted.mode, `mode of ${path}`);
    proveSameFile(path, {
      actual: file.content,
      wanted: wanted.content,
      before: before[path],
      start: written[path],
      variant,
    });
  }
  assert.deepEqual(planned.notes.map(wordsOf), plain.notes.map(wordsOf));
  const again = await planCase(one, memorySource(planned.files));
  assert.deepEqual(again.plan.changes, [], `a second run ${variant.title} changes its own result`);
}

interface SameFile {
  readonly actual: Uint8Array;
  readonly wanted: Uint8Array;
  readonly before: FixtureFiles[string] | undefined;
  /** `before` in the variant. */
  readonly start: FixtureFiles[string] | undefined;
  readonly variant: Variant;
}

function proveSameFile(path: string, { actual, wanted, before, start, variant }: SameFile): void {
  const untouched = before !== undefined && Buffer.compare(before.content, wanted) === 0;
  if (untouched) {
    assert.equal(decode(actual), decode(start?.content ?? wanted), `${path} was not to be touched`);
    return;
  }
  assert.equal(variant.plain(decode(actual)), variant.plain(decode(wanted)), path);
  const wasWritten = start !== undefined && variant.isWritten(decode(start.content));
  if (wasWritten) assert.ok(variant.isWritten(decode(actual)), `${path} is no longer ${variant.title}`);
}

function decode(bytes: Uint8Array): string {
  return decodeText(bytes) ?? Buffer.from(bytes).toString('base64');
}

function wordsOf({ severity, path, line, message }: Note): string {
  return `${severity} ${path ?? ''}:${line ?? ''} ${message}`;
}

function filesOf({ fixture }: CaseContext, side: 'before' | 'after'): FixtureFiles {
  return readFixtureFiles(join(fixture.folder, side, fixture.scope));
}
