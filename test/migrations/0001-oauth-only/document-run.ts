import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type OauthOnlyParams, oauthOnlyParams } from '../../../migrations/0001-oauth-only/params.ts';
import { type Note, type RepoPath, repoPath, type Step } from '../../../src/authoring.ts';
import { type MemoryFiles, memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';

const ROOT = new URL('../../../', import.meta.url);

/** Text of a template of the migration. */
export function template(name: string): string {
  return readFileSync(new URL(`migrations/0001-oauth-only/templates/${name}`, ROOT), 'utf8');
}

/** Text of a fixture document. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/editors/markdown/login/${name}`, ROOT), 'utf8');
}

export interface StepRun {
  readonly kind: string;
  /** `severity path:line message`. */
  readonly notes: readonly string[];
  /** Paths that differ from the files given. */
  readonly changed: readonly string[];
  text(path: string): string;
}

/** Runs one step on files in memory and proves that a second run changes nothing. */
export async function runStep(step: Step<OauthOnlyParams>, files: MemoryFiles): Promise<StepRun> {
  const tree = openTree(memorySource(files));
  const notes: Note[] = [];
  const ctx = {
    params: oauthOnlyParams.parse({}),
    template: (name: string): string => {
      expect(step.templates).toContain(name);
      return template(name);
    },
    note: (note: Note): void => {
      notes.push(note);
    },
  };
  const first = await step.select(tree, ctx);
  if (first.kind === 'applies') await step.run(first.input, tree, ctx);
  const told = notes.map(({ severity, path, line, message }) => `${severity} ${path}:${line} ${message}`);
  const { revision } = tree;
  const second = await step.select(tree, ctx);
  if (second.kind === 'applies') await step.run(second.input, tree, ctx);
  expect(tree.revision).toBe(revision);
  const leftToPerson = told.some((note) => !note.startsWith('info'));
  if (first.kind === 'applies' && !leftToPerson) expect(second.kind).toBe('done');
  return {
    kind: first.kind,
    notes: told,
    changed: tree.changes().map(({ path }) => path),
    text: (path) => tree.readText(repoPath(path) as RepoPath),
  };
}

/** A compose file whose service with the login's volume is called `proxy`. */
export const COMPOSE = [
  'services:',
  '  db:',
  '    image: postgres:16',
  '  proxy:',
  '    build: .',
  '    volumes:',
  '      - claude-auth:/home/claude/.claude',
  'volumes:',
  '  claude-auth:',
  '',
].join('\n');
