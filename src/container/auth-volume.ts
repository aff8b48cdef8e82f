/** Volumes at the place of the login, as a user's machine may have them. */
import { randomBytes } from 'node:crypto';
import { RefitError } from '../base/errors.ts';
import { BASE_CONTRACT } from './base-contract.ts';
import type { Bench } from './bench.ts';
import { createVolume, lastLines, type Mount, runToEnd } from './engine.ts';

/** A volume mounted where the login lies. */
export function authMount(volume: string): Mount {
  return { source: volume, target: BASE_CONTRACT.authFolder };
}

/** A login that ended years ago, with a token that is not the one of the run. */
export interface StaleLogin {
  readonly volume: string;
  readonly token: string;
}

/**
 * A volume of the present layout with an expired login in it. Each call makes one of its own: a start may rewrite it, and
 * whoever starts a server with it mounts it with {@link authMount}.
 */
export async function staleLogin(bench: Bench): Promise<StaleLogin> {
  const token = `sk-ant-oat01-stale-${randomBytes(24).toString('base64url')}`;
  const { user } = bench.image.facts;
  const volume = await createVolume(bench.session, 'stale');
  await fill(bench, volume, user === '' ? '0:0' : `${BASE_CONTRACT.uid}:${BASE_CONTRACT.gid}`, token);
  return { volume, token };
}

/** A volume as the old layout left it: everything in it belongs to root, and so does the folder. */
export async function legacyVolume(bench: Bench): Promise<string> {
  const volume = await createVolume(bench.session, 'legacy');
  await fill(bench, volume, '0:0', `sk-ant-oat01-legacy-${randomBytes(24).toString('base64url')}`);
  return volume;
}

// As root and with its rights: whoever filled the volume on a user's machine had them.
async function fill(bench: Bench, volume: string, owner: string, token: string): Promise<void> {
  const expired = Date.UTC(2020, 0, 1);
  const login = { accessToken: token, refreshToken: token, expiresAt: expired, scopes: ['user:inference'] };
  const folder = BASE_CONTRACT.authFolder;
  const script = `umask 077; cat >${folder}/.credentials.json; echo '{}' >${folder}/settings.json; chown -R ${owner} ${folder}; chmod 755 ${folder}`;
  const ended = await runToEnd(
    bench.session,
    {
      image: bench.image.facts.id,
      role: 'fill',
      user: '0:0',
      entrypoint: 'sh',
      command: ['-c', script],
      mounts: [authMount(volume)],
      hardened: false,
    },
    { input: JSON.stringify({ claudeAiOauth: login }) },
  );
  if (ended.kind === 'exited' && ended.exitCode === 0) return;
  throw new RefitError('a volume could not be filled', { details: lastLines(bench.safe(ended.stderr), 3) });
}
