import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProcess } from '../../src/host/process.ts';

const SCRIPT = new URL('../../migrations/0001-oauth-only/templates/litellm-entrypoint.sh', import.meta.url);
const BASE = '/usr/local/bin/docker-entrypoint.sh';
const KEY = 'sk-test-master-key';

let folder: string;

/** The script under test, with a base entrypoint of the test's own and commands that tell what they were given. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refit-entrypoint-'));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  };
  write('entrypoint', readFileSync(SCRIPT, 'utf8').replaceAll(BASE, join(folder, 'base')));
  write('base', '#!/bin/bash\necho "base: $*" >&2\necho banner\nexit $BASE_EXIT\n');
  write('claude', '#!/bin/bash\nexit $CLAUDE_EXIT\n');
  write('timeout', '#!/bin/bash\nshift\nexec "$@"\n');
  for (const name of ['litellm', 'python']) write(name, '#!/bin/bash\necho "ran $(basename "$0") $*"\nexit 7\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const result = await runProcess(join(folder, 'entrypoint'), command, {
    env: { PATH: `${folder}:/usr/local/bin:/usr/bin:/bin`, ...env },
  });
  return { exitCode: result.exitCode, stdout: result.stdout.toString(), stderr: result.stderr };
}

const SERVER = ['litellm', '--config', '/app/config/litellm_config.yaml'];

describe('the master-key guard', () => {
  test.each([
    ['litellm', SERVER],
    ['litellm by path', () => [join(folder, 'litellm'), '--port', '4000']],
    ['startup.py', ['python', '/app/startup.py']],
    ['startup.py after an option', ['python', '-u', '/app/startup.py']],
    ['litellm with --version among other options', ['litellm', '--version', '--config', 'x']],
  ])('refuses %s without a key, before anything else runs', async (_, command) => {
    const { exitCode, stdout, stderr } = await start(typeof command === 'function' ? command() : command);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('ERROR: LITELLM_MASTER_KEY is not set.');
    expect(stderr).not.toContain('base:');
  });

  test('refuses a key of another shape and does not print it', async () => {
    const { exitCode, stdout, stderr } = await start(SERVER, { LITELLM_MASTER_KEY: '"sk-quoted-secret"' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('must start with "sk-"');
    expect(stderr).not.toContain('quoted-secret');
  });

  test('lets the server start with a key, after one set-up of the base', async () => {
    const result = await start(SERVER, { LITELLM_MASTER_KEY: KEY });
    expect(result).toEqual({
      exitCode: 7,
      stdout: 'ran litellm --config /app/config/litellm_config.yaml\n',
      stderr: 'base: true\nbanner\n',
    });
  });

  test.each([
    ['another program', ['python', '-c', 'print(1)']],
    ['the version of the server', ['litellm', '--version']],
    ['the help of the server', ['litellm', '--help']],
  ])('leaves %s alone', async (_, command) => {
    const result = await start(command);
    expect(result).toEqual({ exitCode: 7, stdout: `ran ${command.join(' ')}\n`, stderr: 'base: true\nbanner\n' });
  });
});

test('words with spaces and quotes reach the command as they are', async () => {
  const { stdout } = await start(['printf', '[%s]', 'two words', '$HOME', "it's"]);
  expect(stdout).toBe("[two words][$HOME][it's]");
});

test('the command takes the place of the script, so that signals reach it', async () => {
  const { stdout } = await start(['sh', '-c', 'echo $PPID']);
  expect(stdout).toBe(`${process.pid}\n`);
});

test('a set-up that fails ends the start and names the repair of an old volume', async () => {
  const { exitCode, stdout, stderr } = await start(SERVER, { LITELLM_MASTER_KEY: KEY, BASE_EXIT: '1' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain(
    'docker run --rm --user root --entrypoint chown -v VOLUME:/home/claude/.claude IMAGE -R claude:claude /home/claude/.claude\n',
  );
});

test('a claude command that does not answer is a warning, for the server only', async () => {
  const server = await start(SERVER, { LITELLM_MASTER_KEY: KEY, CLAUDE_EXIT: '1' });
  expect(server.exitCode).toBe(7);
  expect(server.stderr).toContain('WARNING: the claude command does not answer');
  const other = await start(['python', '--version'], { CLAUDE_EXIT: '1' });
  expect(other.stderr).toBe('base: true\nbanner\n');
});

test('no command is an error, not a silent success', async () => {
  const { exitCode, stderr } = await start([]);
  expect(exitCode).toBe(64);
  expect(stderr).toContain('ERROR: no command to run.');
});
