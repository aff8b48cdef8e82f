import { existsSync, readFileSync } from 'node:fs';

/** What the fake `claude` was started with and told, once for each time it was started. */
export interface Sent {
  readonly argv: readonly string[];
  readonly initialize: Readonly<Record<string, unknown>> | null;
}

/** Reads the record of the fake; a start is followed by what it was told. */
export function readSent(record: string): readonly Sent[] {
  const sent: Sent[] = [];
  const lines = existsSync(record) ? readFileSync(record, 'utf8').trim().split('\n') : [];
  for (const line of lines) {
    const entry = JSON.parse(line) as { argv?: readonly string[]; stdin?: { request?: Record<string, unknown> } };
    const last = sent.at(-1);
    if (entry.argv !== undefined) sent.push({ argv: entry.argv, initialize: null });
    else if (last !== undefined && entry.stdin?.request?.['subtype'] === 'initialize')
      sent[sent.length - 1] = { argv: last.argv, initialize: entry.stdin.request };
  }
  return sent;
}

/** What the CLI is asked for, by whichever of the two routes it was told. */
export interface Asked {
  /** null is the prompt of Claude Code. */
  readonly system: string | null;
  readonly append: string | null;
  /** null is what the CLI takes by itself. */
  readonly sources: string | null;
  readonly mode: string | null;
  /** Every other flag with its values, sorted. */
  readonly flags: readonly string[];
  readonly initialize: Readonly<Record<string, unknown>>;
}

const OWN = ['--system-prompt', '--append-system-prompt', '--setting-sources', '--permission-mode'];

/** Reads a start of the CLI. A flag may stand as `--flag value` or `--flag=value`; of two that are the same the last counts. */
export function askedFor({ argv, initialize }: Sent): Asked {
  const flags = readFlags(argv);
  const { systemPrompt, appendSystemPrompt, ...rest } = initialize ?? {};
  const one = (flag: string): string | null => flags.findLast(([name]) => name === flag)?.[1] ?? null;
  return {
    system: one('--system-prompt') ?? textOf(systemPrompt),
    append: one('--append-system-prompt') ?? textOf(appendSystemPrompt),
    sources: one('--setting-sources'),
    mode: one('--permission-mode'),
    flags: flags
      .filter(([name]) => !OWN.includes(name))
      .map((flag) => flag.join(' ').trim())
      .sort(),
    initialize: rest,
  };
}

/** Later SDKs send a prompt as a list of texts. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join('') : String(value);
}

function readFlags(argv: readonly string[]): readonly (readonly [string, string])[] {
  const flags: [string, string][] = [];
  let isPlain = false;
  for (const word of argv) {
    const last = flags.at(-1);
    if (!isPlain && word.startsWith('--')) {
      isPlain = word === '--';
      const at = word.indexOf('=');
      flags.push(at === -1 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)]);
    } else if (last !== undefined) last[1] = last[1] === '' ? word : `${last[1]} ${word}`;
  }
  return flags;
}
