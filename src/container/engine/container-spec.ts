import type { Session } from './session.ts';

export interface Mount {
  /** Name of a volume, or an absolute path of the host. */
  readonly source: string;
  readonly target: string;
  readonly readOnly?: boolean;
}

export interface ContainerSpec {
  /** Name or id; never pulled. */
  readonly image: string;
  /** Part of the container's name, for people who look at a kept run. */
  readonly role: string;
  readonly entrypoint?: string;
  /** Arguments after the image: they take the place of its CMD. */
  readonly command?: readonly string[];
  /** Values travel in the client's environment, so none of them stands in a process list. */
  readonly env?: Readonly<Record<string, string>>;
  /** `none`, or a network of this session; `none` unless told. */
  readonly network?: string;
  /** Name under which others on the network find it. */
  readonly alias?: string;
  readonly user?: string;
  readonly workingDirectory?: string;
  readonly mounts?: readonly Mount[];
  /** Paths of memory-backed folders. */
  readonly tmpfs?: readonly string[];
  readonly readOnlyRoot?: boolean;
  /** Drops every capability and forbids gaining any; on unless told. */
  readonly hardened?: boolean;
  /** Bytes; 2 GiB unless told. */
  readonly memory?: number;
  /** Processes and threads; 512 unless told. */
  readonly pids?: number;
  /** Further arguments of `run`, as `--no-healthcheck`. */
  readonly extra?: readonly string[];
}

const MEMORY = 2 * 1024 ** 3;
const PIDS = 512;
/** The engine keeps no more than this of what a container writes. */
const LOG_LIMIT = '8m';
// These steer the client itself, so their values cannot travel through its environment.
const CLIENT_OWN =
  /^(?:PATH|HOME|TMPDIR|LANG|LC_.*|DOCKER_.*|BUILDKIT_.*|BUILDX_.*|CONTAINER_.*|CONTAINERS_.*|XDG_.*)$/;

/** Arguments for `run` or `create`, and what the client's environment has to hold for them. */
export function containerArguments(
  session: Session,
  spec: ContainerSpec,
  name: string,
): { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> } {
  const { limits, kind } = session.engine;
  const variables = Object.entries(spec.env ?? {});
  const optional = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value]);
  const args = [
    ...['--name', name, '--pull', 'never', ...session.labels],
    ...['--network', spec.network ?? 'none', ...optional('--network-alias', spec.alias)],
    ...(spec.hardened === false ? [] : ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges']),
    ...(limits.memory
      ? ['--memory', String(spec.memory ?? MEMORY), '--memory-swap', String(spec.memory ?? MEMORY)]
      : []),
    ...(limits.pids ? ['--pids-limit', String(spec.pids ?? PIDS)] : []),
    ...['--log-driver', kind === 'podman' ? 'k8s-file' : 'json-file', '--log-opt', `max-size=${LOG_LIMIT}`],
    ...optional('--entrypoint', spec.entrypoint),
    ...optional('--user', spec.user),
    ...optional('--workdir', spec.workingDirectory),
    ...(spec.mounts ?? []).flatMap(mountArguments),
    ...(spec.tmpfs ?? []).flatMap((path) => ['--tmpfs', path]),
    ...(spec.readOnlyRoot === true ? ['--read-only'] : []),
    ...variables.flatMap(([key, value]) => ['--env', CLIENT_OWN.test(key) ? `${key}=${value}` : key]),
    ...(spec.extra ?? []),
    spec.image,
    ...(spec.command ?? []),
  ];
  return { args, env: Object.fromEntries(variables.filter(([key]) => !CLIENT_OWN.test(key))) };
}

function mountArguments({ source, target, readOnly }: Mount): readonly string[] {
  const kind = source.startsWith('/') ? 'bind' : 'volume';
  return ['--mount', `type=${kind},source=${source},target=${target}${readOnly === true ? ',readonly' : ''}`];
}
