import { readFileSync } from 'node:fs';

/** The version of this package, from its package.json. The bundle lies one folder below it, the sources two. */
export function readVersion(): string {
  for (const up of ['../package.json', '../../package.json']) {
    const manifest = readManifest(new URL(up, import.meta.url));
    if (manifest !== null) return manifest.version;
  }
  return 'unknown';
}

function readManifest(url: URL): { readonly version: string } | null {
  try {
    const manifest = JSON.parse(readFileSync(url, 'utf8')) as { name?: string; version?: string };
    return manifest.name === 'refit' && manifest.version !== undefined ? { version: manifest.version } : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
