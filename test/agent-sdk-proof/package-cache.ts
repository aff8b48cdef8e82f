import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

/** Where installed packages are kept between runs; `npm ci` empties it. */
const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/agent-sdk-proof');
/** What is installed, one folder for each npm package and one file for Python. */
export const LISTS = join(import.meta.dirname, 'packages');
const FAKE_CLAUDE = join(import.meta.dirname, 'fake-claude.mjs');
const INSTALL_MS = 300_000;

/** What the registries' clients say when nobody answers. */
const NO_ANSWER =
  /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ERR_SOCKET_TIMEOUT|NewConnectionError|Name or service not known|Temporary failure in name resolution|Read timed out|Connection refused|ProxyError/;

/** The registry was asked and did not answer. */
export class NoAnswer extends Error {}

/** The folder that `fill` made from these lists, now or in an earlier run. It appears whole or not at all. */
export async function cached(
  name: string,
  lists: readonly string[],
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const list of [FAKE_CLAUDE, ...lists]) hash.update(readFileSync(list)).update('\0');
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  for (const old of readdirSync(CACHE).filter((entry) => entry.startsWith(`${name}-`)))
    rmSync(join(CACHE, old), { recursive: true, force: true });
  const draft = join(CACHE, `draft-${randomUUID()}`);
  mkdirSync(draft);
  try {
    await fill(draft);
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Runs a registry's client. Throws {@link NoAnswer} when the registry did not answer. */
export async function install(program: string, args: readonly string[], cwd: string): Promise<void> {
  const result = await execa(program, [...args], { cwd, reject: false, timeout: INSTALL_MS, stdin: 'ignore' });
  if (!result.failed) return;
  const said = `${result.stderr}\n${result.stdout}`.trim();
  const line = said.split('\n').find((one) => NO_ANSWER.test(one));
  if (line !== undefined || result.timedOut) throw new NoAnswer(`${program}: ${line ?? 'no end after 300 s'}`);
  throw new Error(`${program} ${args.join(' ')} failed: ${result.shortMessage}\n${said.slice(-2_000)}`);
}

/** Puts the fake in the place of a program. */
export function placeFake(path: string): void {
  copyFileSync(FAKE_CLAUDE, path);
  chmodSync(path, 0o755);
}
