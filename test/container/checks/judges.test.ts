import { expect, test } from 'vitest';
import { judgeVariables } from '../../../src/container/checks/env-file-quotes.ts';
import { judgeChain, judgeLogin, whyNotRun } from '../../../src/container/checks/oauth-bootstrap.ts';
import { judgeShape } from '../../../src/container/checks/oauth-shape.ts';
import { readLook } from '../../../src/container/enter/program.ts';

const TOKEN = 'a-token';
const file = (text: string, uid = 1001, mode = 0o600) => ({ uid, mode, text });
const login = {
  home: '/home/claude',
  folder: { ...file(''), text: null, writable: true },
  credentials: file(JSON.stringify({ claudeAiOauth: { accessToken: TOKEN } })),
  settings: file('{"hasCompletedOnboarding": true}'),
};
const messages = (findings: readonly { readonly message: string }[]) => findings.map(({ message }) => message);

test('a login as the base writes it', () => {
  expect(judgeLogin(login, TOKEN)).toEqual([]);
});

test.each([
  ['no file', { credentials: null }, 'the start writes no login'],
  ['root owns it', { credentials: { ...login.credentials, uid: 0 } }, 'the login is not readable by claude alone'],
  ['all read it', { credentials: { ...login.credentials, mode: 0o644 } }, 'the login is not readable by claude alone'],
  [
    'a token with a line break',
    { credentials: file('{"claudeAiOauth": {"accessToken": "a-to\nken"}}') },
    'the login does not hold the token that the container was given',
  ],
  ['no mark of the first run', { settings: null }, 'the first run is not marked as done'],
  [
    'a mark that says no',
    { settings: file('{"hasCompletedOnboarding": false}') },
    'the first run is not marked as done',
  ],
])('%s', (_, change, message) => {
  expect(messages(judgeLogin({ ...login, ...change }, TOKEN))).toEqual([message]);
});

test('how often the base sets up the login', () => {
  const line = 'OAuth authentication setup complete\n';
  expect(judgeChain('nothing')).toEqual([]);
  expect(judgeChain(line)).toEqual([]);
  expect(judgeChain(line + line).map(({ seen }) => seen)).toEqual(['2 times']);
});

test('why a script is not run', () => {
  expect(whyNotRun(0o644, '#!/bin/sh\n')).toBe('is not executable');
  expect(whyNotRun(0o755, '#!/bin/sh\r\nexec true\r\n')).toBe('has Windows line endings');
  expect(whyNotRun(0o755, 'exec true\n')).toBe('has no first line that names its shell');
  expect(whyNotRun(0o755, '#!/bin/sh\nexec true\n')).toBe(null);
  expect(whyNotRun(0o755, '\u007fELF\u0002')).toBe(null);
});

const written = (scopes: readonly string[], expiresAt: unknown) =>
  JSON.stringify({ claudeAiOauth: { accessToken: TOKEN, scopes, expiresAt } });

test('what a claude command demands of a login', () => {
  const byBase = written(['read', 'write'], '2099-12-31T23:59:59.999Z');
  const byCommand = written(['user:inference'], 4_102_444_799_000);
  for (const old of ['1.0.64', '2.0.99', '2.1.80']) expect(judgeShape(byBase, old)).toBe(null);
  for (const recent of ['2.1.81', '2.1.330', '2.2.0', '3.0.0']) {
    expect(judgeShape(byBase, recent)).toBe('scopes read, write; expiresAt as text');
    expect(judgeShape(byCommand, recent)).toBe(null);
  }
  expect(judgeShape('{"x": 1', '2.1.81')).toBe('no login in JSON');
});

test('values that are quotes or in quotes, of the names that matter', () => {
  const variables = new Map([
    ['ANTHROPIC_API_KEY', '""'],
    ['ANTHROPIC_AUTH_TOKEN', ''],
    ['CLAUDE_CODE_OAUTH_TOKEN', 'plain'],
    ['LITELLM_MASTER_KEY', "'sk-something'"],
    ['OTHER', '""'],
  ]);
  expect(judgeVariables(variables, 'LITELLM_MASTER_KEY').map(({ name, seen }) => [name, seen])).toEqual([
    ['ANTHROPIC_API_KEY', 'two quotes'],
    ['LITELLM_MASTER_KEY', 'a value in quotes'],
  ]);
});

test('a look among the lines of others, cut off in the middle', () => {
  const mark = 'mark-1 ';
  const output = `noise\nmore ${mark}{"process":{"uid":1001,"folder":"/app"}}\nmark-2 {"uid":0}\n${mark}{"imports":[]}\n`;
  expect(readLook(output, mark)).toEqual({ process: { uid: 1001, folder: '/app' }, imports: [] });
  expect(readLook('noise\n', mark)).toBe(null);
});
