import type { Mutation } from './mutation.ts';

/** What shows when a program of the image runs. */
export const RUN_MUTATIONS: readonly Mutation[] = [
  {
    name: 'the last user is root',
    level: 'run',
    layer: 'USER root',
    red: ['I03', 'R01', 'R02'],
    why: 'the setting is wrong, so is the process that it leads to, and root has capabilities',
    cannot: ['R12', 'R16', 'R17', 'R18'],
  },
];
