/** Programs of others that some tests run where they are installed: on PATH, or in the folder that REFIT_TOOLS names. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { it } from 'vitest';

/** The absolute path of a program, or null when it is not installed. */
export function findTool(name: string): string | null {
  const folders = [process.env['REFIT_TOOLS'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const folder of folders.filter((one) => one !== '')) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }
  return null;
}

/**
 * A test that runs a program of others. Where it is not installed the test is listed as skipped, with that as its reason: it
 * never counts as passed.
 */
export function itWithTool(name: string, title: string, run: (program: string) => void | Promise<void>): void {
  const program = findTool(name);
  if (program === null) it.skip(`${title} (not run: ${name} is not installed)`, () => undefined);
  else it(title, () => run(program));
}
