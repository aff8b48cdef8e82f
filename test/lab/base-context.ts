import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../src/base/hash.ts';
import { mustRun, type PackageSettings } from './machine.ts';
import { type BaseShape, DEBIAN_PACKAGES, NODE_VERSION, NPM_VERSION } from './shapes.ts';

const RECIPE = fileURLToPath(new URL('base/', import.meta.url));

/** A hash of everything that decides what the stand-in contains. */
export function recipeHash(shape: BaseShape, settings: PackageSettings, architecture: string): string {
  const files = readdirSync(RECIPE)
    .sort()
    .map((name) => [name, readFileSync(join(RECIPE, name), 'utf8')]);
  const parts = { files, shape, settings, architecture, DEBIAN_PACKAGES, NODE_VERSION, NPM_VERSION };
  return sha256(JSON.stringify(parts));
}

/** Lays out the build context of the stand-in in `folder`, from packages of the npm registry. No package script runs. */
export async function prepareContext(
  folder: string,
  shape: BaseShape,
  settings: PackageSettings,
  architecture: 'x64' | 'arm64',
): Promise<void> {
  cpSync(RECIPE, folder, { recursive: true });
  writeFileSync(join(folder, 'certificates.crt'), settings.certificates);
  writeFileSync(join(folder, 'pip.conf'), settings.pipConf);
  writeFileSync(join(folder, 'npmrc'), settings.npmrc);
  mkdirSync(join(folder, 'cli', 'bin'), { recursive: true });
  await unpack(`node-linux-${architecture}@${NODE_VERSION}`, (at) =>
    cpSync(join(at, 'bin/node'), join(folder, 'node')),
  );
  await unpack(`npm@${NPM_VERSION}`, (at) => cpSync(at, join(folder, 'npm'), { recursive: true }));
  if (shape.cli.kind === 'native') {
    const name = `@anthropic-ai/claude-code-linux-${architecture}@${shape.cli.version}`;
    await unpack(name, (at) => cpSync(join(at, 'claude'), join(folder, 'cli/bin/claude')));
  } else {
    const name = `@anthropic-ai/claude-code@${shape.cli.version}`;
    const platform = ['--os', 'linux', '--cpu', architecture, '--libc', 'glibc'];
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
    await mustRun('npm', ['install', '--global', '--prefix', join(folder, 'cli'), ...platform, ...quiet, name]);
  }
}

/** Hands the unpacked folder of an npm package to `use`, then removes it. */
async function unpack(name: string, use: (folder: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'refit-lab-package-'));
  try {
    await mustRun('npm', ['pack', name, '--pack-destination', folder, '--silent'], { cwd: folder });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm pack ${name} left no archive`);
    await mustRun('tar', ['-xzf', archive], { cwd: folder });
    use(join(folder, 'package'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
