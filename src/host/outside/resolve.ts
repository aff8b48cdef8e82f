import { isBuiltin } from 'node:module';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFileSystem } from '../fs.ts';
import { isFile, modulesAbove } from './find.ts';

/** Modules that refit hands to a migration itself, whatever is installed beside it. */
const OWN = /^refit(?:\/(?:authoring|testing))?$/;

/** What an import in a file of a migration means. */
export type Resolved =
  | { readonly kind: 'builtin' | 'own' }
  /** Absolute, links resolved. */
  | { readonly kind: 'file'; readonly path: string }
  /** `folder`: where the package is installed, links resolved. */
  | { readonly kind: 'package'; readonly name: string; readonly folder: string }
  | { readonly kind: 'unknown' };

const ENDINGS = ['', '.ts', '.mts', '.cts', '.tsx', '.js', '.mjs', '.cjs', '.jsx', '.json'];
const TYPESCRIPT_OF: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** Resolves the words of an import in the file `from`. `zod` is refit's own where none is installed beside the file. */
export function resolveImport(word: string, from: string): Resolved {
  if (isBuiltin(word)) return { kind: 'builtin' };
  if (OWN.test(word)) return { kind: 'own' };
  if (/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(word)) {
    const path = resolveFile(word.startsWith('file:') ? fileURLToPath(word) : resolve(dirname(from), word));
    return path === null ? { kind: 'unknown' } : { kind: 'file', path };
  }
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(word)?.[0] ?? word;
  const folder = findInstalled(name, dirname(from));
  if (folder !== null) return { kind: 'package', name, folder };
  return name === 'zod' ? { kind: 'own' } : { kind: 'unknown' };
}

/** The folder of the package `name` as a file in `from` would get it, or null. */
export function findInstalled(name: string, from: string): string | null {
  const place = modulesAbove(from)
    .map((modules) => join(modules, name))
    .find((folder) => isFile(join(folder, 'package.json')));
  return place === undefined ? null : nodeFileSystem.realpath(place);
}

/** A file as TypeScript and Node's `require` would find it: as written, with an ending, as a folder, `.js` for `.ts`. */
function resolveFile(place: string): string | null {
  const ending = extname(place);
  const base = place.slice(0, place.length - ending.length);
  const candidates = [
    ...ENDINGS.map((end) => `${place}${end}`),
    ...(TYPESCRIPT_OF[ending] ?? []).map((end) => `${base}${end}`),
    ...ENDINGS.slice(1).map((end) => join(place, `index${end}`)),
  ];
  const found = candidates.find(isFile);
  return found === undefined ? null : nodeFileSystem.realpath(found);
}
