import { describe, expect, it } from 'vitest';
import { updateAuthSetup } from '../../../migrations/0001-oauth-only/steps/update-auth-setup.ts';
import { COMPOSE, fixture, runStep } from './document-run.ts';

describe('update-auth-setup', () => {
  it.each(['docs/AUTH_SETUP.md', 'AUTH_SETUP.md', 'docs/auth_setup.md'])(
    'rewrites %s section by section',
    async (path) => {
      const result = await runStep(updateAuthSetup, {
        [path]: fixture('guide-plain.before.md'),
        'docker-compose.yml': COMPOSE,
        'Dockerfile.backup': '',
      });
      expect(result.text(path)).toBe(fixture('guide-plain.after.md'));
      expect(result.notes).toEqual([]);
    },
  );

  it('replaces an overview, nested ways to log in and troubleshooting by one section at the top level', async () => {
    const text = [
      '# Authentication',
      '',
      '## Overview',
      '',
      'The login ~~is part of the web page~~ uses the terminal.',
      '',
      '## First steps',
      '',
      '### Web Authentication (👎)',
      '',
      'Broken.',
      '',
      '### CLI Authentication',
      '',
      '1. Enter: `docker exec -it proxy bash`',
      '2. Type `claude`',
      '',
      '## Using the API',
      '',
      'After authentication, call `/v1/models`.',
      '',
      '## Troubleshooting',
      '',
      '### WebSocket connection failed',
      '',
      '- Reload',
      '',
      '## Security notes',
      '',
      '- Keep port 4000 closed',
    ].join('\n');
    const result = await runStep(updateAuthSetup, { 'docs/AUTH_SETUP.md': text, 'docker-compose.yml': COMPOSE });
    const after = result.text('docs/AUTH_SETUP.md');
    expect(after.match(/^#{1,2} .*$/gm)).toEqual([
      '# Authentication',
      '## Authentication',
      '## Using the API',
      '## Security notes',
    ]);
    expect(after).toMatch(/^# Authentication\n\n## Authentication\n\nThe container logs in/);
    expect(
      after.endsWith(
        '\n\n## Using the API\n\nAfter authentication, call `/v1/models`.\n\n## Security notes\n\n- Keep port 4000 closed',
      ),
    ).toBe(true);
  });

  it('speaks of no backup where there is none', async () => {
    const result = await runStep(updateAuthSetup, { 'AUTH_SETUP.md': 'Open `/auth`.\n', 'compose.yaml': COMPOSE });
    const after = result.text('AUTH_SETUP.md');
    expect(after).toContain(
      '\n### Roll back\n\n`refit rollback` restores every file that its last run changed.\n\n### ',
    );
    expect(after).not.toContain('backup');
  });

  it('says all that a reader needs, once', async () => {
    const result = await runStep(updateAuthSetup, {
      'AUTH_SETUP.md': 'Open `/auth`.\n',
      'compose.yaml': COMPOSE,
      'Dockerfile.backup.1': '',
    });
    const after = result.text('AUTH_SETUP.md');
    for (const part of [
      'claude setup-token',
      'CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-your-token',
      'docker compose up -d --build',
      '/health/liveliness',
      '/v1/models -H',
      'the volume alone does not keep you logged in',
      'docker compose run --rm --user root --entrypoint chown proxy -R claude:claude /home/claude/.claude',
      '`Dockerfile.backup.1`',
      'set `ANTHROPIC_API_KEY` instead',
    ]) {
      expect(after.split(part).length - 1, part).toBe(1);
    }
    expect(after).toContain('`refit rollback`');
  });

  it('is done with a guide that describes the token, and skips without a guide', async () => {
    const guide = '# Auth\n\n## Login\n\nSet `CLAUDE_CODE_OAUTH_TOKEN`, or `docker exec -it proxy claude`.\n';
    expect((await runStep(updateAuthSetup, { 'docs/AUTH_SETUP.md': guide })).kind).toBe('done');
    expect((await runStep(updateAuthSetup, { 'README.md': 'Open `/auth`.\n' })).kind).toBe('skip');
  });

  it('cuts only what is broken from a guide that describes the token', async () => {
    const guide = '# Auth\n\n## Login\n\nSet `CLAUDE_CODE_OAUTH_TOKEN`.\n\n## Web login\n\nOpen `/auth`.\n';
    const result = await runStep(updateAuthSetup, { 'docs/AUTH_SETUP.md': guide });
    expect(result.text('docs/AUTH_SETUP.md')).toBe('# Auth\n\n## Login\n\nSet `CLAUDE_CODE_OAUTH_TOKEN`.\n');
  });
});
