import { beforeAll, describe, expect, it } from 'vitest';
import { startupBehaviour } from '../../../migrations/0001-oauth-only/startup-behaviour.ts';
import { loadParsers } from '../../../src/host/parsers.ts';

beforeAll(() => loadParsers(['python']));

const BOILERPLATE = `#!/usr/bin/env python3
"""Starts the gateway."""
import sys, os
import subprocess

sys.path.append('/app')
print("Preparing (the client)...")
try:
    result = subprocess.run(['prisma', 'generate'], capture_output=True, text=True, cwd='/usr/lib/python3.11/site-packages/litellm/proxy')
    print(f"prisma generate (code {result.returncode})")
    if result.stderr:
        print(f"{result.stderr.strip()}")
except Exception as e:
    print(f"failed: {e}")

if __name__ == "__main__":
    os.environ['CONFIG_FILE_PATH'] = '/app/config/litellm_config.yaml'
    master_key = os.environ.get('LITELLM_MASTER_KEY')
    if not master_key:
        print("set LITELLM_MASTER_KEY")
        sys.exit(1)
    if not master_key.startswith('sk-'):
        print("it starts with sk-")
        sys.exit(1)
    import litellm
    if hasattr(litellm, 'custom_provider_map'):
        for i, provider in enumerate(litellm.custom_provider_map):
            print(f"{i}: {provider.get('provider')} of {len(litellm.custom_provider_map)}")
    else:
        print("no providers")
    import uvicorn
    from litellm.proxy.proxy_server import app
    uvicorn.run(app, host="0.0.0.0", port=4000)
`;

const with_ = (line: string) => BOILERPLATE.replace('    uvicorn.run(', `    ${line}\n    uvicorn.run(`);
/** The boilerplate in functions; the last one starts the server. */
const inFunctions = (main: string, call: string, serve: string): string => `import asyncio, os, sys, subprocess

def generate():
    """The client."""
    out = subprocess.run(["prisma", "generate"], cwd="/usr/lib/python3.11/site-packages/litellm/proxy", text=True)
    print(out.returncode)

def check_key() -> None:
    key = os.environ.get("LITELLM_MASTER_KEY")
    if not key or not key.startswith("sk-"):
        sys.exit("LITELLM_MASTER_KEY must start with sk-")

${main} main() -> None:
    check_key()
    import uvicorn
    from litellm.proxy.proxy_server import app
${serve}

if __name__ == "__main__":
    os.environ["CONFIG_FILE_PATH"] = "/app/config/litellm_config.yaml"
    generate()
    ${call}
`;
const lineOfRun = BOILERPLATE.slice(0, BOILERPLATE.indexOf('    uvicorn.run(')).split('\n').length;

describe('startupBehaviour', () => {
  it('knows the boilerplate', () => {
    expect(startupBehaviour(BOILERPLATE)).toEqual({
      boilerplateOnly: true,
      extras: [],
      runsPrismaGenerate: true,
      checksMasterKey: true,
    });
  });

  it.each([
    ['CRLF and a byte-order mark', `\ufeff${BOILERPLATE.replaceAll('\n', '\r\n')}`],
    ['before the cut', with_('from auth_integration import add_auth_routes\n    app = add_auth_routes(app)')],
    [
      'before the cut, aliased',
      with_('from auth_integration import (\n        add_auth_routes as go,\n    )\n    app = go(app)'),
    ],
    [
      'before the cut, by the module',
      with_('import auth_integration\n    app = auth_integration.add_auth_routes(app)'),
    ],
    [
      'both guards in one',
      BOILERPLATE.replace('if not master_key:', "if not master_key or not master_key.startswith('sk-'):"),
    ],
    [
      'a function for each part',
      inFunctions('def', 'main()', '    uvicorn.run(app, host="0.0.0.0", port=4000, log_level="info")'),
    ],
    [
      'an asynchronous server',
      inFunctions(
        'async def',
        'asyncio.run(main())',
        '    server = uvicorn.Server(uvicorn.Config(app, host="0.0.0.0", port=4000))\n    await server.serve()',
      ),
    ],
    [
      'a server that is made in two steps',
      inFunctions(
        'def',
        'main()',
        '    config = uvicorn.Config(app, host="0.0.0.0", port=4000)\n    server = uvicorn.Server(config)\n    server.run()',
      ),
    ],
    ['a message to the log', with_('logger.info("ready, %s", app)')],
  ])('knows %s', (_name, text) => {
    expect(startupBehaviour(text)).toMatchObject({ boilerplateOnly: true, extras: [], checksMasterKey: true });
  });

  it.each([
    'app.add_middleware(RequestLog)',
    'from request_log import RequestLog',
    'import custom_handler',
    'os.environ["HTTP_PROXY"] = "http://proxy:3128"',
    'os.environ["CONFIG_FILE_PATH"] = "/etc/own.yaml"',
    'sys.path.append("/opt/own")',
    'threading.Thread(target=watch).start()',
    'litellm.callbacks = [handler]',
    'subprocess.run(["prisma", "db", "push"])',
    'subprocess.run(["prisma", "generate"], cwd="/app/own-schema")',
    'os.system("claude login")',
    'print(register(app))',
    'print(f"{register(app)}")',
    'app = wrap(app)',
    'app2 = add_auth_routes(app)',
    'uvicorn.run(app, host="0.0.0.0", port=8080)',
    'uvicorn.run(app, host="127.0.0.1", port=4000)',
    'uvicorn.run(app, port=4000, workers=4)',
    'def watch(app): pass',
    'while True: pass',
    'with open("/tmp/ready", "w"): pass',
    'assert app',
  ])('tells of %s', (line) => {
    expect(startupBehaviour(with_(line)).extras).toEqual([{ line: lineOfRun, text: line }]);
  });

  it('tells of a function that does more, of one that nobody knows, and of one that serves on a condition', () => {
    const text =
      'def a():\n    register()\ndef b(x):\n    pass\n@app.on_event("startup")\ndef c():\n    print(1)\n' +
      'def d():\n    uvicorn.run(app, port=4000)\nif debug:\n    d()\na()\nother.serve()\n';
    expect(startupBehaviour(text).extras.map(({ line }) => line)).toEqual([1, 3, 5, 11, 12, 13]);
  });

  it('counts what a function does only when it is called', () => {
    const guard =
      'def check():\n    key = os.getenv("LITELLM_MASTER_KEY")\n    if not key:\n        return\n    print(1)\n';
    expect(startupBehaviour(guard)).toMatchObject({ boilerplateOnly: true, checksMasterKey: false });
    expect(startupBehaviour(`${guard}check()\n`)).toMatchObject({ boilerplateOnly: true, checksMasterKey: true });
  });

  it('tells of what stands inside an if, a for and a try', () => {
    const text =
      'if debug:\n    go()\nelse:\n    print(1)\nfor a in range(2):\n    stop()\ntry:\n    pass\nexcept E:\n    raise\n';
    expect(startupBehaviour(text).extras).toEqual([
      { line: 2, text: 'go()' },
      { line: 6, text: 'stop()' },
      { line: 10, text: 'raise' },
    ]);
  });

  it('tells of a condition that does something, of a server on a condition, and of another way out', () => {
    const text =
      'if register(app):\n    print(1)\nif debug:\n    uvicorn.run(app, port=4000)\nif failed:\n    sys.exit(1)\n';
    expect(startupBehaviour(text).extras.map(({ line }) => line)).toEqual([1, 4, 6]);
  });

  it('tells of a guard that does more than stop, and of a default key', () => {
    const guard = 'key = os.getenv("LITELLM_MASTER_KEY")\nif not key:\n    notify()\n    sys.exit(1)\n';
    expect(startupBehaviour(guard)).toMatchObject({ checksMasterKey: false, extras: [{ line: 3 }, { line: 4 }] });
    const preset = 'key = os.getenv("LITELLM_MASTER_KEY", "sk-1234")\n';
    expect(startupBehaviour(preset).extras).toHaveLength(1);
  });

  it('tells the lines that do not parse', () => {
    expect(startupBehaviour('import os\nprint((1\n').boilerplateOnly).toBe(false);
  });

  it('tells when neither the client nor the key is looked after', () => {
    const text =
      'import uvicorn\nfrom litellm.proxy.proxy_server import app\nuvicorn.run(app, host="0.0.0.0", port=4000)\n';
    expect(startupBehaviour(text)).toEqual({
      boilerplateOnly: true,
      extras: [],
      runsPrismaGenerate: false,
      checksMasterKey: false,
    });
  });
});
