import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A build context with these files for as long as `act` needs it; those that end with `.sh` are executable. */
export async function contextFolder<T>(
  files: Readonly<Record<string, string>>,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'refit-context-'));
  try {
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, name), text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    return await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
