import { relative } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import type { RepoPath } from '../../base/repo-path.ts';
import { decodeText } from '../../base/text.ts';
import type { FoundMigration } from './find.ts';
import type { PlanAnswer } from './protocol.ts';

/**
 * Compares two plans of the same checkout, made by two processes with different clocks and different chance.
 * @throws RefitError naming each step and file that came out otherwise.
 */
export function proveSame(first: PlanAnswer, second: PlanAnswer, { entry }: FoundMigration, cwd: string): void {
  const details = [...differingFiles(first, second), ...differingSteps(first, second)];
  if (details.length === 0) return;
  throw new RefitError(`${relative(cwd, entry) || entry}: two plans of the same checkout are not the same`, {
    details,
    hint: 'nothing was written; a step may use neither the clock nor chance: take such a value as a parameter (--param)',
  });
}

function differingFiles(first: PlanAnswer, second: PlanAnswer): readonly string[] {
  const changesOf = ({ changes }: PlanAnswer) => new Map(changes.map((change) => [change.path, change]));
  const [one, two] = [changesOf(first), changesOf(second)];
  const paths = [...new Set([...one.keys(), ...two.keys()])].sort();
  return paths.flatMap((path) => {
    const [a, b] = [one.get(path), two.get(path)];
    if (JSON.stringify(a) === JSON.stringify(b)) return [];
    const steps = [...new Set([...(a?.steps ?? []), ...(b?.steps ?? [])])].join(', ');
    if (a === undefined || b === undefined) return [`step ${steps}: ${path} is changed by one of them only`];
    return [`step ${steps}: ${path}${lineBetween(path, first, second)}`];
  });
}

/** `:3 "…2026…" and "…2027…"`, where the texts part. */
function lineBetween(path: RepoPath, first: PlanAnswer, second: PlanAnswer): string {
  const [a, b] = [first, second].map(({ contents }) => {
    const bytes = contents.get(path);
    return bytes === undefined ? null : decodeText(bytes);
  });
  if (a === null || b === null || a === undefined || b === undefined) return ' comes out otherwise';
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 ? left.length : at;
  const show = (text: string | undefined): string =>
    text === undefined ? 'nothing' : JSON.stringify(text.slice(0, 60));
  return `:${line + 1} is ${show(left[line])} in one and ${show(right[line])} in the other`;
}

function differingSteps(first: PlanAnswer, second: PlanAnswer): readonly string[] {
  const steps = first.plan.outcomes.filter(
    (outcome, index) => JSON.stringify(outcome) !== JSON.stringify(second.plan.outcomes[index]),
  );
  const told = steps.map(({ step }) => `step ${step}: its outcome or its notes come out otherwise`);
  const rest = ({ plan }: PlanAnswer): string => JSON.stringify([plan.params, plan.notes, plan.migration]);
  return rest(first) === rest(second) ? told : [...told, 'notes or parameters of the migration come out otherwise'];
}
