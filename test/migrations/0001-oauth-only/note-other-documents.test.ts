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

  it('notes the targets of a Makefile or justfile that log in by the removed way', async () => {
    const result = await runStep(noteOtherDocuments, {
      Makefile:
        'up:\n\tdocker compose up -d\n\nsign-in:\n\tdocker compose exec proxy claude login\n\npage:\n\topen http://localhost:4000/auth\n',
      'tools/justfile': 'login:\n    docker exec -it proxy claude\n',
      'build.mk': 'all:\n\tdocker build .\n',
    });
    expect(result.notes).toEqual([
      'warning Makefile:5 speaks of the removed login: docker compose exec proxy claude login',
      'todo Makefile:8 speaks of the removed login: /auth',
      'warning tools/justfile:2 speaks of the removed login: docker exec -it proxy claude',
    ]);
    expect(result.changed).toEqual([]);
  });
});
