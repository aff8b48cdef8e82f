import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fixed, so that a commit made twice has one id, and nobody's settings reach a test. */
const IDENTITY = {
  GIT_AUTHOR_NAME: 'Test Author',
  GIT_AUTHOR_EMAIL: 'author@example.org',
  GIT_AUTHOR_DATE: '2024-01-02T03:04:05Z',
  GIT_COMMITTER_NAME: 'Test Author',
  GIT_COMMITTER_EMAIL: 'author@example.org',
  GIT_COMMITTER_DATE: '2024-01-02T03:04:05Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
};

/** Calls `use` with an empty folder (absolute, links resolved) that is removed afterwards. */
export async function withScratchFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'refit-test-')));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Runs git for the set-up of a test, apart from the caller's settings and from any repository it stands in; returns its
 * output. @throws Error with what git said.
 */
export function runScratchGit(folder: string, args: readonly string[], input?: string): string {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const env = { ...Object.fromEntries(own), ...IDENTITY, LC_ALL: 'C' };
  return execFileSync('git', [...args], { cwd: folder, env, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
}

/**
 * All below `folder`, for a comparison before and after: path → `644 <sha256>`, `link <target>`, `folder 755`, or
 * `other 644`; a `.git` at the top is left out. Names that are not UTF-8 show as U+FFFD.
 */
export function snapshot(folder: string): Readonly<Record<string, string>> {
  const entries: Record<string, string> = {};
  const visit = (prefix: string): void => {
    for (const name of readdirSync(join(folder, prefix), { encoding: 'buffer' })) {
      const path = prefix === '' ? name.toString() : `${prefix}/${name.toString()}`;
      if (path === '.git') continue;
      const place = Buffer.concat([Buffer.from(`${join(folder, prefix)}/`), name]);
      const stats = lstatSync(place);
      const mode = (stats.mode & 0o7777).toString(8);
      if (stats.isSymbolicLink()) entries[path] = `link ${readlinkSync(place)}`;
      else if (stats.isFile())
        entries[path] = `${mode} ${createHash('sha256').update(readFileSync(place)).digest('hex')}`;
      else if (!stats.isDirectory()) entries[path] = `other ${mode}`;
      else {
        entries[path] = `folder ${mode}`;
        visit(path);
      }
    }
  };
  visit('');
  return Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
}
