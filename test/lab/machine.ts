import { existsSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { type ProcessResult, runProcess } from '../../src/host/process.ts';

/** Runs a program of this machine. @throws Error with its last words when it fails. */
export async function mustRun(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly timeout?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ProcessResult> {
  const result = await runProcess(program, args, { timeout: 600_000, ...options });
  if (!result.failed) return result;
  throw new Error(`${program} ${args.join(' ')}: ${result.message}\n${result.stderr.slice(-2_000)}`);
}

/** What builds need to know of this machine to reach its package indexes; read from its own settings, never written here. */
export interface PackageSettings {
  /** PEM, all roots that the machine trusts. */
  readonly certificates: string;
  readonly pipConf: string;
  readonly npmrc: string;
  /** Empty for the default index. */
  readonly pythonIndex: string;
  /** Build arguments that every builder knows without being told: proxies, where the environment has them. */
  readonly buildArgs: Readonly<Record<string, string>>;
}

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

/** Reads the settings of pip, npm and the environment. */
export async function readPackageSettings(): Promise<PackageSettings> {
  const pythonIndex = process.env['PIP_INDEX_URL'] ?? (await setting('pip', ['config', 'get', 'global.index-url']));
  const registry = await setting('npm', ['config', 'get', 'registry']);
  const proxies = PROXIES.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []));
  return {
    certificates: readCertificates(),
    pipConf: lines('[global]', `cert = ${CERTIFICATES}`, pythonIndex && `index-url = ${pythonIndex}`),
    npmrc: lines(`cafile=${CERTIFICATES}`, registry && `registry=${registry}`),
    pythonIndex,
    buildArgs: Object.fromEntries(proxies),
  };
}

function readCertificates(): string {
  if (existsSync(CERTIFICATES)) return readFileSync(CERTIFICATES, 'utf8');
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  return lines(...rootCertificates, extra !== undefined && existsSync(extra) ? readFileSync(extra, 'utf8') : '');
}

async function setting(program: string, args: readonly string[]): Promise<string> {
  const result = await runProcess(program, args, { timeout: 30_000 });
  const value = result.stdout.toString('utf8').trim();
  return result.failed || value === 'undefined' ? '' : value;
}

function lines(...texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map((text) => `${text.trimEnd()}\n`)
    .join('');
}
