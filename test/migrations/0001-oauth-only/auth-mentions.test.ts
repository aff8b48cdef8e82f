import { describe, expect, it } from 'vitest';
import { findAuthMentions } from '../../../migrations/0001-oauth-only/auth-mentions.ts';

const all = (text: string): readonly string[] =>
  findAuthMentions(text, () => true).map(({ strength, kind, text: found }) => `${strength} ${kind} ${found}`);

describe('findAuthMentions', () => {
  it.each([
    ['open `/auth` now', 'hard web-page /auth'],
    ['http://localhost:4000/auth/status', 'hard web-page /auth/status'],
    ['at <host>:4000/auth.', 'hard web-page /auth'],
    ['(http://your-server:4000/auth)', 'hard web-page /auth'],
    ['| `/auth/*` | login |', 'hard web-page /auth/*'],
    ['from auth_integration import x', 'hard removed-module auth_integration'],
    ['run ./scripts/authenticate-claude.sh', 'hard removed-file ./scripts/authenticate-claude.sh'],
    ['see simple-oauth/', 'hard removed-file simple-oauth/'],
    ['in /root/.claude.json', 'hard root-path /root/.claude.json'],
    ['- claude-auth:/root/.claude', 'hard root-path /root/.claude'],
    ['docker compose exec litellm claude', 'soft cli-login docker compose exec litellm claude'],
    ['docker exec -it c bash -c "claude"', 'soft cli-login docker exec -it c bash -c "claude"'],
    ['1. `docker exec -it c bash`\n2. Run `claude`', 'soft cli-login docker exec -it c bash'],
    ['1. `docker exec -it c bash`\n2. Run `claude`', 'soft cli-login claude'],
    ['`claude-auth login`', 'soft cli-login claude-auth login'],
    ['CLAUDE_CODE_SESSION=1', 'soft session-variable CLAUDE_CODE_SESSION'],
    ['## Web UI Login', 'soft web-login Web UI Login'],
  ])('finds %s', (text, found) => {
    expect(all(text)).toContain(found);
  });

  it.each([
    'Open /auth if the volume was removed',
    'go to /auth, as the token is deleted',
    'Go to `/auth`. The token was removed.',
    'removed volumes\nneed a visit to /auth',
  ])('heeds what else was removed in %s', (text) => {
    expect(all(text)).toContain('hard web-page /auth');
  });

  it.each([
    '/authors',
    '/oauth',
    'The page at `/auth` was removed',
    '`auth_integration.py` and `/auth` have been deleted',
    '- Removed the web login and `/auth`',
    '/v1/auth/x',
    '/v1/auth',
    '/auth.py',
    '/auth/v2/x',
    'src/auth',
    'https://console.vendor.example/auth',
    'docker exec -it c claude --version',
    'docker exec -it c claude setup-token',
    'docker exec c claude -p hi',
    'docker exec -it litellm-claude-litellm-1 bash',
    '1. `docker exec -it c bash`\n2. Run `ls`',
    'Run `claude` on your machine',
    'docker exec claude bash',
    'the volume `claude-auth`',
    'log in to the admin web UI',
    'my_auth_integration_test',
    'custom_auth.py',
  ])('does not find %s', (text) => {
    expect(all(text)).toEqual([]);
  });

  it('lets a script that is there be', () => {
    expect(findAuthMentions('scripts/authenticate.sh', () => false)).toEqual([]);
  });
});
