/** What stands between a plan and its first write: what the caller asked for, uncommitted work, the question. */
import { refusal } from '../base/errors.ts';
import type { Checkout } from '../checkout/read.ts';
import type { Report } from '../report/report.ts';
import type { FileChange } from '../tree/changes.ts';
import type { CommitGroups } from './commit-drafts.ts';
import type { CommandIo } from './io.ts';
import type { MigrationOptions } from './options.ts';

export interface ApplyOptions extends MigrationOptions {
  readonly plan: string | undefined;
  readonly yes: boolean;
  readonly commit: CommitGroups | undefined;
  readonly branch: string | undefined;
  readonly allowDirty: boolean;
  readonly resume: boolean;
  /** What is proved before the first byte is written. */
  readonly prove: 'static' | 'container' | 'none';
  readonly engine: string | undefined;
  readonly baseImage: string | undefined;
  readonly wait: number;
  readonly diff: boolean | undefined;
}

/** What the caller sees before the question: rendered by dispatch, which knows the formats. */
export type Preview = (report: Report) => void;

/** A dirty touched path is refused always: no commit holds its bytes. The rest is refused unless the caller allows it. */
export async function refuseDirty(
  checkout: Checkout,
  changes: readonly FileChange[],
  allowDirty: boolean,
): Promise<void> {
  const touched = new Set<string>(
    changes.flatMap((change) => (change.kind === 'rename' ? [change.path, change.from] : [change.path])),
  );
  const dirty = await checkout.dirty();
  const inPlan = dirty.filter(({ path }) => touched.has(path));
  const others = dirty.filter(({ path, state }) => !touched.has(path) && state !== 'untracked');
  if (inPlan.length === 0 && (allowDirty || others.length === 0)) return;
  const lines = (label: string, paths: typeof dirty) => paths.map(({ path, state }) => `${label} ${path} (${state})`);
  throw refusal('the work tree has uncommitted changes', {
    details: [...lines('the plan touches', inPlan), ...lines('the plan leaves alone', others)],
    hint:
      inPlan.length > 0 ? 'commit or stash what the plan touches' : 'commit or stash them, or go on with --allow-dirty',
  });
}

export async function ask(options: ApplyOptions, io: CommandIo, plan: Report, preview: Preview): Promise<void> {
  if (options.yes || options.plan !== undefined) return;
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) {
    throw refusal('apply asks before it writes, and there is no terminal to ask on', {
      hint: 'refit apply --yes, or refit plan --out FILE and refit apply --plan FILE',
    });
  }
  preview(plan);
  if (!(await io.confirm('Write these changes?'))) throw refusal('not applied: the answer was no');
}
