import type { Mutation } from './mutation.ts';

/** What shows when the server is up. */
export const SERVICE_MUTATIONS: readonly Mutation[] = [];
