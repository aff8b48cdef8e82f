import { beforeAll, describe, expect, it } from 'vitest';
import { cutStartupAuth } from '../../../migrations/0001-oauth-only/steps/cut-startup-auth.ts';
import { loadParsers } from '../../../src/host/parsers.ts';
import type { MemoryFiles } from '../../../src/tree/memory-source.ts';
import { LOGIN_MODULE, runStep } from './python-step.ts';

beforeAll(() => loadParsers(['python']));

const run = (files: MemoryFiles) => runStep(cutStartupAuth, files);

/** The end of a startup script, with the lines that go between two that stay. */
function startup(...login: readonly string[]): string {
  return [
    'import uvicorn',
    'if __name__ == "__main__":',
    '    from litellm.proxy.proxy_server import app',
    '    ',
    ...login,
    '    ',
    '    # Serve',
    '    uvicorn.run(app, host="0.0.0.0", port=4000)',
  ].join('\n');
}

const FOUR = [
  '    # Add the login',
  '    from auth_integration import add_auth_routes',
  '    app = add_auth_routes(app)',
  '    print("[STARTUP] Added authentication routes")',
];

describe('cut-startup-auth', () => {
  it('takes exactly the four lines, the module still there or gone', async () => {
    const after = { 'startup.py': startup() };
    expect((await run({ 'startup.py': startup(...FOUR), 'auth_integration.py': LOGIN_MODULE })).changed).toEqual(after);
    const { changed, notes } = await run({ 'startup.py': startup(...FOUR) });
    expect(changed).toEqual(after);
    expect(notes).toEqual([]);
  });

  it('keeps a byte-order mark and CRLF', async () => {
    const text = `\ufeff${startup(...FOUR).replaceAll('\n', '\r\n')}`;
    const { changed } = await run({ 'startup.py': text });
    expect(changed).toEqual({ 'startup.py': `\ufeff${startup().replaceAll('\n', '\r\n')}` });
  });

  it.each([
    'Authentication routes added',
    'Auth endpoints registered',
    'Login page at http://localhost:4000/auth',
    'Added /auth',
    'OAuth web interface enabled',
  ])('takes the message "%s"', async (message) => {
    const { changed } = await run({ 'startup.py': startup(...FOUR.slice(0, 3), `    print("${message}")`) });
    expect(changed).toEqual({ 'startup.py': startup() });
  });

  it('takes the four lines with blank lines between, which stay', async () => {
    const spread = FOUR.flatMap((line) => [line, '']);
    expect((await run({ 'startup.py': startup(...spread) })).changed).toEqual({
      'startup.py': startup('', '', '', ''),
    });
  });

  it('leaves a comment on something else above blank lines', async () => {
    const text = startup('    # Ready', '', ...FOUR.slice(1));
    expect((await run({ 'startup.py': text })).changed).toEqual({ 'startup.py': startup('    # Ready', '') });
  });

  it('leaves a message about something else', async () => {
    const line = '    print("Authors and routes")';
    const { changed } = await run({ 'startup.py': startup(...FOUR.slice(0, 3), line) });
    expect(changed).toEqual({ 'startup.py': startup(line) });
  });

  it('takes the comment on the login above a line that stays, and no other comment', async () => {
    const serve = '    serve(app)';
    const { changed } = await run({ 'startup.py': startup(...FOUR, serve) });
    expect(changed).toEqual({ 'startup.py': startup(serve) });
    const heading = '    # Wire the app';
    const other = await run({ 'startup.py': startup(heading, ...FOUR.slice(1), serve) });
    expect(other.changed).toEqual({ 'startup.py': startup(heading, serve) });
  });

  it('names a message that still sends people to the page, at its new line', async () => {
    const line = '    print("Log in at http://localhost:4000/auth first")';
    const { changed, notes } = await run({
      'startup.py': startup(...FOUR, '', line, '    print("/authors", "/app/auth")'),
    });
    expect(changed).toEqual({ 'startup.py': startup('', line, '    print("/authors", "/app/auth")') });
    expect(notes).toEqual([
      { severity: 'warning', path: 'startup.py', line: 6, message: 'still speaks of the login page /auth' },
    ]);
  });

  it('finds another script that starts the server, and leaves tests and archives', async () => {
    const text = startup(...FOUR);
    const { changed } = await run({ 'src/serve.py': text, 'tests/test_serve.py': text, '.archive/startup.py': text });
    expect(changed).toEqual({ 'src/serve.py': startup() });
  });

  it('touches startup.py only when that is one of several', async () => {
    const { changed } = await run({ 'startup.py': startup(...FOUR), 'tools/serve.py': startup(...FOUR) });
    expect(changed).toEqual({ 'startup.py': startup() });
  });

  it.each([
    ['nothing to cut', { 'startup.py': startup() }],
    ['a mention only', { 'startup.py': startup('    # auth_integration is gone') }],
    [
      'another product',
      { 'startup.py': startup(...FOUR), 'auth_integration.py': 'def add_auth_routes(app): return app\n' },
    ],
  ])('leaves %s', async (_name, files) => {
    const { found, changed } = await run(files);
    expect(found).toEqual({ kind: 'done', why: 'no startup script imports the web login' });
    expect(changed).toEqual({});
  });

  it.each([
    [
      'another use of the function',
      ['    from auth_integration import add_auth_routes', '    hook(add_auth_routes)'],
      6,
    ],
    ['another name of the module', ['    from auth_integration import status', '    status()'], 6],
    ['a star import', ['    from auth_integration import *'], 5],
    ['loading by name', ['    m = importlib.import_module("auth_integration")'], 5],
    [
      'a target that nothing binds',
      ['    import auth_integration', '    web = auth_integration.add_auth_routes(web)'],
      6,
    ],
    ['a syntax error in the way', ['    from auth_integration import (add_auth_routes'], 5],
  ])('refuses %s with its line', async (_name, lines, line) => {
    const { found, changed } = await run({ 'startup.py': startup(...lines) });
    expect(found).toMatchObject({ kind: 'refuse', path: 'startup.py', line });
    expect(changed).toEqual({});
  });
});
