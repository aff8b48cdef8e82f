import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakeAnswer {
  /** Text as it is, anything else as JSON. */
  readonly out: unknown;
  readonly exit?: number;
  /** A line of shell that runs first, with the arguments of the call. */
  readonly act?: string;
}

/**
 * A client of a container engine that answers each call from a table, matched by how its arguments begin, the first match
 * first; any other call fails. What it is called with is kept beside it. @returns its path.
 */
export function fakeEngine(folder: string, name: string, answers: Readonly<Record<string, FakeAnswer>>): string {
  const cases = Object.entries(answers).map(([args, { out, exit = 0, act = ':' }]) => {
    const text = typeof out === 'string' ? out : JSON.stringify(out);
    return `  "${args}"*) ${act}; cat <<'END'\n${text}\nEND\n  exit ${exit} ;;`;
  });
  const path = join(folder, name);
  const note = `{ printf '%s\\037' "$@"; printf '\\036'; } >> "$0.calls"`;
  writeFileSync(
    path,
    `#!/bin/sh\n${note}\ncase "$*" in\n${cases.join('\n')}\n  *) echo "unknown: $*" >&2; exit 1 ;;\nesac\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

/** The argument arrays that a fake client was called with so far, in order. */
export function callsOf(program: string): readonly (readonly string[])[] {
  const calls = readFileSync(`${program}.calls`, 'utf8').split('\u001e').slice(0, -1);
  return calls.map((call) => call.split('\u001f').slice(0, -1));
}

/** How a docker 24 with an engine that answers describes itself. */
export const FAKE_DOCKER: Readonly<Record<string, FakeAnswer>> = {
  '--version': { out: 'Docker version 24.0.7' },
  'version ': { out: { Client: { Version: '24.0.7' }, Server: { Version: '24.0.7', ApiVersion: '1.43' } } },
  'info ': { out: { Driver: 'overlay2', Architecture: 'x86_64', MemoryLimit: true, PidsLimit: true } },
};

/** An image as `image inspect` gives it. */
export function fakeImage(fields: Readonly<Record<string, unknown>> = {}): readonly object[] {
  const id = `sha256:${'1'.repeat(64)}`;
  return [{ Id: id, Architecture: 'amd64', Os: 'linux', Size: 1, Config: {}, RootFS: { Layers: [] }, ...fields }];
}
