import { describe, expect, it } from 'vitest';
import { tidyGitignore } from '../../../migrations/0001-oauth-only/steps/tidy-gitignore.ts';
import { LEGACY, onBase, runStep, told } from './container-family.ts';

const run = (text: string, more = {}) => runStep(tidyGitignore, { ...LEGACY, ...more, '.gitignore': text });

describe('tidy-gitignore', () => {
  it('removes lines that name exactly what was deleted', async () => {
    const { text, changes, notes } = await run(
      'a\r\nauth_integration.py\r\n/simple-oauth/\r\nscripts/claude-auth.sh\r\nb',
    );
    expect(changes).toEqual({ '.gitignore': 'update' });
    expect(text('.gitignore')).toBe('a\r\nb');
    expect(notes).toEqual([]);
  });
  it('keeps a line whose file is there', async () => {
    expect((await run('auth_integration.py\n', { 'auth_integration.py': '' })).answer.kind).toBe('done');
    expect((await run('simple-oauth/\n', { 'simple-oauth/x': '' })).answer.kind).toBe('done');
  });
  it('keeps patterns, negations and longer names', async () => {
    const text =
      '*token*\ntest_*.sh\n.env\n*auth*\n!auth_integration.py\nauth_integration.pyc\nsimple-oauth-2/\n# auth_integration.py';
    const { answer, changes } = await run(text);
    expect(answer.kind).toBe('done');
    expect(changes).toEqual({});
  });
  it.each([
    ['*.sh', '*.sh\n!/scripts/litellm-entrypoint.sh'],
    ['*.backup\n', '*.backup\n!/Dockerfile.backup\n'],
    ['scripts/\n', 'scripts/\n!/scripts/\n/scripts/*\n!/scripts/litellm-entrypoint.sh\n'],
    ['.*\n!.gitignore\n', '.*\n!.gitignore\n!/.dockerignore\n'],
    ['scripts/*\n!scripts/litellm-entrypoint.sh\n', 'scripts/*\n!scripts/litellm-entrypoint.sh\n'],
  ])('brings a new file back that %j hides', async (before, after) => {
    const { text, notes } = await run(before);
    expect(text('.gitignore')).toBe(after);
    expect(notes).toEqual([]);
  });
  it('brings back the backup under the name it got', async () => {
    const { text } = await run('*.1\n', { 'Dockerfile.backup': 'x', 'Dockerfile.backup.1': 'y' });
    expect(text('.gitignore')).toBe('*.1\n!/Dockerfile.backup.1\n');
  });
  it('is done on its own result', async () => {
    const first = await run('scripts/\n*.backup\nauth_integration.py');
    expect((await run(first.text('.gitignore'))).answer.kind).toBe('done');
  });
  it('names what it cannot bring back', async () => {
    const { text, notes, changes } = await run('**\n');
    expect(changes).toEqual(text('.gitignore') === '**\n' ? {} : { '.gitignore': 'update' });
    expect(told(notes).every((note) => note.startsWith('todo .gitignore:1 "**" hides '))).toBe(true);
  });
  it('has nothing to do without the file, and on the base', async () => {
    expect((await runStep(tidyGitignore, LEGACY)).answer.kind).toBe('skip');
    expect((await runStep(tidyGitignore, { ...onBase(), '.gitignore': 'auth_integration.py\n' })).answer.kind).toBe(
      'skip',
    );
  });
});
