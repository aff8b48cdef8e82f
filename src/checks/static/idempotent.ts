import { defineCheck, type Finding, type PendingPlan } from '../define.ts';

const ID = 'S27-idempotent';

/** Planning the migration again gives an empty plan. */
export const idempotent = defineCheck<PendingPlan>({
  id: ID,
  title: 'The migration has nothing left to change',
  severity: 'error',
  description:
    'Plans the migration on this tree: a migrated checkout gives an empty plan. What is left to change is the migration that is pending, or something ' +
    'that came back since. A checkout that the migration refuses cannot be called migrated either.',
  examples: {
    bad: 'auth_integration.py is there: `refit plan` would delete it',
    good: '`refit plan` says that there is nothing to do',
  },
  select: (_tree, ctx) =>
    ctx.pending === undefined
      ? { kind: 'skip', why: 'no migration was asked' }
      : { kind: 'applies', input: ctx.pending },
  run: (pending) => (pending.kind === 'refused' ? [refused(pending.why)] : pending.changes.map(left)),
});

function left({ path, steps }: Extract<PendingPlan, { kind: 'planned' }>['changes'][number]): Finding {
  return {
    check: ID,
    severity: 'error',
    message: `the migration would still change ${path}`,
    expected: 'an empty plan',
    seen: `a change by ${steps.join(', ')}`,
    subject: 'pending',
    path,
    next: 'refit plan shows the change, refit apply makes it',
  };
}

function refused(why: string): Finding {
  return {
    check: ID,
    severity: 'error',
    message: 'the migration cannot be planned, so nothing tells whether it is done',
    expected: 'an empty plan',
    seen: why,
    subject: 'refused',
    next: 'refit plan names the place; mend it and check again',
  };
}
