import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runHere } from '../support/run-here.ts';
import { runTestGit, snapshot } from '../support/temp-repo.ts';

/** Permission bits of everything below `folder`, itself included. */
function bitsBelow(folder: string): Readonly<Record<string, string>> {
  const bits: Record<string, string> = {};
  const visit = (place: string): void => {
    const stat = fs.lstatSync(place);
    bits[place.slice(folder.length)] = (stat.mode & 0o7777).toString(8);
    if (stat.isDirectory()) for (const name of fs.readdirSync(place)) visit(join(place, name));
  };
  visit(folder);
  return bits;
}

// The files that are changed are open to all, and so is what the caller makes; what is kept of them must not be.
test.each([
  ['git', true, '.git/refit/runs'],
  ['a plain folder', false, '.refit/runs'],
])('what a run keeps in %s is private, whatever the mask of the caller: 700 and 600', async (_what, git, place) => {
  const repo = legacyRepo('full', { git });
  const mask = process.umask(0);
  try {
    expect((await runHere(['apply', repo, '--yes', '--prove', 'none'])).code).toBe(5);
  } finally {
    process.umask(mask);
  }
  const bits = bitsBelow(join(repo, place));
  expect(Object.keys(bits).filter((path) => /\/backups\/\d{6}$/.test(path)).length).toBeGreaterThan(5);
  for (const name of ['journal', 'progress', 'plan.json'])
    expect(Object.keys(bits).some((path) => path.endsWith(`/${name}`))).toBe(true);
  const wrong = Object.entries(bits).filter(([path, bit]) =>
    fs.lstatSync(join(repo, place, path)).isDirectory() ? bit !== '700' : bit !== '600',
  );
  expect(wrong).toEqual([]);
});

test('a git init and git add after the run commits nothing of it, and the run can still be rolled back', async () => {
  const repo = legacyRepo('full', { git: false });
  const before = snapshot(repo);
  expect((await runHere(['apply', repo, '--yes', '--prove', 'none'])).code).toBe(5);
  runTestGit(repo, ['init', '--quiet']);
  runTestGit(repo, ['add', '--all']);
  const staged = runTestGit(repo, ['ls-files', '-z']).split('\0');
  expect(staged).toContain('Dockerfile');
  expect(staged.filter((path) => path.startsWith('.refit'))).toEqual([]);
  expect((await runHere(['status', repo])).stdout).toMatch(/applied +oauth-only/);
  expect((await runHere(['rollback', repo])).code).toBe(0);
  const entries = Object.entries(snapshot(repo)).filter(([path]) => !/^\.refit(?:\/|$)/.test(path));
  expect(Object.fromEntries(entries)).toEqual(before);
});

test.each(['.refit/runs', '.REFIT/Runs'])(
  'a run that the repository brings along in %s is not one of the user',
  async (place) => {
    const victim = legacyRepo('full', { git: false });
    expect((await runHere(['apply', victim, '--yes', '--prove', 'none'])).code).toBe(5);
    const repo = legacyRepo('full', { git: false });
    fs.mkdirSync(join(repo, '.refit'));
    fs.renameSync(join(victim, '.refit/runs'), join(repo, '.refit/runs'));
    runTestGit(repo, ['init', '--quiet']);
    fs.rmSync(join(repo, '.refit/runs/.gitignore'));
    runTestGit(repo, ['add', '--all']);
    if (place !== '.refit/runs') {
      // As a disk shows it that does not tell the two apart.
      const lines = runTestGit(repo, ['ls-files', '-s', '.refit']).replaceAll('.refit/runs', place);
      runTestGit(repo, ['rm', '--cached', '-r', '-q', '.refit']);
      runTestGit(repo, ['update-index', '--index-info'], lines);
    }
    const before = snapshot(repo);
    expect((await runHere(['status', repo])).stdout).toContain('there is no run on record');
    expect((await runHere(['rollback', repo])).stdout).toMatch(/nothing/i);
    expect(snapshot(repo)).toEqual(before);
  },
);
