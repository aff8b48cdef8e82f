import { defineMigration } from 'refit/authoring';
import { z } from 'zod';

/** Zod schema of what `--param KEY=VALUE` may set; each key has a default or is optional. */
const params = z.strictObject({});

export default defineMigration<z.infer<typeof params>>({
  id: '__name__',
  title: '__Title__',
  description: 'Say here what it does, and what it leaves alone: refit explain prints it.',
  params,
  // Which repositories is it for? Without an answer it is for all of them.
  recognize: () => ({ kind: 'target', evidence: [] }),
  phases: [{ id: 'main', title: '__Title__', steps: [] }],
  checks: [],
});
