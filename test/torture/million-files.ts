import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const IN_A_FOLDER = 1000;

/** What a plan of a checkout with very many files took. */
export interface ManyFiles {
  /** Files that were made; fewer than asked for when the time or the disk was over, and then nothing was planned. */
  readonly made: number;
  /** Peak of the process, MiB; null when it did not come to its end in the time. */
  readonly mebibytes: number | null;
}

/**
 * Plans a legacy checkout with `count` more files, none of which has to do with it, in a process with 1 GiB for its heap.
 * @throws Error when the plan fails, or is another than without them.
 */
export function planManyFiles(count: number, left: () => number): ManyFiles {
  // On the disk: in memory they would take some gigabytes.
  const top = fs.mkdtempSync(join(os.tmpdir(), 'refit-many-'));
  try {
    const repo = join(top, 'checkout');
    fs.cpSync(join(root, 'fixtures/oauth-only/full/before'), repo, { recursive: true, verbatimSymlinks: true });
    const alone = plan(repo, top, left());
    const made = makeFiles(repo, count, left);
    if (made < count || alone === null) return { made, mebibytes: null };
    const among = plan(repo, top, left());
    if (among !== null && among.said !== alone.said)
      throw new Error(`another plan:\n${among.said}\nand not\n${alone.said}`);
    return { made, mebibytes: among === null ? null : among.mebibytes };
  } finally {
    fs.rmSync(top, { recursive: true, force: true });
  }
}

function makeFiles(repo: string, count: number, left: () => number): number {
  let made = 0;
  for (; made < count && left() > 0; made += 1) {
    const folder = join(repo, 'many', String(Math.floor(made / IN_A_FOLDER)));
    try {
      if (made % IN_A_FOLDER === 0) fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(join(folder, `${made}.txt`), 'x\n');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return made;
      throw error;
    }
  }
  return made;
}

/** Null when the time was over first. */
function plan(
  repo: string,
  top: string,
  milliseconds: number,
): { readonly said: string; readonly mebibytes: number } | null {
  if (milliseconds <= 0) return null;
  const peak = join(top, 'peak.cjs');
  const word =
    "process.on('exit', () => require('fs').writeSync(2, 'peak ' + process.resourceUsage().maxRSS + '\\n'));";
  fs.writeFileSync(peak, word);
  const words = [
    '--max-old-space-size=1024',
    '--require',
    peak,
    join(root, 'bin/refit.cjs'),
    'plan',
    repo,
    '--no-diff',
  ];
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    timeout: milliseconds,
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (signal === 'SIGTERM') return null;
  if (status !== 0) throw new Error(`plan ended with ${status ?? signal}: ${stderr.slice(0, 2000)}`);
  return { said: stdout, mebibytes: Math.round(Number(/^peak (\d+)$/m.exec(stderr)?.[1] ?? 0) / 1024) };
}
