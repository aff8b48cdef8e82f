import type { ts } from 'ts-morph';
import { RefitError } from '../../base/errors.ts';

/** The TypeScript compiler. */
export type TypeScript = typeof ts;

let compiler: TypeScript | undefined;

/** Loads the compiler once. Its import takes longer than most whole runs, so only what found a file to read asks for it. */
export async function loadTypeScript(): Promise<void> {
  compiler ??= (await import('ts-morph')).ts;
}

/** Whether {@link loadTypeScript} has finished. */
export function isTypeScriptLoaded(): boolean {
  return compiler !== undefined;
}

/** The compiler. @throws RefitError before {@link loadTypeScript} has finished. */
export function typeScript(): TypeScript {
  if (compiler === undefined) {
    throw new RefitError('the TypeScript compiler is not loaded; await loadTypeScript() once there is a file to read');
  }
  return compiler;
}
