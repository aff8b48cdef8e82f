import type { Mutation } from './mutation.ts';

/** What the settings, the layers and the files of the image show. */
export const IMAGE_MUTATIONS: readonly Mutation[] = [];
