import { WAIVERS_CHECK, WAIVERS_PATH } from '../checks/waivers.ts';

/** The waiver file is judged like a check, though nothing but a reader asks for it by name. */
export const WAIVERS_WORDS = {
  id: WAIVERS_CHECK,
  title: 'Every waiver is in force and needed',
  severity: 'error',
  description:
    `A waiver in ${WAIVERS_PATH} names a check (or the start of its id), a reason, and a last day or permanent: true; a path glob narrows it to some ` +
    'files. A waiver that cannot be read waives nothing and is an error; one that has ended or that no finding needs is a warning, for a list of waivers ' +
    'that nobody prunes ends up hiding what it was not made for.',
  examples: {
    bad: 'waivers:\n  - check: S05\n    reason: later',
    good: 'waivers:\n  - check: S05\n    path: legacy/**\n    reason: the old image is built until the move is done\n    until: 2026-12-31',
  },
} as const;
