import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  askEngine,
  buildImage,
  containerLog,
  createContainer,
  createInternalNetwork,
  createVolume,
  execInContainer,
  inspectContainer,
  inspectImage,
  readContainerPath,
  runToEnd,
  startContainer,
  stopContainer,
  waitForHealth,
} from '../../src/container/engine.ts';
import {
  canaryMasterKey,
  canaryToken,
  clearUpstream,
  setUpstreamMode,
  startUpstream,
  UPSTREAM_REPLY,
  type Upstream,
  upstreamRequests,
} from '../../src/container/fake-upstream.ts';
import { probeHttp } from '../../src/container/probe.ts';
import { describeLab } from '../lab/lab.ts';

const ROOT = new URL('../../', import.meta.url);
const SCRIPT = new URL('migrations/0001-oauth-only/templates/litellm-entrypoint.sh', ROOT);

describeLab('the image of Dockerfile.template', (lab) => {
  const token = canaryToken();
  const masterKey = canaryMasterKey();
  let checkout = '';
  let image = '';
  let network = '';
  let upstream: Upstream;
  let service = '';

  beforeAll(async () => {
    await lab.base('july-2025');
    checkout = mkdtempSync(join(tmpdir(), 'refit-template-test-'));
    cpSync(new URL('test/lab/checkout/', ROOT), checkout, { recursive: true });
    cpSync(new URL('Dockerfile.template', ROOT), join(checkout, 'Dockerfile'));
    mkdirSync(join(checkout, 'scripts'));
    // As a checkout on a file system without modes has it.
    writeFileSync(join(checkout, 'scripts/litellm-entrypoint.sh'), readFileSync(SCRIPT), { mode: 0o644 });
    const built = await buildImage(lab.session, { context: checkout, buildArgs: { WITH_DATABASE: '0' } });
    if (built.kind !== 'built') throw new Error(built.log.join('\n'));
    image = built.imageId;
    network = await createInternalNetwork(lab.session);
    upstream = await startUpstream(lab.session, image, network);
    service = await startContainer(lab.session, {
      image,
      role: 'service',
      network,
      alias: 'service',
      env: {
        LITELLM_MASTER_KEY: masterKey,
        CLAUDE_CODE_OAUTH_TOKEN: token,
        ANTHROPIC_BASE_URL: upstream.url,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      },
    });
  });
  afterAll(() => rmSync(checkout, { recursive: true, force: true }));

  const run = (command: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runToEnd(lab.session, { image, role: 'short', command, env });
  const ask = (path: string, key?: string, json?: unknown) =>
    probeHttp(lab.session, upstream.container, {
      url: `http://service:4000${path}`,
      ...(json !== undefined && { method: 'POST', json }),
      ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
      timeout: 120,
    });
  const question = { model: 'sonnet', messages: [{ role: 'user', content: 'Who answers?' }] };

  test('becomes healthy with every capability dropped, at no cost upstream', async () => {
    const health = await waitForHealth(lab.session, service, { timeout: 300_000 });
    if (health.kind !== 'healthy')
      throw new Error(JSON.stringify([health, await containerLog(lab.engine, service, 50)]));
    expect(await upstreamRequests(lab.session, upstream)).toEqual([]);
  });

  test('runs as claude and owns what it must write', async () => {
    const site = 'import sysconfig; print(sysconfig.get_path("purelib"))';
    const script = [
      'id -u',
      `site="$(python -c '${site}')"`,
      'for path in litellm/proxy/_experimental/out litellm_proxy_extras prisma; do test -w "$site/$path" && echo "$path"; done',
      'test -w "$site/litellm/proxy" || echo "not the rest"',
      'test -d "$site/litellm/proxy/__pycache__" && echo compiled',
    ].join('\n');
    const seen = await execInContainer(lab.session, service, ['bash', '-c', script]);
    expect(seen.stdout.split('\n')).toEqual([
      '1001',
      'litellm/proxy/_experimental/out',
      'litellm_proxy_extras',
      'prisma',
      'not the rest',
      'compiled',
      '',
    ]);
    const container = await createContainer(lab.session, { image, role: 'files' });
    const files = (await readContainerPath(lab.session, container, '/app/config')) ?? [];
    expect(files.map(({ path, uid, gid }) => [path, uid, gid])).toEqual([
      ['app/config', 1001, 1001],
      ['app/config/custom_handler.py', 1001, 1001],
      ['app/config/litellm_config.yaml', 1001, 1001],
    ]);
    const [script755] = (await readContainerPath(lab.session, container, '/usr/local/bin/litellm-entrypoint.sh')) ?? [];
    expect(script755).toMatchObject({ mode: 0o755, uid: 0 });
  });

  test('listens on 4000 only and lets nobody in without the key', async () => {
    const closed = await probeHttp(lab.session, upstream.container, { url: 'http://service:3000/', timeout: 5 });
    expect(closed).toMatchObject({ kind: 'no-answer', reason: expect.stringContaining('refused') });
    expect(await ask('/health/liveliness')).toMatchObject({ status: 200, body: `"I'm alive!"` });
    expect(await ask('/v1/models')).toMatchObject({ status: 401 });
    expect(await ask('/v1/models', 'sk-some-other-key')).toMatchObject({ status: 400 });
    const models = await ask('/v1/models', masterKey);
    const names = (text: string) => (JSON.parse(text) as { data: { id: string }[] }).data.map(({ id }) => id);
    expect(models.kind === 'answered' && names(models.body).sort()).toEqual(['opus', 'sonnet']);
  });

  test('answers a chat with the OAuth token on the wire and the master key inside', async () => {
    await clearUpstream(lab.session, upstream);
    const answer = await ask('/v1/chat/completions', masterKey, question);
    expect(answer).toMatchObject({ kind: 'answered', status: 200 });
    expect(answer.kind === 'answered' && JSON.parse(answer.body).choices[0].message.content).toBe(UPSTREAM_REPLY);
    const seen = (await upstreamRequests(lab.session, upstream)).filter(({ path }) => path.startsWith('/v1/messages'));
    expect(seen.length).toBeGreaterThan(0);
    for (const { headers } of seen) {
      expect(headers['authorization']).toBe(`Bearer ${token}`);
      expect(headers['anthropic-beta']).toContain('oauth-2025-04-20');
      expect(headers).not.toHaveProperty('x-api-key');
    }
    expect(JSON.stringify(seen)).not.toContain(masterKey);
  });

  // An overloaded upstream is retried for minutes by the claude command itself.
  test.each(['401', 'cut'] as const)('survives an upstream that answers %s', async (mode) => {
    await setUpstreamMode(lab.session, upstream, mode);
    const answer = await ask('/v1/chat/completions', masterKey, question);
    await setUpstreamMode(lab.session, upstream, 'ok');
    expect(answer.kind).toBe('answered');
    expect((await inspectContainer(lab.engine, service))?.running).toBe(true);
    expect(await ask('/health/liveliness')).toMatchObject({ status: 200 });
  });

  test('its health check fails where nothing listens', async () => {
    const idle = await startContainer(lab.session, { image, role: 'idle', command: ['sleep', '600'] });
    const healthcheck = (await inspectImage(lab.engine, image))?.healthcheck;
    const [, ...command] = healthcheck?.test ?? [];
    expect(command[0]).toBe('python');
    expect(await execInContainer(lab.session, idle, command)).toMatchObject({ exitCode: 1 });
    expect(await execInContainer(lab.session, service, command)).toMatchObject({ exitCode: 0 });
    const proxied = { env: { http_proxy: 'http://127.0.0.1:9' } };
    expect(await execInContainer(lab.session, service, command, proxied)).toMatchObject({ exitCode: 0 });
  });

  test('refuses to serve without a proper key and passes other commands through', async () => {
    expect(await run([])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('LITELLM_MASTER_KEY is not set'),
    });
    const wrong = await run([], { LITELLM_MASTER_KEY: 'wrong-shape' });
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('must start with "sk-"') });
    expect(wrong.stderr).not.toContain('wrong-shape');
    const python = await run(['python', '--version']);
    expect(python).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Python 3\.\d+\.\d+\n$/) });
    expect(await run(['sh', '-c', 'exit 7'])).toMatchObject({ exitCode: 7 });
    expect(await run(['no-such-program'])).toMatchObject({ exitCode: 127 });
  });

  test('writes the login once, and says how to repair a volume that root wrote', async () => {
    const login =
      'stat -c "%U %a" ~/.claude/.credentials.json; grep -c "$CLAUDE_CODE_OAUTH_TOKEN" ~/.claude/.credentials.json';
    const fresh = await run(['sh', '-c', login], { CLAUDE_CODE_OAUTH_TOKEN: token });
    expect(fresh).toMatchObject({ exitCode: 0, stdout: 'claude 600\n2\n' });
    expect(fresh.stderr.match(/OAuth authentication setup complete/g)).toHaveLength(1);

    const volume = await createVolume(lab.session, 'auth');
    const mounts = [{ source: volume, target: '/home/claude/.claude' }];
    const old = { image, role: 'old', user: 'root', mounts, hardened: false };
    await runToEnd(lab.session, { ...old, entrypoint: 'sh', command: ['-c', 'chown -R 0:0 /home/claude/.claude'] });
    const start = { image, role: 'start', mounts, command: ['id', '-un'], env: { CLAUDE_CODE_OAUTH_TOKEN: token } };
    const refused = await runToEnd(lab.session, start);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    const repair = /docker (run .*)$/m.exec(refused.stderr)?.[1] ?? '';
    const words = repair.replace('VOLUME', volume).replace('IMAGE', image).split(' ');
    await askEngine(lab.engine, words);
    expect(await runToEnd(lab.session, start)).toMatchObject({ exitCode: 0, stdout: 'claude\n' });
  });

  test('never writes a secret to its log, and ends when asked', async () => {
    const { stdout, stderr } = await containerLog(lab.engine, service);
    expect(`${stdout}${stderr}`).not.toContain(token);
    expect(`${stdout}${stderr}`).not.toContain(masterKey);
    await stopContainer(lab.session, service, 30);
    expect(await inspectContainer(lab.engine, service)).toMatchObject({ running: false, exitCode: 0 });
  });
});
