import { createServer, type Server } from 'node:net';
import { beforeAll, expect, test } from 'vitest';
import { readProject } from '../../src/checks/project.ts';
import { type Bench, type BuiltImage, type DatabaseChoice, openBench } from '../../src/container/bench.ts';
import { database } from '../../src/container/database.ts';
import { askEngine, buildImage, callEngine, inspectContainer } from '../../src/container/engine.ts';
import { openOldImage } from '../../src/container/old-image.ts';
import { service } from '../../src/container/service.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { contextFolder } from '../lab/context-folder.ts';
import { goodBench, mutatedBench, runAll } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';

// Prisma's engines cannot be fetched where these tests run, so nothing here speaks PostgreSQL: both sides are small
// programs, which show that the address given to one leads to the other with its login, and what is said when it does not.
const STORE = `import os, socket, sys
if os.environ.get("REFUSES"): sys.exit("it has no wish to")
login = "%s:%s/%s" % tuple(os.environ["POSTGRES_" + name] for name in ("USER", "PASSWORD", "DB"))
server = socket.create_server(("0.0.0.0", 5432))
while True:
    client, _ = server.accept()
    client.sendall(b"yes" if client.recv(1000).decode() == login else b"no")
    client.close()
`;
const READY = `#!/bin/sh
exec python -c 'import socket, sys; socket.create_connection((sys.argv[2], 5432), 2).close()' "$@"
`;
const SERVER = `import json, os, socket, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
def ask():
    if "DATABASE_URL" not in os.environ: return "Not connected"
    url = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    with socket.create_connection((url.hostname, url.port), 3) as store:
        store.sendall(("%s:%s%s" % (url.username, url.password, url.path)).encode())
        return "connected" if store.recv(10) == b"yes" else "refused: " + os.environ["DATABASE_URL"]
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        try: told = ask() if "readiness" in self.path else ""
        except OSError as error: told = str(error)
        body = json.dumps({"status": "healthy", "db": told}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass
ThreadingHTTPServer(("0.0.0.0", 4000), Handler).serve_forever()
`;
const IMAGE = 'refit-lab/postgres:stand-in';

describeLab('the database behind the server', (lab) => {
  let now: Bench;
  beforeAll(async () => {
    const good = await goodBench(lab);
    const layer = 'COPY server.py /app/server.py\nENTRYPOINT ["python", "/app/server.py"]\nHEALTHCHECK NONE';
    now = await mutatedBench(lab, good, layer, { 'server.py': SERVER });
    await storeImage(IMAGE, '');
  });

  async function storeImage(tag: string, more: string): Promise<void> {
    const layer = `FROM ${now.base.name}\nUSER root\nCOPY store.py pg_isready.sh /opt/\nRUN ln -s /opt/pg_isready.sh /usr/local/bin/pg_isready\n${more}\nENTRYPOINT ["python", "/opt/store.py"]\n`;
    await contextFolder({ Dockerfile: layer, 'store.py': STORE, 'pg_isready.sh': READY }, async (context) => {
      const built = await buildImage(lab.session, { context, tag });
      if (built.kind !== 'built') throw new Error(built.log.join('\n'));
    });
  }

  function benchWith(choice: DatabaseChoice, image: string | null = IMAGE, built: BuiltImage = now.image): Bench {
    const store =
      image === null ? '' : `  store:\n    image: ${image}\n    environment:\n      POSTGRES_PASSWORD: of-the-user\n`;
    const compose = `services:\n  litellm:\n    build: .\n    command: ["litellm"]\n${store}`;
    const files = { Dockerfile: now.judged.text, 'docker-compose.yml': compose };
    const { composeFiles } = readProject(openTree(memorySource(files)), {});
    return openBench({ ...now, image: built, project: { ...now.project, composeFiles }, database: choice });
  }
  const readiness = async (bench: Bench) => {
    const runs = await runAll(bench, 'service', ['H03']);
    return runs.find(({ check }) => check.id === 'H03-readiness')?.result;
  };

  test('none: the server is started without an address', async () => {
    const bench = benchWith({ kind: 'none' });
    expect(await readiness(bench)).toEqual({ check: 'H03-readiness', status: 'passed' });
    expect((await service(bench)).env).not.toHaveProperty('DATABASE_URL');
  });

  test('compose: from the image of the stack, with a login of its own, on the internal network', async () => {
    const bench = benchWith({ kind: 'compose' });
    expect(await readiness(bench)).toEqual({ check: 'H03-readiness', status: 'passed' });
    const { env, network } = await service(bench);
    expect(env['DATABASE_URL']).toMatch(/^postgresql:\/\/litellm:[0-9a-f]{32}@database:5432\/litellm$/);
    const names = ['network', 'inspect', '--format', '{{.Internal}} {{range .Containers}}{{.Name}} {{end}}', network];
    expect(await askEngine(lab.engine, names)).toMatch(/^true .*-database/);
  });

  test.each([
    [
      'an image that is not in the engine',
      'postgres:no-such-tag',
      /^the image of the database is not in the engine, and nothing of a stack is fetched: postgres:no-such-tag$/,
    ],
    ['no database service', null, /^no service of a loaded compose file runs a PostgreSQL image$/],
    [
      'a database that ends at once',
      'refit-lab/postgres:broken',
      /^the database does not come up from refit-lab\/postgres:broken: it has no wish to$/,
    ],
  ])('compose, %s: the check could not run', async (_name, image, why) => {
    if (image?.endsWith(':broken')) await storeImage(image, 'ENV REFUSES=1');
    const result = await readiness(benchWith({ kind: 'compose' }, image));
    expect(result).toEqual({ check: 'H03-readiness', status: 'skipped', why: expect.stringMatching(why) });
  });

  test('a URL: the server alone gets out to it, and its address and password are told nowhere', async () => {
    const seen: string[] = [];
    const listener: Server = createServer((socket) => {
      socket.on('data', (data) => {
        seen.push(data.toString());
        socket.end(seen.length === 1 ? 'yes' : 'no');
      });
    });
    await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
    try {
      const address = listener.address();
      const port = typeof address === 'object' ? address?.port : 0;
      // Asked of a container: an engine that made this network itself may not say its gateway when it is inspected.
      const route = [
        'run',
        '--rm',
        '--network',
        'bridge',
        '--entrypoint',
        'cat',
        now.image.facts.id,
        '/proc/net/route',
      ];
      const host = gatewayOf(await askEngine(lab.engine, route));
      const url = `postgresql://somebody:pass%21word@${host}:${port}/theirs`;
      const bench = benchWith({ kind: 'url', url });
      // The first answer reads the readiness once and is let in, the second is refused and says too much.
      const first = await readiness(bench);
      expect(first).toEqual({ check: 'H03-readiness', status: 'passed' });
      expect(seen).toEqual(['somebody:pass%21word/theirs']);
      const red = await readiness(openBench({ ...bench }));
      expect(red).toMatchObject({ status: 'failed', findings: [{ expected: '200, and db: connected' }] });
      expect(JSON.stringify(red)).toContain('refused: …');
      for (const secret of [url, 'pass%21word', 'pass!word']) {
        expect(JSON.stringify(red)).not.toContain(secret);
        expect(bench.safe(`a ${secret} b`)).toBe('a … b');
      }
      const { container } = await service(bench);
      expect((await inspectContainer(lab.engine, container))?.running).toBe(true);
      const history = await callEngine(lab.engine, ['history', '--no-trunc', bench.image.facts.id]);
      expect(history.stdout.toString()).not.toContain('pass%21word');
    } finally {
      listener.close();
    }
  });

  test('an image that is only looked at never gets to it', async () => {
    const bench = benchWith({ kind: 'url', url: 'postgresql://u:word@db.example/theirs' });
    const build = { owner: 'lab-database', useCache: true, onLine: () => undefined };
    const old = await openOldImage(bench, { kind: 'image', name: now.image.name }, build);
    expect(old.kind === 'ready' && (await database(old.bench))).toEqual({ kind: 'none' });
  });
});

/** The gateway of the default route, from `/proc/net/route`, where addresses are hexadecimal with the last byte first. */
function gatewayOf(routes: string): string {
  const line = routes.split('\n').find((one) => one.split('\t')[1] === '00000000');
  return (line?.split('\t')[2]?.match(/../g) ?? [])
    .reverse()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
