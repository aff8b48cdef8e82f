import { beforeAll, expect, test } from 'vitest';
import { createInternalNetwork, execInContainer, startContainer } from '../../src/container/engine.ts';
import {
  canaryMasterKey,
  canaryToken,
  clearUpstream,
  setUpstreamMode,
  startUpstream,
  UPSTREAM_REPLY,
  type Upstream,
  type UpstreamMode,
  upstreamRequests,
} from '../../src/container/fake-upstream.ts';
import { probeHttp } from '../../src/container/probe.ts';
import { describeLab } from '../lab/lab.ts';

describeLab('the fake upstream', (lab) => {
  let upstream: Upstream;
  let caller = '';
  beforeAll(async () => {
    const { id: image } = await lab.base('july-2025');
    const network = await createInternalNetwork(lab.session);
    upstream = await startUpstream(lab.session, image, network);
    caller = await startContainer(lab.session, { image, role: 'caller', network, command: ['sleep', '600'] });
  });

  const post = (json: unknown, headers: Readonly<Record<string, string>> = {}, timeout = 20) =>
    probeHttp(lab.session, caller, {
      method: 'POST',
      url: `${upstream.url}/v1/messages?beta=true`,
      json,
      headers,
      timeout,
    });
  const mode = (name: UpstreamMode) => setUpstreamMode(lab.session, upstream, name);
  const events = (body: string) => [...body.matchAll(/^event: (.+)$/gm)].map(([, name]) => name);

  test('answers a message in JSON and keeps what reached it', async () => {
    await clearUpstream(lab.session, upstream);
    const token = canaryToken();
    const answer = await post({ model: 'some-model', tools: [] }, { authorization: `Bearer ${token}`, 'X-Odd': 'ü' });
    expect(answer).toMatchObject({ kind: 'answered', status: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.kind === 'answered' && JSON.parse(answer.body)).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'some-model',
      content: [{ type: 'text', text: UPSTREAM_REPLY }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 11, output_tokens: 7 },
    });
    const [seen, ...others] = await upstreamRequests(lab.session, upstream);
    expect(others).toEqual([]);
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/v1/messages?beta=true',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(JSON.parse(seen?.body ?? '')).toEqual({ model: 'some-model', tools: [] });
    await clearUpstream(lab.session, upstream);
    expect(await upstreamRequests(lab.session, upstream)).toEqual([]);
  });

  test('streams the same answer as events', async () => {
    const answer = await post({ model: 'some-model', stream: true });
    const body = answer.kind === 'answered' ? answer.body : '';
    expect(events(body)).toEqual([
      'message_start',
      'content_block_start',
      ...Array.from(UPSTREAM_REPLY.split(' '), () => 'content_block_delta'),
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const text = [...body.matchAll(/^data: (.+)$/gm)]
      .map(([, json]) => JSON.parse(json ?? '').delta?.text ?? '')
      .join('');
    expect(text).toBe(UPSTREAM_REPLY);
  });

  test.each([
    ['401', 401, 'authentication_error'],
    ['429', 429, 'rate_limit_error'],
    ['529', 529, 'overloaded_error'],
  ] as const)('answers %s when told to', async (name, status, type) => {
    await mode(name);
    const answer = await post({ model: 'some-model' });
    await mode('ok');
    expect(answer).toMatchObject({ kind: 'answered', status });
    expect(answer.kind === 'answered' && JSON.parse(answer.body)).toMatchObject({ type: 'error', error: { type } });
  });

  test('cuts a stream, hangs, and is itself again afterwards', async () => {
    await mode('cut');
    const cut = await post({ model: 'some-model', stream: true });
    expect(cut.kind === 'answered' && events(cut.body)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
    ]);
    await mode('hang');
    expect(await post({ model: 'some-model' }, {}, 2)).toMatchObject({
      kind: 'no-answer',
      reason: expect.stringMatching(/timed? ?out/i),
    });
    await mode('ok');
    expect(await post({ model: 'some-model' })).toMatchObject({ kind: 'answered', status: 200 });
  });

  test('is the only thing that its network reaches', async () => {
    const route = 'import socket; socket.create_connection(("192.0.2.1", 80), 3)';
    const outside = await execInContainer(lab.session, caller, ['python', '-c', route]);
    expect(outside).toMatchObject({
      kind: 'exited',
      exitCode: 1,
      stderr: expect.stringMatching(/unreachable|timed out/),
    });
    const elsewhere = await probeHttp(lab.session, caller, { url: 'http://no-such-name:80/', timeout: 10 });
    expect(elsewhere.kind).toBe('no-answer');
  });

  test('canaries have the real shape and are unlike each time', () => {
    expect(canaryToken()).toMatch(/^sk-ant-oat01-[A-Za-z0-9_-]{20,}$/);
    expect(canaryMasterKey()).toMatch(/^sk-[A-Za-z0-9-]{20,}$/);
    expect(canaryToken()).not.toBe(canaryToken());
  });
});
