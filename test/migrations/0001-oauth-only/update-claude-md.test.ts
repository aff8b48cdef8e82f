import { describe, expect, it } from 'vitest';
import { updateClaudeMd } from '../../../migrations/0001-oauth-only/steps/update-claude-md.ts';
import { COMPOSE, fixture, runStep } from './document-run.ts';

const BESIDE = {
  'docker-compose.yml': COMPOSE,
  'docs/AUTH_SETUP.md': 'CLAUDE_CODE_OAUTH_TOKEN\n',
  'startup.py': '',
  'Dockerfile.backup': '',
};

describe('update-claude-md', () => {
  it('keeps CRLF and a missing final newline, and names a line on the old Dockerfile', async () => {
    const result = await runStep(updateClaudeMd, { 'CLAUDE.md': fixture('claude-crlf.before.md'), ...BESIDE });
    expect(result.text('CLAUDE.md')).toBe(fixture('claude-crlf.after.md'));
    expect(result.notes).toEqual([
      'info CLAUDE.md:17 words on the removed login were cut here',
      'info CLAUDE.md:19 describes the Dockerfile from before the migration: see whether it still holds',
      'info CLAUDE.md:23 words on the removed login were cut here',
    ]);
  });

  it('rewrites lists, a table and an environment example', async () => {
    const result = await runStep(updateClaudeMd, { 'CLAUDE.md': fixture('claude-lists.before.md'), ...BESIDE });
    expect(result.text('CLAUDE.md')).toBe(fixture('claude-lists.after.md'));
    expect(result.notes).toEqual(['info CLAUDE.md:5 words on the removed login were cut here']);
  });

  it('replaces a statement on where the login is kept and keeps its number', async () => {
    const text = '# C\n\n1. Edit\n2. OAuth tokens persist at `/root/.claude.json`\n3. Test\n';
    const result = await runStep(updateClaudeMd, { 'CLAUDE.md': text, ...BESIDE });
    expect(result.text('CLAUDE.md')).toMatch(
      /^# C\n\n1\. Edit\n2\. The Claude login comes from `CLAUDE_CODE_OAUTH_TOKEN`, which must be in the environment at every start\n3\. Test\n\n## Authentication\n/,
    );
  });

  it('speaks of no backup where there is none', async () => {
    const result = await runStep(updateClaudeMd, { 'CLAUDE.md': '# C\n\nOpen `/auth`.\n', 'compose.yml': COMPOSE });
    expect(result.text('CLAUDE.md')).toContain('CLAUDE_CODE_OAUTH_TOKEN');
    expect(result.text('CLAUDE.md')).not.toMatch(/backup|roll back/i);
  });

  it('replaces the way through the shell of the container, step by step', async () => {
    const text =
      '# C\n\n## CLI\n\n1. `docker compose up -d`\n2. `docker compose exec proxy bash`\n3. Run `claude`\n4. Test\n';
    const result = await runStep(updateClaudeMd, { 'CLAUDE.md': text, ...BESIDE });
    expect(result.text('CLAUDE.md')).not.toMatch(/exec proxy bash|Run `claude`/);
    expect(result.text('CLAUDE.md')).toContain('\n2. **Give the container your Claude OAuth token.**');
  });

  it('is done with a file that says that the old login was removed', async () => {
    const text = '# C\n\nThe web login (`/auth`, `auth_integration.py`) was removed in spring; use a token.\n';
    const result = await runStep(updateClaudeMd, { 'CLAUDE.md': text, ...BESIDE });
    expect([result.kind, result.changed]).toEqual(['done', []]);
  });

  it('is done with a file that says nothing about logging in', async () => {
    const result = await runStep(updateClaudeMd, {
      'CLAUDE.md': '# C\n\n- `.env`: variables (uses OAuth)\n',
      ...BESIDE,
    });
    expect([result.kind, result.changed]).toEqual(['done', []]);
  });

  it('leaves a link alone, and names it when it leads to the removed login', async () => {
    const link = { content: 'docs/AGENTS.md', mode: 'link' as const };
    const stale = await runStep(updateClaudeMd, { 'CLAUDE.md': link, 'docs/AGENTS.md': 'Open `/auth`.\n' });
    expect([stale.changed, stale.notes]).toEqual([
      [],
      [
        'warning CLAUDE.md:undefined a symbolic link to docs/AGENTS.md, which speaks of the removed login: left alone, change that file',
      ],
    ]);
    expect((await runStep(updateClaudeMd, { 'CLAUDE.md': link, 'docs/AGENTS.md': 'Use it.\n' })).kind).toBe('done');
    expect((await runStep(updateClaudeMd, { 'CLAUDE.md': link })).kind).toBe('done');
  });
});
