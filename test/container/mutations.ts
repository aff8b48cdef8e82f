import { IMAGE_MUTATIONS } from './mutations/image.ts';
import type { Mutation } from './mutations/mutation.ts';
import { RUN_MUTATIONS } from './mutations/run.ts';
import { SERVER_MUTATIONS } from './mutations/server.ts';
import { SERVICE_MUTATIONS } from './mutations/service.ts';

export const MUTATIONS: readonly Mutation[] = [
  ...IMAGE_MUTATIONS,
  ...RUN_MUTATIONS,
  ...SERVICE_MUTATIONS,
  ...SERVER_MUTATIONS,
];
