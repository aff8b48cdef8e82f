/** What the container checks of one run share: the tree, its image, and everything that is worth starting only once. */
import { RefitError } from '../base/errors.ts';
import { sha256 } from '../base/hash.ts';
import { maskSecrets } from '../base/secrets.ts';
import type { JudgedDockerfile, Project } from '../checks/project.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { type ContainerSpec, commandLine, type ImageFacts, plainText, type Session } from './engine.ts';
import { canaryMasterKey, canaryToken } from './fake-upstream.ts';

/** The image under test. */
export interface BuiltImage {
  readonly facts: ImageFacts;
  /** A name that outlives the run, for commands that a person repeats. */
  readonly name: string;
  /** Whether an earlier run had built the same files on the same base. */
  readonly reused: boolean;
  readonly milliseconds: number;
  /** What the builder wrote; empty when the image was reused. */
  readonly log: readonly string[];
}

/** Which database the checks run against. */
export type DatabaseChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'compose' }
  | { readonly kind: 'url'; readonly url: string };

export interface Bench {
  readonly session: Session;
  /** The tree that the image was built from. */
  readonly tree: ReadonlyTree;
  readonly project: Project;
  readonly judged: JudgedDockerfile;
  readonly image: BuiltImage;
  /** The image that FROM names, with the name it was found under. */
  readonly base: { readonly name: string; readonly facts: ImageFacts };
  readonly database: DatabaseChoice;
  /** A real login, where one request with it was asked for. */
  readonly live?: { readonly token: string };
  /**
   * Id of the image that the server is asked from, for an image that is only looked at: it may hold no program for that,
   * and it starts with the rights that the engine gives by default. The image itself, shut in, unless told.
   */
  readonly asksFrom?: string;
  /** Random for each run; they open nothing. */
  readonly token: string;
  readonly masterKey: string;
  /** Makes a shared thing at most once, however many checks ask for it at the same time. A failure is shared too. */
  once<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Text of a container, safe to show: no secret of the run or of anyone, no control character. */
  safe(text: string): string;
}

export type BenchInput = Omit<Bench, 'once' | 'safe' | 'token' | 'masterKey'>;

/** Sets up a bench with canaries of its own. Nothing is started by it. */
export function openBench(input: BenchInput): Bench {
  const shared = new Map<string, Promise<unknown>>();
  const token = canaryToken();
  const masterKey = canaryMasterKey();
  return {
    ...input,
    token,
    masterKey,
    once: <T>(name: string, make: () => Promise<T>) => {
      const known = shared.get(name) ?? make();
      shared.set(name, known);
      return known as Promise<T>;
    },
    safe: (text) => {
      const own = [token, masterKey, ...(input.live === undefined ? [] : [input.live.token])].reduce(
        (left, secret) => left.replaceAll(secret, maskWhole(secret, secret === input.live?.token ? 'token' : 'canary')),
        plainText(text),
      );
      return maskSecrets(secretsOf(input.database).reduce((left, secret) => left.replaceAll(secret, '…'), own));
    },
  };
}

/** The address of the caller's database, and its password both as it is written there and as it is meant. */
function secretsOf(database: DatabaseChoice): readonly string[] {
  if (database.kind !== 'url') return [];
  const written = /^[^:]+:\/\/[^:@/]*:([^@]*)@/.exec(database.url)?.[1] ?? '';
  const meant = URL.canParse(database.url) ? decodeText(new URL(database.url).password) : '';
  // One of a letter or two would take every such letter out of the text.
  return [database.url, ...[written, meant].filter((secret) => secret.length > 2)];
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

// Cut in pieces by a log it would not have the shape of a secret any more, so it is replaced as a whole.
function maskWhole(secret: string, name: string): string {
  return `${name}…#${sha256(secret).slice(0, 8)}`;
}

/** The last lines of a text, safe to show, on one line each. */
export function excerpt(bench: Bench, text: string, lines: number): string {
  const all = bench
    .safe(text)
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return all
    .slice(-lines)
    .map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line))
    .join('\n');
}

/** What of a container matters to a person who repeats a run of it by hand. */
type ByHandSpec = Pick<
  ContainerSpec,
  'entrypoint' | 'command' | 'user' | 'network' | 'mounts' | 'tmpfs' | 'readOnlyRoot'
> & {
  /** Names that are taken from the caller's environment; values never stand in a command. */
  readonly env?: readonly string[];
};

/** The command that repeats a run by hand, for `byHand` of a finding. */
export function byHand(bench: Bench, spec: ByHandSpec): string {
  const { session, image } = bench;
  const optional = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value]);
  return commandLine(session.engine, [
    'run',
    '--rm',
    ...optional('--network', spec.network ?? 'none'),
    ...optional('--user', spec.user),
    ...(spec.mounts ?? []).flatMap(({ source, target }) => ['--volume', `${source}:${target}`]),
    ...(spec.tmpfs ?? []).flatMap((path) => ['--tmpfs', path]),
    ...(spec.readOnlyRoot === true ? ['--read-only'] : []),
    ...(spec.env ?? []).flatMap((name) => ['--env', name]),
    ...optional('--entrypoint', spec.entrypoint),
    image.name,
    ...(spec.command ?? []),
  ]);
}

/** The last line of the final stage with this instruction (`HEALTHCHECK`), or that of its FROM. */
export function dockerfileLine({ judged }: Pick<Bench, 'judged'>, keyword: string) {
  const found = judged.stage.instructions.filter((each) => each.keyword.toUpperCase() === keyword).at(-1);
  return { path: judged.path, line: found?.line ?? judged.stage.base.line };
}

/** The COPY or ADD that puts something at or above an absolute path of the image, or the FROM line. */
export function copyLine({ judged }: Pick<Bench, 'judged'>, imagePath: string) {
  const above = (destination: string) =>
    destination === '/' || imagePath === destination || imagePath.startsWith(`${destination}/`);
  const found = judged.stage.copies
    .filter(({ destination }) => above(destination))
    .sort((a, b) => a.destination.length - b.destination.length || a.line - b.line)
    .at(-1);
  return { path: judged.path, line: found?.line ?? judged.stage.base.line };
}

/** @throws RefitError when the run was interrupted meanwhile. */
export function refuseInterrupted({ signal }: Pick<Session, 'signal'>): void {
  if (signal?.aborted) throw new RefitError('interrupted', { exitCode: 130 });
}
