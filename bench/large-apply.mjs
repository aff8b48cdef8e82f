// 10,000 files of 2 KB, a line added to each: through `apply` of the built package, and through `git checkout`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fillFiles, smallTreeFiles } from './repositories.mjs';

const FILES = 10_000;
const changed = (text) => `${text}\n# changed\n`;

/** Seconds of one apply and of one `git checkout` of the same change, and the peak memory of the apply in MB. */
export async function applyTenThousand(folder, { git, time, root }) {
  mkdirSync(folder, { recursive: true });
  fillFiles(folder, smallTreeFiles(FILES));
  git(folder, 'init', '-q', '-b', 'before');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-q', '-m', 'before');
  git(folder, 'checkout', '-q', '-b', 'after');
  fillFiles(folder, afterFiles());
  git(folder, 'commit', '-q', '-a', '-m', 'after');
  git(folder, 'checkout', '-q', 'before');
  settle();
  const checkout = time('git', ['checkout', '-q', 'after'], { cwd: folder });
  git(folder, 'checkout', '-q', 'before');
  settle();
  const told = execFileSync(process.execPath, [import.meta.filename, 'child', folder, root], { encoding: 'utf8' });
  const { seconds, megabytes } = JSON.parse(told);
  // What an apply reports done must be done: the work tree is the commit's.
  git(folder, 'reset', '-q', '--soft', 'after');
  git(folder, 'add', '-A');
  git(folder, 'diff', '--cached', '--quiet');
  settle();
  return { apply: seconds, checkout, megabytes };
}

/** Writes out what earlier rounds left in memory, so that no measurement pays for another. */
export function settle() {
  execFileSync('sync');
}

function* afterFiles() {
  for (const [path, text] of smallTreeFiles(FILES)) yield [path, changed(text)];
}

async function applyHere(folder, root) {
  const { apply, nodeFileSystem } = await import(pathToFileURL(join(root, 'dist/index.mjs')).href);
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const texts = new Map();
  const changes = [];
  for (const [path, text] of smallTreeFiles(FILES)) {
    texts.set(path, text);
    const state = (content) => ({ sha256: sha256(content), mode: '644' });
    changes.push({ kind: 'update', path, steps: ['bench'], before: state(text), after: state(changed(text)) });
  }
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  const context = {
    root: folder,
    runFolder: join(folder, '.git/refit/runs'),
    fs: nodeFileSystem,
    now: () => new Date(),
    pid: process.pid,
  };
  const start = process.hrtime.bigint();
  const outcome = await apply(context, {
    migration: 'bench',
    stepHashes: { bench: sha256('bench') },
    changes,
    content: ({ path }) => ({
      before: Buffer.from(texts.get(path)),
      after: Buffer.from(changed(texts.get(path))),
    }),
    planJson: '{}',
  });
  if (outcome.kind !== 'applied') throw new Error(`the apply ended with ${outcome.kind}`);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  console.log(JSON.stringify({ seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));
}

if (process.argv[2] === 'child') await applyHere(process.argv[3], process.argv[4]);
