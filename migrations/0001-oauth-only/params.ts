import { z } from 'zod';

/** The base image that the plan names. */
export const PLANNED_BASE = 'ghcr.io/cabinlab/claude-code-sdk:python';
/** The base image that the base project's own CI publishes. */
export const PUBLISHED_BASE = 'ghcr.io/cabinlab/claude-code-sdk-docker:python';

export const oauthOnlyParams = z.strictObject({
  base: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._:/@-]*$/, 'an image reference such as name:tag or name@sha256:digest')
    .default(PLANNED_BASE)
    .describe('base image of the new Dockerfile; a digest is kept'),
  dockerfile: z
    .string()
    .regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$)).+$/, 'a path inside the checkout')
    .optional()
    .describe('Dockerfile of the proxy, where several may be it; found by evidence unless given'),
  orphans: z
    .enum(['keep', 'delete'])
    .default('keep')
    .describe('files that nothing uses any more after the run: keep and name them, or delete them'),
});

export type OauthOnlyParams = z.infer<typeof oauthOnlyParams>;
