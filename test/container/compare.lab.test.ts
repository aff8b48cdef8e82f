import { beforeAll, expect, test } from 'vitest';
import type { Bench } from '../../src/container/bench.ts';
import { compareImages } from '../../src/container/compare.ts';
import { callEngine } from '../../src/container/engine.ts';
import { openOldImage } from '../../src/container/old-image.ts';
import { type MemoryFiles, memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { goodBench, mutatedBench } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';

/** A small server in the place of a large one: it may ask for a key, and hands a chat on with what the environment has. */
const SERVER = `import json, os, sys, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
ASKS_KEY, HEADER = sys.argv[1] == "key", sys.argv[2]
class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if self.path.startswith("/health/"):
            return self.answer(200, "alive")
        known = self.headers.get("authorization") == "Bearer " + os.environ["LITELLM_MASTER_KEY"]
        self.answer(200 if known or not ASKS_KEY else 401, {"data": [{"id": "sonnet"}]})
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        token = os.environ["CLAUDE_CODE_OAUTH_TOKEN"]
        login = {"authorization": "Bearer " + token} if HEADER == "bearer" else {"x-api-key": token}
        asked = json.dumps({"model": "m", "messages": [], "tools": [{}, {}] if HEADER == "key" else []}).encode()
        headers = {**login, "content-type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages", asked, headers)).read()
        self.answer(200, {})
    def log_message(self, *_):
        pass
ThreadingHTTPServer(("0.0.0.0", 4000), Handler).serve_forever()
`;
const server = (words: string, more: string): string =>
  `${more}\nCOPY server.py /app/server.py\nENTRYPOINT ["python", "/app/server.py"]\nCMD ${words}\nHEALTHCHECK --interval=1s CMD ["true"]`;

describeLab('the image from before beside the new one', (lab) => {
  let good: Bench;
  beforeAll(async () => {
    good = await goodBench(lab);
  });
  const build = { owner: 'lab-compare', useCache: true, onLine: () => undefined };
  const oldTree = (files: MemoryFiles) =>
    openOldImage(good, { kind: 'tree', tree: openTree(memorySource(files)), label: 'HEAD (1a2b3c4d)' }, build);

  test('settings, files, and what both servers do', async () => {
    const files = { 'server.py': SERVER };
    const now = await mutatedBench(lab, good, server('["key", "bearer"]', 'ENV A_NEW_NAME=secret-value'), files);
    const layer = server('["open", "key"]', 'USER root\nRUN touch /app/auth_integration.py\nEXPOSE 8080');
    const { image } = await mutatedBench(lab, good, layer, files);
    const old = await openOldImage(now, { kind: 'image', name: image.name }, build);
    if (old.kind === 'none') throw new Error(old.told);
    const rows = await compareImages(old.bench, now, { asks: true });
    const row = (what: string) =>
      rows.filter((one) => one.what === what).map(({ before, after }) => [before, after])[0];
    expect(row('user')).toEqual(['root', 'claude']);
    expect(row('command')).toEqual(['open key', 'key bearer']);
    expect(row('exposed ports')).toEqual(['3000/tcp 4000/tcp 8080/tcp', '3000/tcp 4000/tcp']);
    expect(row('variables')?.map((names) => names.split(' ').includes('A_NEW_NAME'))).toEqual([false, true]);
    expect(JSON.stringify(rows)).not.toContain('secret-value');
    expect(row('health check')).toEqual(['CMD true (every 1 s)', 'CMD true (every 1 s)']);
    expect(row('size')?.[1]).toMatch(/^\d+ MB \(-?\d+ %\)$/);
    expect(row('only there, below /app')).toEqual(['/app/auth_integration.py', 'none']);
    expect(row('listens on')).toEqual(['4000', '4000']);
    expect(row('its own health check')?.map((told) => told.replace(/\d+ s$/, 'N s'))).toEqual([
      'healthy after N s',
      'healthy after N s',
    ]);
    expect(row('GET /v1/models, no key')).toEqual(['200', '401']);
    expect(row('GET /v1/models, right key')).toEqual(['200: sonnet', '200: sonnet']);
    expect(row('POST /v1/chat/completions')).toEqual(['200', '200']);
    expect(row('login on the wire')).toEqual(['an API key', 'the OAuth token']);
    expect(row('tools offered upstream')).toEqual(['2', '0']);
    for (const secret of [now.token, now.masterKey, old.bench.token, old.bench.masterKey])
      expect(JSON.stringify(rows)).not.toContain(secret);
  });

  test('a server that does not answer is told in its column', async () => {
    const { image } = await mutatedBench(lab, good, 'ENTRYPOINT ["false"]');
    const now = await mutatedBench(lab, good, server('["key", "bearer"]', ''), { 'server.py': SERVER });
    const old = await openOldImage(now, { kind: 'image', name: image.name }, build);
    if (old.kind === 'none') throw new Error(old.told);
    const rows = await compareImages(old.bench, now, { asks: true });
    const told = rows
      .filter(({ what }) => what.startsWith('GET') || what.startsWith('its own'))
      .map(({ before }) => before);
    expect(told).toEqual(['it ended with 1', ...Array.from({ length: 5 }, () => 'no answer')]);
  });

  test('files of an earlier state are built', async () => {
    const old = await oldTree({
      Dockerfile: 'FROM refit-lab/base:july-2025\nUSER root\n',
      'docker-compose.yml': 'services: {}\n',
    });
    expect(old.told).toMatch(
      /^HEAD \(1a2b3c4d\), (?:built in \d+ s|reused): refit-verify\/lab-compare-old:[0-9a-f]{16}$/,
    );
    if (old.kind === 'ready') await callEngine(lab.engine, ['rmi', old.bench.image.name]);
    expect(old.kind === 'ready' && old.bench.image.facts.user).toBe('root');
  });

  test.each<[string, MemoryFiles, string]>([
    [
      'a base that is not to be had',
      { Dockerfile: 'FROM refit-lab/nowhere:1\n' },
      'the base image refit-lab/nowhere:1 (Dockerfile:1) is not in the engine, and no registry gives it',
    ],
    [
      'a build that fails',
      { Dockerfile: 'FROM refit-lab/base:july-2025\nUSER root\nRUN echo it broke; exit 3\n' },
      'Dockerfile:3 does not build: ',
    ],
    ['no Dockerfile', { 'README.md': 'text\n' }, 'there is no Dockerfile at the root, and compose names none'],
    [
      'the migrated state',
      { Dockerfile: 'FROM ghcr.io/cabinlab/claude-code-sdk:python\n' },
      'its Dockerfile is on the base image already; name the commit before the migration: --compare=COMMIT',
    ],
  ])('%s is a reason, no fault', async (_name, files, reason) => {
    const old = await oldTree(files);
    expect(old.kind).toBe('none');
    expect(old.told.startsWith(`HEAD (1a2b3c4d) gives none: ${reason}`), old.told).toBe(true);
  });

  test('the same files are a reason, and so is an image that is nowhere', async () => {
    const same = await openOldImage(good, { kind: 'tree', tree: good.tree, label: 'HEAD' }, build);
    expect(same).toEqual({ kind: 'none', told: 'HEAD gives none: it has the same files' });
    const none = await openOldImage(good, { kind: 'image', name: 'refit-lab/nowhere:1' }, build);
    expect(none).toEqual({ kind: 'none', told: 'refit-lab/nowhere:1 is not in the engine, and no registry gives it' });
  });
});
