import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, install, LISTS, placeFake } from './package-cache.ts';

/** Folders with a `node_modules` in which one of the real packages is, by the name of their list. */
export interface NpmPackages {
  readonly old: string;
  readonly 'new-zod-3': string;
  readonly 'new-zod-4': string;
}

/** Installs each npm package from its lock file, without scripts and binaries, and puts the fake in the place of its program. */
export async function installNpmPackages(): Promise<NpmPackages> {
  return {
    old: await installList('old'),
    'new-zod-3': await installList('new-zod-3'),
    'new-zod-4': await installList('new-zod-4'),
  };
}

async function installList(name: keyof NpmPackages): Promise<string> {
  const lists = ['package.json', 'package-lock.json'].map((file) => join(LISTS, name, file));
  return cached(name, lists, async (folder) => {
    for (const list of lists) copyFileSync(list, join(folder, list.slice(list.lastIndexOf('/') + 1)));
    const flags = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--prefer-offline'];
    await install('npm', ['ci', ...flags], folder);
    const scope = join(folder, 'node_modules/@anthropic-ai');
    for (const program of readdirSync(scope)) replaceProgram(join(scope, program), name);
  });
}

// The SDKs look for their program beside themselves, later ones in a package of its own for each platform.
function replaceProgram(folder: string, name: keyof NpmPackages): void {
  if (!/\/claude-(?:code|agent-sdk)$/.test(folder)) return;
  if (name !== 'new-zod-4') {
    placeFake(join(folder, 'cli.js'));
    return;
  }
  const platform = `${folder}-${process.platform}-${process.arch}`;
  mkdirSync(platform);
  writeFileSync(join(platform, 'package.json'), '{"name":"claude","version":"0.0.0"}');
  placeFake(join(platform, 'claude'));
}
