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

  const DEPLOYMENT =
    'command: ["/app/entrypoint.sh"]\n# command: /root/.claude\nargs: [/app/kept/startup.py]\nmountPath: /root/.claude\npath: /auth/status\n';
  const ON_BASE = 'FROM ghcr.io/cabinlab/claude-code-sdk:python\nCOPY kept/ /app/kept/\n';

  it('names what files that run the image say of the old one, and no comment, path of another thing or compose file', async () => {
    const files = { Dockerfile: ON_BASE, 'kept/startup.py': '' };
    const result = await runStep(noteOtherDocuments, {
      ...files,
      'deploy/proxy.yaml': DEPLOYMENT,
      'fly.toml': 'destination = "/root/.claude.json"\npath = "/authors"\n',
      'docker-compose.yml': 'services: {a: {image: x, volumes: ["b:/root/.claude"]}}\n',
      'scripts/smoke.sh': 'curl -f localhost:4000/auth\n',
      'src/routes.ts': 'get("/auth")\n',
      'vendor/x/deploy.yaml': DEPLOYMENT,
    });
    expect(result.notes).toEqual([
      'todo deploy/proxy.yaml:1 starts /app/entrypoint.sh, which the new image does not have',
      'todo deploy/proxy.yaml:4 names /root/.claude: the new image keeps its login in /home/claude/.claude',
      'todo deploy/proxy.yaml:5 asks for /auth/status, a page of the removed login',
      'todo fly.toml:1 names /root/.claude.json: the new image keeps its login in /home/claude/.claude',
      'todo scripts/smoke.sh:1 asks for /auth, a page of the removed login',
    ]);
    expect(result.changed).toEqual([]);
  });

  it('says nothing of launchers where the image is not on the base', async () => {
    const old = { Dockerfile: 'FROM python:3.11\n', 'a.yaml': 'command: /app/entrypoint.sh\n' };
    expect((await runStep(noteOtherDocuments, old)).notes).toEqual([]);
  });
});
