import { expect, test } from 'vitest';
import { inspectImage, runToEnd } from '../../src/container/engine.ts';
import { canaryToken } from '../../src/container/fake-upstream.ts';
import { describeLab } from './lab.ts';
import { REAL_NAMES } from './shapes.ts';
import { lendRealNames, standInBase } from './stand-in-base.ts';

const COMMON = {
  user: 'claude',
  workingDirectory: '/app',
  ports: ['3000/tcp'],
  entrypoint: ['/usr/local/bin/docker-entrypoint.sh'],
  command: ['sleep', 'infinity'],
  healthcheck: null,
};
const REPORT = [
  'id -u',
  'command -v curl || echo "no curl"',
  'command -v wget || echo "no wget"',
  'command -v jq || echo "no jq"',
  'for tool in git node npm python pip claude; do command -v $tool; done',
  'claude --version',
  "python -c \"import pkgutil; print([name for name in ('claude_code_sdk', 'claude_agent_sdk') if pkgutil.find_loader(name)])\"",
  'test -w /opt/venv/lib || echo "venv of root"',
  'test -w /app && echo "own folder"',
].join('\n');

describeLab('the stand-in base', (lab) => {
  test.each([
    ['july-2025', '/usr/local/sbin', 'no curl', '/usr/local/bin/claude', '1.0.64 (Claude Code)', "['claude_code_sdk']"],
    [
      'february-2026',
      '/home/claude/.local/bin',
      '/usr/bin/curl',
      '/home/claude/.local/bin/claude',
      '2.1.330 (Claude Code)',
      "['claude_agent_sdk']",
    ],
  ] as const)('keeps the contract of %s', async (shape, second, curl, cliPath, version, sdk) => {
    const { id } = await standInBase(lab.engine, shape);
    const facts = await inspectImage(lab.engine, id);
    expect(facts).toMatchObject(COMMON);
    expect(facts?.env).toMatchObject({ PORT: '3000', VIRTUAL_ENV: '/opt/venv' });
    expect(facts?.env['PATH']?.split(':').slice(0, 2)).toEqual(['/opt/venv/bin', second]);
    const seen = await runToEnd(lab.session, {
      image: id,
      role: 'report',
      entrypoint: 'bash',
      command: ['-c', REPORT],
    });
    expect(seen.stdout.split('\n')).toEqual([
      ...['1001', curl, 'no wget', 'no jq', '/usr/bin/git', '/usr/local/bin/node', '/usr/local/bin/npm'],
      ...['/opt/venv/bin/python', '/opt/venv/bin/pip', cliPath, version, sdk, 'venv of root', 'own folder', ''],
    ]);
  });

  test('its entrypoint writes the login from the environment and runs the command', async () => {
    const { id } = await lab.base('july-2025');
    const token = canaryToken();
    const script = 'cd; stat -c "%U %a" .claude/.credentials.json .claude.json; cat .claude/.credentials.json';
    const command = ['sh', '-c', script];
    const seen = await runToEnd(lab.session, {
      image: id,
      role: 'login',
      command,
      env: { CLAUDE_CODE_OAUTH_TOKEN: token },
    });
    const lines = seen.stdout.split('\n');
    expect(lines.slice(1, 4)).toEqual(['OAuth authentication setup complete', 'claude 600', 'claude 600']);
    expect(JSON.parse(lines.slice(4).join('\n'))).toMatchObject({
      claudeAiOauth: {
        accessToken: token,
        refreshToken: token,
        expiresAt: expect.any(String),
        scopes: ['read', 'write'],
      },
    });
    const none = await runToEnd(lab.session, { image: id, role: 'login', command: ['sh', '-c', 'ls -a ~/.claude'] });
    expect(none.stdout).not.toContain('.credentials.json');
  });

  test('is built once and takes no name that another image has', async () => {
    const base = await standInBase(lab.engine, 'july-2025');
    expect(await standInBase(lab.engine, 'july-2025')).toEqual(base);
    const lent = await lendRealNames(lab.engine, base);
    for (const name of REAL_NAMES) {
      const holder = await inspectImage(lab.engine, name);
      expect(holder?.id === base.id).toBe(lent.includes(name));
    }
  });
});
