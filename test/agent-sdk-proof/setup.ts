import type { TestProject } from 'vitest/node';
import { installNpmPackages, type NpmPackages } from './npm-packages.ts';
import { NoAnswer } from './package-cache.ts';
import { installPythonPackages, NoPython, type PythonPackages } from './python-packages.ts';

/** Installed packages, or why there are none; `isExcused` where even CI cannot have them. */
export type Packages<T> =
  | { readonly kind: 'ready'; readonly packages: T }
  | { readonly kind: 'none'; readonly reason: string; readonly isExcused: boolean };

declare module 'vitest' {
  interface ProvidedContext {
    readonly npm: Packages<NpmPackages>;
    readonly python: Packages<PythonPackages>;
  }
}

/** Installs the real packages once for all proofs. */
export default async function setup(project: TestProject): Promise<() => void> {
  const npm = await tryTo(installNpmPackages);
  const python = await tryTo(installPythonPackages);
  project.provide('npm', npm);
  project.provide('python', python);
  return () => {
    for (const [name, found] of Object.entries({ npm, python })) {
      if (found.kind === 'none')
        process.stdout.write(`\nProofs with the ${name} packages were NOT RUN: ${found.reason}.\n`);
    }
  };
}

async function tryTo<T>(installAll: () => Promise<T>): Promise<Packages<T>> {
  try {
    return { kind: 'ready', packages: await installAll() };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: 'none', reason: error.message, isExcused: true };
    if (error instanceof NoPython) return { kind: 'none', reason: error.message, isExcused: false };
    throw error;
  }
}
