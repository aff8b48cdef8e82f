import { listRuns } from '../apply/runs.ts';
import type { Checkout } from '../checkout/read.ts';
import { listMessages } from '../host/git.ts';
import type { OutsideMigration } from '../host/outside/outside-migration.ts';
import { readTemplate } from '../host/template.ts';
import type { Migration } from '../migration/define.ts';
import { stepHashes } from '../migration/run.ts';
import type { StepsVersion } from '../report/report.ts';
import { stepsVersion } from './commit-drafts.ts';
import type { CommandIo } from './io.ts';
import { runContext } from './session.ts';

/** How many commits are looked at: enough for a year of most projects, and quick in any. */
const MAX_COMMITS = 1000;

/**
 * With which version of its steps the checkout was migrated: as the newest commit says that carries the trailers, else as
 * the newest applied run on record says, else unknown. A folder of a larger repository looks at commits that touch it.
 */
export async function findStepsVersion(checkout: Checkout, io: CommandIo, migration: Migration): Promise<StepsVersion> {
  const { id } = migration;
  const { outside } = migration as Partial<OutsideMigration>;
  const now = hashOf(id, outside?.description.stepHashes ?? stepHashes(migration, (name) => readTemplate(id, name)));
  const messages = checkout.git === null ? [] : await listMessages(checkout.git, MAX_COMMITS);
  for (const message of messages) {
    const hash = stepsInMessage(message, id);
    if (hash !== null) return { kind: 'known', source: 'commit', hash, current: hash === now };
  }
  const context = runContext(checkout, io);
  for (const run of listRuns(context)) {
    if (run.kind !== 'run' || run.migration !== id || run.state !== 'applied' || run.scope !== context.scope) continue;
    const hash = hashOf(id, run.stepHashes);
    return { kind: 'known', source: 'journal', hash, current: hash === now };
  }
  return { kind: 'unknown' };
}

function hashOf(id: string, hashes: Readonly<Record<string, string>>): string {
  return stepsVersion({ migration: { id, stepHashes: hashes } });
}

/** The value of the trailer `Refit-Steps` of a commit of that migration, or null. Trailers are the last paragraph. */
export function stepsInMessage(message: string, migration: string): string | null {
  const trailers = new Map<string, string>();
  for (const line of message
    .trimEnd()
    .split(/\n\s*\n/)
    .at(-1)
    ?.split('\n') ?? []) {
    const [, key, value] = /^([A-Za-z-]+): *(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) trailers.set(key.toLowerCase(), value);
  }
  const hash = trailers.get('refit-steps') ?? '';
  return trailers.get('refit-migration') === migration && /^[0-9a-f]{64}$/.test(hash) ? hash : null;
}
