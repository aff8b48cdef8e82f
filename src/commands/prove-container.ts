import { ALL_CHECKS, type CheckSelection } from '../checks/run.ts';
import { BUILD, CONTAINER_CHECKS } from '../container/checks/index.ts';
import type { PlannedRun } from '../migration/run.ts';
import { DEFAULT_GATE, isFailing } from '../report/report.ts';
import { openTree } from '../tree/memory-tree.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { type EngineOptions, judgeContainer, runOnEngine } from './engine-run.ts';
import type { CommandIo } from './io.ts';
import { type Proof, type ProofRules, weigh } from './prove.ts';

/** How the caller wants the containers of a proof. */
export type ContainerProofOptions = EngineOptions & { readonly io: CommandIo; readonly signal: AbortSignal };

/**
 * Builds and runs the planned tree from an export of it, before the first byte of the checkout changes. Only when
 * something fails that would stop the write is the checkout built as it is, to see whether it fails there too; where
 * that cannot be built there is nothing to compare with, and the finding stops.
 */
export async function proveInContainer(
  { tree }: PlannedRun,
  rules: ProofRules,
  { io, ...options }: ContainerProofOptions,
): Promise<Proof> {
  const { checkout, settings } = rules;
  const prove = (judged: ReadonlyTree, selection: CheckSelection) =>
    runOnEngine(
      {
        ...options,
        checkout,
        settings,
        tree: judged,
        selection,
        level: 'service',
        database: { kind: 'none' },
        cache: true,
        keep: false,
      },
      io,
    );
  const { runs, container } = await prove(tree, ALL_CHECKS);
  const planned = judgeContainer(runs, rules).checks;
  const first = weigh(planned, [], CONTAINER_CHECKS);
  const failing = first.checks.filter((check) => isFailing(check, DEFAULT_GATE)).map(({ id }) => id);
  const told = container === undefined ? {} : { container };
  if (failing.length === 0 || failing.includes(BUILD.id)) return { ...first, ...told };
  const present = await prove(openTree(checkout.source), { only: failing, skip: [] });
  return { ...weigh(planned, judgeContainer(present.runs, rules).checks, CONTAINER_CHECKS), ...told };
}
