import { beforeAll, expect, test } from 'vitest';
import { type Bench, openBench } from '../../src/container/bench.ts';
import { liveChat } from '../../src/container/checks/live-chat.ts';
import { tokenShape } from '../../src/container/checks/token-shape.ts';
import { askEngine, RUN_LABEL } from '../../src/container/engine.ts';
import { upstreamRequests } from '../../src/container/fake-upstream.ts';
import { askLive } from '../../src/container/live.ts';
import { network } from '../../src/container/network.ts';
import { goodBench, mutatedBench } from '../lab/good-image.ts';
import { describeLab } from '../lab/lab.ts';

// No request of a test ever reaches the real service: the container is put on the network of the fake upstream.
const TOKEN = `sk-ant-oat01-${'Ab1_'.repeat(20)}`;
const REFUSES = `import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self): self.answer(200, "alive")
    def do_POST(self):
        import os
        self.rfile.read(int(self.headers["content-length"]))
        if os.path.exists("/app/counts"):
            return self.answer(200, {"usage": {"prompt_tokens": 9, "completion_tokens": 1}, "choices": [{"message": {"content": "yes"}}]})
        self.answer(401, {"error": "no such token: " + os.environ["CLAUDE_CODE_OAUTH_TOKEN"]})
    def log_message(self, *_): pass
ThreadingHTTPServer(("0.0.0.0", 4000), Handler).serve_forever()
`;

describeLab('a request with a real login, at the fake upstream', (lab) => {
  let good: Bench;
  beforeAll(async () => {
    good = await goodBench(lab);
  });

  /** Makes the request where nothing gets out, for the check to judge. */
  async function rehearse(bench: Bench) {
    const around = await network(bench);
    const env = { ANTHROPIC_BASE_URL: around.upstream.url, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
    const outcome = await bench.once('live', () => askLive(bench, { network: around.network, env }));
    return { outcome, around };
  }

  test('carries the token, tells what the server counted, and leaves no container with it', async () => {
    const bench = openBench({ ...good, live: { token: TOKEN } });
    const { outcome, around } = await rehearse(bench);
    expect(outcome).toMatchObject({ kind: 'answered', model: 'sonnet', answer: { status: 200 } });
    // The provider of the lab counts nothing.
    expect(outcome).toMatchObject({ told: 'one request to sonnet: 200, no tokens told, no price told' });
    const requests = (await upstreamRequests(bench.session, around.upstream)).filter(({ path }) =>
      path.startsWith('/v1/messages'),
    );
    expect(new Set(requests.map(({ headers }) => headers['authorization']))).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(await liveChat.run(bench)).toEqual({ kind: 'holds' });
    expect(await tokenShape.run(bench)).toEqual({ kind: 'holds' });
    const list = ['ps', '--all', '--filter', `label=${RUN_LABEL}=${lab.session.id}`, '--format', '{{.Names}}'];
    expect(await askEngine(lab.engine, list)).not.toContain('-live');
    expect(bench.safe(`a ${TOKEN} b ${TOKEN}`)).toMatch(/^a token…#[0-9a-f]{8} b token…#[0-9a-f]{8}$/);
  });

  test('refused, it is a finding without the token', async () => {
    const layer = 'COPY server.py /app/server.py\nENTRYPOINT ["python", "/app/server.py"]';
    const image = await mutatedBench(lab, good, layer, { 'server.py': REFUSES });
    const bench = openBench({ ...image, live: { token: TOKEN } });
    await rehearse(bench);
    const answer = await liveChat.run(bench);
    expect(answer).toMatchObject({
      kind: 'findings',
      findings: [{ message: 'a request with the real login gets no answer' }],
    });
    expect(JSON.stringify(answer)).toContain('no such token: token…#');
    expect(JSON.stringify(answer)).not.toContain(TOKEN);
  });

  test('what the server says that it cost is told', async () => {
    const layer = 'COPY server.py /app/server.py\nRUN touch /app/counts\nENTRYPOINT ["python", "/app/server.py"]';
    const image = await mutatedBench(lab, good, layer, { 'server.py': REFUSES });
    const { outcome } = await rehearse(openBench({ ...image, live: { token: TOKEN } }));
    const told = 'one request to sonnet: 200, 9 tokens in, 1 out as the provider counts them, no price told';
    expect(outcome).toMatchObject({ told });
  });

  test('a token of the wrong shape is never sent', async () => {
    const bench = openBench({ ...good, live: { token: `"${TOKEN}"` } });
    expect(await liveChat.run(bench)).toEqual({
      kind: 'cannot',
      why: 'the token has no proper shape: see L02-token-shape',
    });
    const shape = await tokenShape.run(bench);
    expect(shape).toMatchObject({ kind: 'findings', findings: [{ seen: 'it holds a quote', failureMode: 'FM-24' }] });
    expect(JSON.stringify(shape)).not.toContain(TOKEN);
  });

  test('without --live nothing of it is asked', async () => {
    const why = { kind: 'not-asked', why: 'no real login was asked for (--live)' };
    expect([await liveChat.run(good), await tokenShape.run(good)]).toEqual([why, why]);
  });
});
