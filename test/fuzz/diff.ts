import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { repoPath } from '../../src/base/repo-path.ts';
import { formatPatch } from '../../src/plan/diff.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import type { Target } from './target.ts';
import { mutatedTexts } from './texts.ts';

const file = mutatedTexts(/\.(?:md|py|ya?ml|txt)$/, [
  '-- a\n',
  '++ b\n',
  '@@ -1 +1 @@\n',
  '\\ No newline at end of file\n',
  'diff --git a/x b/x\n',
  'GIT binary patch\n',
]);
const pairs = fc.array(fc.tuple(fc.option(file, { nil: null }), fc.option(file, { nil: null })), {
  minLength: 1,
  maxLength: 12,
});

/** Git makes of the tree before, by the patch, the very bytes that were planned. */
function compareWithGit(files: readonly (readonly [string | null, string | null])[]): void {
  const name = (index: number): string => `f ${index}/ö "${index}"`;
  const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
  const before = files.flatMap(([text], index) => (text === null ? [] : [[name(index), bytes(text)] as const]));
  const tree = openTree(memorySource(Object.fromEntries(before)));
  for (const [index, [old, now]] of files.entries()) {
    const path = repoPath(name(index));
    if (old === null && now !== null) tree.create(path, now);
    else if (old !== null && now !== null) tree.overwrite(path, now);
    else if (old !== null) tree.delete(path);
  }
  const patch = formatPatch(tree.changes(), tree.content);
  if (patch === '') return;
  const root = mkdtempSync(join(tmpdir(), 'refit-fuzz-'));
  try {
    for (const [path, content] of before) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const env = {
      ...process.env,
      GIT_CEILING_DIRECTORIES: tmpdir(),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
    };
    execFileSync('git', ['apply', '--whitespace=nowarn'], {
      cwd: root,
      input: patch,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const path of tree.paths()) {
      if (!readFileSync(join(root, path)).equals(Buffer.from(tree.readBytes(path))))
        throw new Error(`git makes something else of ${path}`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The diff writer against git itself. */
export const diffTarget: Target = { name: 'diff', ciRuns: 40, property: () => fc.property(pairs, compareWithGit) };
