import { beforeAll, describe, expect, it } from 'vitest';
import { deleteAuthModule } from '../../../migrations/0001-oauth-only/steps/delete-auth-module.ts';
import { loadParsers } from '../../../src/host/parsers.ts';
import type { MemoryFiles } from '../../../src/tree/memory-source.ts';
import { LOGIN_MODULE, runStep } from './python-step.ts';

beforeAll(() => loadParsers(['python']));

const run = (files: MemoryFiles) => runStep(deleteAuthModule, files);
const startup = 'from auth_integration import add_auth_routes\napp = add_auth_routes(app)\nuvicorn.run(app)\n';

describe('delete-auth-module', () => {
  it('deletes the module at the root, and nothing else', async () => {
    const { changed, notes } = await run({
      'auth_integration.py': LOGIN_MODULE,
      'startup.py': startup,
      'a.py': 'x = 1\n',
    });
    expect(changed).toEqual({ 'auth_integration.py': null });
    expect(notes).toEqual([]);
  });

  it('deletes it where the startup script imports it from', async () => {
    const files = {
      'startup.py': 'from web.auth_integration import add_auth_routes\nuvicorn.run(add_auth_routes(app))\n',
      'web/auth_integration.py': LOGIN_MODULE,
      'other/auth_integration.py': LOGIN_MODULE,
    };
    expect((await run(files)).changed).toEqual({ 'web/auth_integration.py': null });
  });

  it('deletes it beside a startup script of a folder', async () => {
    const files = { 'app/startup.py': startup, 'app/auth_integration.py': LOGIN_MODULE };
    expect((await run(files)).changed).toEqual({ 'app/auth_integration.py': null });
  });

  it('deletes it when its startup script was cut before', async () => {
    const { changed } = await run({ 'auth_integration.py': LOGIN_MODULE, 'startup.py': 'uvicorn.run(app)\n' });
    expect(changed).toEqual({ 'auth_integration.py': null });
  });

  it('leaves copies in archive folders', async () => {
    const { found, changed } = await run({
      '.archive/auth_integration.py': LOGIN_MODULE,
      '.archive/startup.py': startup,
    });
    expect(found).toEqual({ kind: 'done', why: 'there is no auth_integration.py' });
    expect(changed).toEqual({});
  });

  it.each([
    ['no function of the name', 'def routes(app):\n    app.get("/auth")("claude")\n', 'it defines no add_auth_routes'],
    [
      'a method of the name',
      'class A:\n    def add_auth_routes(self, app):\n        app.get("/auth")("claude")\n',
      'it defines no add_auth_routes',
    ],
    [
      'no page under /auth',
      'def add_auth_routes(app):\n    """claude"""\n    app.get("/authors")(1)\n    print("/auth")\n',
      'it registers no route or WebSocket under /auth',
    ],
    ['nothing of Claude', LOGIN_MODULE.replaceAll(/claude/gi, 'shop'), 'nothing in it has to do with Claude'],
  ])('leaves a file of that name with %s, and says so', async (_name, text, why) => {
    const { found, changed, notes } = await run({ 'auth_integration.py': text, 'startup.py': startup });
    expect(found.kind).toBe('skip');
    expect(changed).toEqual({});
    expect(notes).toEqual([
      { severity: 'todo', path: 'auth_integration.py', message: `left alone, it is not the web login: ${why}` },
    ]);
  });

  it('leaves a file that is no text', async () => {
    const { found, changed } = await run({ 'auth_integration.py': new Uint8Array([0, 1, 2]) });
    expect(found.kind).toBe('skip');
    expect(changed).toEqual({});
  });

  it('names what still imports the module', async () => {
    const { changed, notes } = await run({
      'auth_integration.py': LOGIN_MODULE,
      'startup.py': startup,
      'tools/probe.py': 'import os\nimport auth_integration\n',
      'tests/test_auth.py': '\nfrom auth_integration import add_auth_routes\n',
      'tools/other.py': 'import auth_integration_v2  # auth_integration\n',
    });
    expect(changed).toEqual({ 'auth_integration.py': null });
    const message = 'imports auth_integration.py, which is deleted';
    expect(notes).toEqual([
      { severity: 'todo', path: 'tests/test_auth.py', line: 2, message },
      { severity: 'todo', path: 'tools/probe.py', line: 2, message },
    ]);
  });
});
