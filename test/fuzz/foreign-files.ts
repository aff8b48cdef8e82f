import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Files of a kind that nobody wrote for this project, and where they were found; `why` when there are none. */
export interface ForeignFiles {
  readonly paths: readonly string[];
  readonly why: string | null;
}

const nodeModules = resolve(import.meta.dirname, '../../node_modules');

/** Every file below the folders whose name matches, without what somebody installed on top of the standard library. */
function filesBelow(folders: readonly string[], name: RegExp): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name === 'site-packages' || entry.name === 'dist-packages') continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && name.test(entry.name)) found.push(path);
    }
  };
  for (const folder of folders) if (existsSync(folder)) visit(folder);
  return found.sort();
}

/** The machine's own Python tells where its standard library is. */
export function standardLibrary(): ForeignFiles {
  const words = ['-c', "import sysconfig; print(sysconfig.get_paths()['stdlib'])"];
  const { status, stdout, error } = spawnSync('python3', words, { encoding: 'utf8' });
  if (status !== 0) return { paths: [], why: `python3 does not answer: ${error?.message ?? `exit code ${status}`}` };
  return { paths: filesBelow([stdout.trim()], /\.py$/), why: null };
}

function moduleCaches(): readonly string[] {
  const { status, stdout } = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' });
  return [nodeModules, status === 0 && stdout.trim() !== '' ? stdout.trim() : join(homedir(), 'go/pkg/mod')];
}

/** What lies in `node_modules` and, where there is one, in the module cache of Go. */
export function installedFiles(name: RegExp): ForeignFiles {
  return { paths: filesBelow(moduleCaches(), name), why: null };
}

/** The text of a file, or null for one that no editor is given: binary, or larger than a checkout takes. */
export function foreignText(path: string): string | null {
  const { size }: Stats = statSync(path);
  if (size > 10 * 1024 * 1024) return null;
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) && !text.includes('\0') ? text : null;
}
