import { relative } from 'node:path';
import { EXIT, RefitError } from '../../base/errors.ts';
import type { CodeToRun, Failure } from './protocol.ts';

/** Deep enough for any honest chain of causes. */
const MAX_CAUSES = 10;

/** What is told of an error of a migration's code: its words, and the lines of the author's files that led there. */
export function explainFailure(error: unknown, code: CodeToRun, cwd: string): Failure {
  const chain = causesOf(error);
  const places = placesIn(chain, code, cwd);
  const denied = chain.map(deniedAct).find((act) => act !== null) ?? null;
  const told = error instanceof RefitError ? error : undefined;
  const first = error instanceof Error ? error.message : String(error);
  const message = denied === null ? first : first.replace(/Access to this API has been restricted.*/s, denied);
  return {
    message: told === undefined ? `${relative(cwd, code.entry) || code.entry}: ${message}` : message,
    details: [...(told?.details ?? []), ...places.map((place) => `at ${place}`)],
    ...(told?.hint === undefined ? {} : { hint: told.hint }),
    exitCode: told?.exitCode ?? EXIT.fault,
  };
}

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let at = error; at !== undefined && chain.length < MAX_CAUSES; at = (at as { cause?: unknown } | null)?.cause)
    chain.push(at);
  return chain;
}

/** The act that this process has no right to, in words. */
function deniedAct(error: unknown): string | null {
  const { code, permission, resource } = (error ?? {}) as { code?: string; permission?: string; resource?: string };
  if (code !== 'ERR_ACCESS_DENIED') return null;
  if (permission === 'FileSystemWrite')
    return `it writes ${resource ?? 'a file'} on disk; a step changes files through its tree only`;
  return permission === 'ChildProcess' ? 'it starts a program, which a migration may not' : `it asks for ${permission}`;
}

/** `my-migration.ts:12:5`, innermost first, each once. */
function placesIn(chain: readonly unknown[], { files }: CodeToRun, cwd: string): readonly string[] {
  const places = new Set<string>();
  for (const error of [...chain].reverse()) {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    for (const [, path, line] of stack.matchAll(
      /^\s+at (?:.*\()?(?:file:\/\/)?(\/[^)]*?|[A-Z]:[^)]*?):(\d+):\d+\)?$/gm,
    ))
      if (path !== undefined && files.has(path)) places.add(`${relative(cwd, path) || path}:${line}`);
  }
  return [...places].slice(0, 5);
}
