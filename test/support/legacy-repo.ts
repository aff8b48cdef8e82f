import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runTestGit, tempFolder } from './temp-repo.ts';

const fixtures = resolve(import.meta.dirname, '../../fixtures/oauth-only');

/** A committed checkout of the `before/` of a fixture case; an identity is configured in it. */
export function legacyRepo(name = 'full', { git = true }: { readonly git?: boolean } = {}): string {
  const folder = tempFolder();
  cpSync(join(fixtures, name, 'before'), folder, { recursive: true, verbatimSymlinks: true });
  if (!git) return folder;
  runTestGit(folder, ['init', '--quiet', '--initial-branch=main']);
  runTestGit(folder, ['config', 'user.name', 'Test Author']);
  runTestGit(folder, ['config', 'user.email', 'author@example.org']);
  runTestGit(folder, ['add', '--all', '--force']);
  runTestGit(folder, ['commit', '--quiet', '-m', 'start']);
  return folder;
}
