import type { Check, CheckContext, Finding } from '../../src/checks/define.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { applyEdits } from '../../src/tree/edits.ts';
import { type MemoryFiles, memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

/** The findings of one check on a tree of these files; the reason as a string when there is nothing to judge. */
export async function judge<I>(
  check: Check<I>,
  files: MemoryFiles,
  ctx: CheckContext = {},
): Promise<readonly Finding[] | string> {
  await loadParsers(check.needs ?? []);
  const tree = openTree(memorySource(files));
  const selected = await check.select(tree, ctx);
  return selected.kind === 'skip' ? selected.why : await check.run(selected.input, tree, ctx);
}

/** `severity path:line message`, one for each finding. */
export async function told<I>(check: Check<I>, files: MemoryFiles, ctx: CheckContext = {}): Promise<readonly string[]> {
  const found = await judge(check, files, ctx);
  if (typeof found === 'string') return [`not applicable: ${found}`];
  return found.map(({ severity, path, line, message }) => `${severity} ${path ?? ''}:${line ?? ''} ${message}`);
}

/** The files after every safe mend of the check; a mend of text that another one changes too overlaps and throws. */
export async function mended<I>(
  check: Check<I>,
  files: Readonly<Record<string, string>>,
  ctx: CheckContext = {},
): Promise<Readonly<Record<string, string>>> {
  const found = await judge(check, files, ctx);
  const result: Record<string, string> = { ...files };
  const edits = new Map<string, Parameters<typeof applyEdits>[1][number][]>();
  for (const { fix } of typeof found === 'string' ? [] : found) {
    if (fix?.kind === 'create') result[fix.path] = fix.text;
    if (fix?.kind === 'edit') edits.set(fix.path, [...(edits.get(fix.path) ?? []), ...fix.edits]);
  }
  for (const [path, list] of edits) result[path] = applyEdits(files[path] as string, list);
  return result;
}
