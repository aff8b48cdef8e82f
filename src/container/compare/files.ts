/** Files of two images at the places that matter. Pure. */
import type { TarEntry } from '../engine.ts';

/** Folders whose files are compared. */
export const PLACES = ['/app', '/root', '/home/claude', '/usr/local/bin'];
/** Where names are told, too: the rest is packages. */
const OWN = '/app';
const MAX_NAMES = 12;

interface Row {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** How many files lie where, whose they are, and by name what only one of them has below /app. */
export function compareFiles(before: readonly TarEntry[], after: readonly TarEntry[]): readonly Row[] {
  const counts = PLACES.map((place) => ({
    what: `files below ${place}`,
    before: tell(before, place),
    after: tell(after, place),
  }));
  const [old, now] = [ownNames(before), ownNames(after)];
  const only = (names: ReadonlySet<string>, others: ReadonlySet<string>) =>
    tellNames([...names].filter((name) => !others.has(name)));
  return [...counts, { what: `only there, below ${OWN}`, before: only(old, now), after: only(now, old) }];
}

function below(files: readonly TarEntry[], place: string): readonly TarEntry[] {
  return files.filter(({ path, kind }) => kind !== 'folder' && `/${path}`.startsWith(`${place}/`));
}

/** `14 (1001:1001)`, `3 (0:0), 11 (1001:1001)`. */
function tell(files: readonly TarEntry[], place: string): string {
  const owners = new Map<string, number>();
  for (const { uid, gid } of below(files, place)) {
    const owner = `${uid}:${gid}`;
    owners.set(owner, (owners.get(owner) ?? 0) + 1);
  }
  const told = [...owners].sort(([a], [b]) => (a < b ? -1 : 1)).map(([owner, number]) => `${number} (${owner})`);
  return told.length === 0 ? 'none' : told.join(', ');
}

function ownNames(files: readonly TarEntry[]): ReadonlySet<string> {
  const made = /(?:^|\/)(?:__pycache__|node_modules)\//;
  return new Set(below(files, OWN).flatMap(({ path }) => (made.test(path) ? [] : [`/${path}`])));
}

function tellNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = [...names].sort().slice(0, MAX_NAMES);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
