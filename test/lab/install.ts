import { mustRun } from './machine.ts';

/** Why packages may not be installed on this machine, or null when they may: asked for, as root, on Debian. */
export function mayInstall(): string | null {
  if (process.env['REFIT_LAB'] !== 'install') return 'REFIT_LAB=install is not set';
  if (process.platform !== 'linux') return 'this is not Linux';
  if (process.getuid?.() !== 0) return 'this is not root';
  return null;
}

let listed = false;

/** Installs Debian packages. Callers ask {@link mayInstall} first. */
export async function installPackages(names: readonly string[]): Promise<void> {
  const env = { ...definedEnvironment(), DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' };
  if (!listed) await mustRun('apt-get', ['update', '-qq'], { env });
  listed = true;
  await mustRun('apt-get', ['install', '-y', '-qq', ...names], { env });
}

export function definedEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
