import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { RefitError } from '../../base/errors.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from '../fs.ts';
import type { Covered } from './cover.ts';

const FORMAT_VERSION = 1;
/** Of one migration as many versions are kept: going back to one of them is no new trust. */
const MAX_RECORDS = 500;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const recordSchema = z.object({
  hash: sha256,
  /** The file that is loaded first, where it lay when it was trusted. */
  entry: z.string(),
  files: z.record(z.string(), sha256),
  packages: z.record(z.string(), z.string()),
});
const storeSchema = z.object({ formatVersion: z.literal(FORMAT_VERSION), trusted: z.array(recordSchema) });

type TrustRecord = z.infer<typeof recordSchema>;

/** Whether the user has agreed to run exactly this code. `changes`: what differs from the version that was agreed to. */
export type Trust =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly changes: readonly string[] };

/** Where the user's trust is kept: never in a checkout, which could bring its own. */
export function trustFile(env: Readonly<Record<string, string | undefined>>): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  const home = env['HOME'] ?? homedir();
  return join(isAbsolute(state) ? state : join(home, '.local', 'state'), 'refit', 'trust.json');
}

/** @throws RefitError when the store cannot be read or could have been written by another user. */
export function readTrust(covered: Covered, file: string): Trust {
  const records = readStore(file);
  if (records.some(({ hash }) => hash === covered.hash)) return { kind: 'trusted' };
  const last = records.findLast(({ entry }) => entry === covered.found.entry);
  return last === undefined ? { kind: 'unknown' } : { kind: 'changed', changes: changesSince(last, covered) };
}

/**
 * Remembers that the user agreed to run this code. The file is replaced in one step, readable by the user only.
 * @throws RefitError when it cannot be written.
 */
export function rememberTrust({ found, hash, files, packages }: Covered, file: string): void {
  const record: TrustRecord = {
    hash,
    entry: found.entry,
    files: Object.fromEntries(files.map(({ name, sha256: of }) => [name, of])),
    packages: Object.fromEntries(packages.map(({ name, version, integrity }) => [`${name}@${version}`, integrity])),
  };
  const others = readStore(file).filter((each) => each.hash !== hash);
  const store = { formatVersion: FORMAT_VERSION, trusted: [...others, record].slice(-MAX_RECORDS) };
  const fs = nodeFileSystem;
  const beside = `${file}.${randomUUID()}`;
  try {
    fs.mkdir(dirname(file), true);
    fs.writeFile(beside, Buffer.from(`${JSON.stringify(store, null, 2)}\n`), 0o600);
    fs.rename(beside, file);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot remember what you trust in ${file}: ${explainFsError(error)}`, {
      hint: 'XDG_STATE_HOME names the folder that it is kept in',
      cause: error,
    });
  }
}

function readStore(file: string): readonly TrustRecord[] {
  const fs = nodeFileSystem;
  const hint = 'look at it; without the file nothing is trusted, and refit asks again';
  try {
    const stat = fs.lstat(file);
    if (stat === null) return [];
    if ((stat.mode & 0o022) !== 0)
      throw new RefitError(`${file} can be written by others, so it says nothing of what you trust`, { hint });
    return storeSchema.parse(JSON.parse(fs.readFile(file).toString('utf8'))).trusted;
  } catch (error) {
    if (error instanceof RefitError) throw error;
    const why = fsErrorCode(error) === undefined ? 'it is damaged, or of a newer refit' : explainFsError(error);
    throw new RefitError(`cannot read what you trust from ${file}: ${why}`, { hint, cause: error });
  }
}

function changesSince(last: TrustRecord, { files, packages }: Covered): readonly string[] {
  const now = new Map([
    ...files.map(({ name, sha256: of }) => [name, of] as const),
    ...packages.map(({ name, version, integrity }) => [`${name}@${version}`, integrity] as const),
  ]);
  const then = new Map([...Object.entries(last.files), ...Object.entries(last.packages)]);
  const names = [...new Set([...now.keys(), ...then.keys()])].sort();
  return names
    .filter((name) => now.get(name) !== then.get(name))
    .map((name) => `${name} ${then.has(name) ? (now.has(name) ? 'has changed' : 'is gone') : 'is new'}`);
}
