import { describe, expect, it } from 'vitest';
import { noteOtherDocuments } from '../../../migrations/0001-oauth-only/steps/note-other-documents.ts';
import { runStep } from './document-run.ts';

describe('note-other-documents', () => {
  it('notes with path and line, once a line, and edits nothing', async () => {
    const result = await runStep(noteOtherDocuments, {
      'docs/OPERATIONS.md':
        '# Ops\n\nOpen `/auth` and see `/auth/status`.\n\nRun `docker exec -it proxy claude login`.\n',
      'docs/guide.rst': 'The login is kept in /root/.claude.\n',
    });
    expect(result.notes).toEqual([
      'todo docs/OPERATIONS.md:3 speaks of the removed login: /auth',
      'warning docs/OPERATIONS.md:5 speaks of the removed login: docker exec -it proxy claude login',
      'todo docs/guide.rst:1 speaks of the removed login: /root/.claude',
    ]);
    expect(result.changed).toEqual([]);
  });

  it('takes out a command that runs a deleted script and an entry that only links to one', async () => {
    const result = await runStep(noteOtherDocuments, {
      'docs/OPERATIONS.md':
        '# Ops\n\n- [Log in](../scripts/auth-container.sh)\n- [Start](../run.sh)\n\n```sh\nmake up\n# log in\n./scripts/auth-container.sh\n```\n',
      'run.sh': '',
    });
    expect(result.text('docs/OPERATIONS.md')).toBe('# Ops\n\n- [Start](../run.sh)\n\n```sh\nmake up\n```\n');
    expect(result.notes).toEqual([]);
  });

  it('leaves history, vendored text and the rewritten documents alone', async () => {
    const text = 'Open `/auth`.\n';
    const result = await runStep(noteOtherDocuments, {
      'CHANGELOG.md': text,
      '.archive/old.md': text,
      'node_modules/x/README.md': text,
      'README.md': text,
      'CLAUDE.md': text,
      'docs/AUTH_SETUP.md': text,
    });
    expect([result.kind, result.notes]).toEqual(['done', []]);
  });

  it('takes soft words as the choice of a document that describes the token', async () => {
    const text = 'Set CLAUDE_CODE_OAUTH_TOKEN, or run `docker exec -it proxy claude`.\n';
    expect((await runStep(noteOtherDocuments, { 'docs/X.md': text })).kind).toBe('done');
  });
});
