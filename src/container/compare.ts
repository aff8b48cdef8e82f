/** The image from before beside the one under test, row by row; nothing here is judged. */
import { RefitError } from '../base/errors.ts';
import { type Bench, excerpt } from './bench.ts';
import { observeBehaviour } from './compare/behaviour.ts';
import { compareFiles, PLACES } from './compare/files.ts';
import type { ImageFacts, ImageHealthcheck, TarEntry } from './engine.ts';
import { readImagePath } from './image-files.ts';

export interface ComparedRow {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/**
 * Settings, size and files, and with `asks` what both servers do. Values of variables are never in it. What the old image
 * cannot be asked is said in its column.
 * @throws RefitError when the run was interrupted (exit 130), or for a fault with the image under test.
 */
export async function compareImages(
  old: Bench,
  now: Bench,
  { asks }: { readonly asks: boolean },
): Promise<readonly ComparedRow[]> {
  const settings = settingRows(old.image.facts, now.image.facts);
  const files = compareFiles(await filesOf(old), await filesOf(now));
  const rows = [...settings, ...files].map(({ what, before, after }) => ({
    what,
    before: now.safe(before),
    after: now.safe(after),
  }));
  return asks ? [...rows, ...(await behaviourRows(old, now))] : rows;
}

// The list of all files of an image takes many times as long.
async function filesOf(bench: Bench): Promise<readonly TarEntry[]> {
  const found = await Promise.all(PLACES.map((place) => readImagePath(bench, place)));
  return found.flatMap((files) => files ?? []);
}

function settingRows(before: ImageFacts, after: ImageFacts): readonly ComparedRow[] {
  const row = (what: string, tell: (facts: ImageFacts) => string): ComparedRow => ({
    what,
    before: tell(before),
    after: tell(after),
  });
  const list = (words: readonly string[] | null): string =>
    words === null || words.length === 0 ? 'none' : words.join(' ');
  const change = before.size === 0 ? 0 : Math.round((after.size / before.size - 1) * 100);
  const size = row('size', ({ size: bytes }) => `${Math.round(bytes / 1e6)} MB`);
  return [
    row('user', ({ user }) => (user === '' ? 'root (none set)' : user)),
    row('entrypoint', ({ entrypoint }) => list(entrypoint)),
    row('command', ({ command }) => list(command)),
    row('working directory', ({ workingDirectory }) => (workingDirectory === '' ? '/' : workingDirectory)),
    row('exposed ports', ({ ports }) => list(ports)),
    row('variables', ({ env }) => list(Object.keys(env).sort())),
    row('health check', ({ healthcheck }) => tellHealthcheck(healthcheck)),
    { ...size, after: `${size.after} (${change > 0 ? '+' : ''}${change} %)` },
    row('layers', ({ layers }) => String(layers.length)),
  ];
}

function tellHealthcheck(check: ImageHealthcheck | null): string {
  if (check === null) return 'none';
  const every = check.interval === 0 ? 'by default' : `every ${check.interval / 1000} s`;
  return `${check.test.join(' ')} (${every})`;
}

async function behaviourRows(old: Bench, now: Bench): Promise<readonly ComparedRow[]> {
  const after = await observeBehaviour(now);
  const before = await observeBehaviour(old).catch((error: unknown) => {
    if (!(error instanceof RefitError) || error.exitCode === 130) throw error;
    return excerpt(old, error.message, 1);
  });
  return after.map(([what, told], index) => ({
    what,
    before: typeof before === 'string' ? `could not be asked: ${before}` : (before[index]?.[1] ?? 'not asked'),
    after: told,
  }));
}
