import { describe, inject, test } from 'vitest';
import type { NpmPackages } from './npm-packages.ts';
import type { PythonPackages } from './python-packages.ts';

interface Kinds {
  readonly npm: NpmPackages;
  readonly python: PythonPackages;
}

/**
 * A group of tests that need real packages. Without them the group is listed as not run, with the reason; in CI that is a
 * failure unless the registry did not answer.
 */
export function describeProof<K extends keyof Kinds>(
  kind: K,
  name: string,
  define: (packages: Kinds[K]) => void,
): void {
  const state = inject(kind);
  if (state.kind === 'ready') describe(name, () => define(state.packages as Kinds[K]));
  else if (process.env['CI'] === 'true' && !state.isExcused) {
    test(`${name}: needs the ${kind} packages`, () => {
      throw new Error(`proofs cannot run: ${state.reason}`);
    });
  } else test.skip(`${name} (not run: ${state.reason})`, () => undefined);
}
