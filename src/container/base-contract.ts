import type { ImageFacts, TarEntry } from './engine.ts';

/**
 * What the migrated image relies on in its base, `…/claude-code-sdk-docker:python`. Read from the base's own build files
 * between July 2025 and February 2026; `version` counts up when an entry changes.
 */
export const BASE_CONTRACT = {
  version: 1,
  /** The two names under which the same image is known; the second is the one that its project publishes. */
  names: ['ghcr.io/cabinlab/claude-code-sdk:python', 'ghcr.io/cabinlab/claude-code-sdk-docker:python'],
  user: 'claude',
  uid: 1001,
  gid: 1001,
  home: '/home/claude',
  authFolder: '/home/claude/.claude',
  workdir: '/app',
  venv: '/opt/venv',
  entrypoint: '/usr/local/bin/docker-entrypoint.sh',
  command: ['sleep', 'infinity'],
  /** What its start script says once it has written the login. */
  loginLine: 'OAuth authentication setup complete',
  /** What the base listens on by default and every image on top of it inherits. */
  inheritedPort: '3000',
  /** On PATH in every published form; curl is not among them. */
  tools: ['python', 'node', 'git', 'claude', 'bash'],
  /** The Python package that the base brings, by age: renamed under the same tag in February 2026. */
  pythonSdks: ['claude-code-sdk', 'claude-agent-sdk'],
} as const;

/** One place where a base is not what the contract says. */
export interface BaseDrift {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
}

/** Compares the settings of a base image with the contract; empty when they agree. */
export function compareBase(base: ImageFacts): readonly BaseDrift[] {
  const contract = BASE_CONTRACT;
  const path = base.env['PATH'] ?? '';
  const rows: readonly (readonly [string, boolean, string, string])[] = [
    ['user', userAgrees(base.user), contract.user, base.user === '' ? 'root (none set)' : base.user],
    ['working directory', base.workingDirectory === contract.workdir, contract.workdir, base.workingDirectory],
    [
      'entrypoint',
      base.entrypoint?.length === 1 && base.entrypoint[0] === contract.entrypoint,
      contract.entrypoint,
      base.entrypoint?.join(' ') ?? 'none',
    ],
    ['virtual environment first on PATH', path.startsWith(`${contract.venv}/bin`), `${contract.venv}/bin`, path],
    ['PORT', base.env['PORT'] === contract.inheritedPort, contract.inheritedPort, base.env['PORT'] ?? 'not set'],
    [
      'exposed port',
      base.ports.includes(`${contract.inheritedPort}/tcp`),
      `${contract.inheritedPort}/tcp`,
      base.ports.join(', ') || 'none',
    ],
  ];
  return rows.filter(([, agrees]) => !agrees).map(([what, , expected, seen]) => ({ what, expected, seen }));
}

/**
 * What the contract says of files, compared with those of an image on that base. Such an image may have more; what it
 * lacks, its base lacks or it took away. `PATH` of `env` tells where programs are looked for.
 */
export function compareBaseFiles(
  files: readonly TarEntry[],
  env: Readonly<Record<string, string>>,
): readonly BaseDrift[] {
  const contract = BASE_CONTRACT;
  const at = new Map(files.map((file) => [`/${file.path}`, file]));
  const owner = (path: string): string => {
    const file = at.get(path);
    return file === undefined ? 'it is not there' : `${file.uid}:${file.gid}`;
  };
  const claude = `${contract.uid}:${contract.gid}`;
  const folders = (env['PATH'] ?? '').split(':');
  const lacking = contract.tools.filter((tool) => !folders.some((folder) => at.has(`${folder}/${tool}`)));
  const sdks = contract.pythonSdks.map((name) => `${name.replaceAll('-', '_')}-`);
  const hasSdk = files.some(({ path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return name.endsWith('.dist-info') && sdks.some((sdk) => name.startsWith(sdk));
  });
  const entrypoint = at.get(contract.entrypoint);
  const rows: readonly (readonly [string, boolean, string, string])[] = [
    [`owner of ${contract.home}`, owner(contract.home) === claude, claude, owner(contract.home)],
    [`owner of ${contract.authFolder}`, owner(contract.authFolder) === claude, claude, owner(contract.authFolder)],
    ['virtual environment', at.has(`${contract.venv}/bin/python`), `${contract.venv}/bin/python`, 'it is not there'],
    [
      'entrypoint script',
      entrypoint !== undefined && (entrypoint.mode & 0o001) !== 0,
      `${contract.entrypoint}, executable by all`,
      entrypoint === undefined ? 'it is not there' : `mode ${entrypoint.mode.toString(8)}`,
    ],
    ['programs on PATH', lacking.length === 0, contract.tools.join(', '), `no ${lacking.join(', no ')}`],
    ['Python SDK', hasSdk, contract.pythonSdks.join(' or '), 'neither is installed'],
  ];
  return rows.filter(([, agrees]) => !agrees).map(([what, , expected, seen]) => ({ what, expected, seen }));
}

/** Whether an image's user is the base's, by name or by number. */
export function userAgrees(user: string): boolean {
  const { user: name, uid, gid } = BASE_CONTRACT;
  return [name, `${name}:${name}`, String(uid), `${uid}:${gid}`].includes(user);
}
