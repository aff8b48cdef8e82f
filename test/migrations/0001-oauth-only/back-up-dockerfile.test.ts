import { describe, expect, it } from 'vitest';
import { backUpDockerfile } from '../../../migrations/0001-oauth-only/steps/back-up-dockerfile.ts';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import { memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';
import { LEGACY, LEGACY_DOCKERFILE, onBase, runStep, told } from './container-family.ts';

const BYTES = Buffer.from(`\ufeff${LEGACY_DOCKERFILE.replaceAll('\n', '\r\n')}# é`, 'utf8');

describe('back-up-dockerfile', () => {
  it('copies bytes and mode', async () => {
    const { tree, changes, notes } = await runStep(backUpDockerfile, {
      ...LEGACY,
      Dockerfile: { content: BYTES, mode: '755' },
    });
    expect(changes).toEqual({ 'Dockerfile.backup': 'create' });
    expect(Buffer.compare(tree.readBytes('Dockerfile.backup' as RepoPath), BYTES)).toBe(0);
    expect(tree.mode('Dockerfile.backup' as RepoPath)).toBe('755');
    expect(told(notes)).toEqual([
      'info Dockerfile.backup: exact copy of the old Dockerfile; it still names what was deleted',
    ]);
  });

  it('keeps a backup that differs and takes the next free name', async () => {
    const files = { ...LEGACY, 'Dockerfile.backup': 'FROM old\n', 'Dockerfile.backup.1': 'FROM older\n' };
    const { changes, text } = await runStep(backUpDockerfile, files);
    expect(changes).toEqual({ 'Dockerfile.backup.2': 'create' });
    expect(text('Dockerfile.backup')).toBe('FROM old\n');
    expect(text('Dockerfile.backup.2')).toBe(LEGACY_DOCKERFILE);
  });

  it.each(['Dockerfile.backup', 'Dockerfile.backup.7'])('makes no second copy when %s is the same', async (name) => {
    const { answer, changes } = await runStep(backUpDockerfile, { ...LEGACY, [name]: LEGACY_DOCKERFILE });
    expect(answer).toEqual({ kind: 'done', why: `${name} is the same file already` });
    expect(changes).toEqual({});
  });

  it('does not take a copy of another mode for the same', async () => {
    const files = { ...LEGACY, 'Dockerfile.backup': { content: LEGACY_DOCKERFILE, mode: '755' as const } };
    expect((await runStep(backUpDockerfile, files)).changes).toEqual({ 'Dockerfile.backup.1': 'create' });
  });

  it('goes past a name that an ignored file holds on disk', async () => {
    const source = memorySource(LEGACY);
    const tree = openTree({
      ...source,
      obstacle: (path) => (path === 'Dockerfile.backup' ? 'a file that git ignores' : null),
    });
    await backUpDockerfile.run('Dockerfile' as RepoPath, tree, {
      params: { base: '', orphans: 'keep' },
      template: () => '',
      note: () => undefined,
    });
    expect(tree.changes().map(({ path }) => path)).toEqual(['Dockerfile.backup.1']);
  });

  it('backs up the Dockerfile that compose names, beside it', async () => {
    const { Dockerfile: text, ...files } = LEGACY;
    const compose = 'services:\n  litellm:\n    build:\n      context: .\n      dockerfile: docker/proxy.Dockerfile\n';
    const run = await runStep(backUpDockerfile, {
      ...files,
      'docker-compose.yml': compose,
      'docker/proxy.Dockerfile': text as string,
    });
    expect(run.changes).toEqual({ 'docker/proxy.Dockerfile.backup': 'create' });
  });

  it.each(['ghcr.io/cabinlab/claude-code-sdk:python', 'mirror.example/x/cabinlab/claude-code-sdk-docker:1.2.3-python'])(
    'leaves a Dockerfile on %s alone',
    async (base) => {
      const { answer, changes } = await runStep(backUpDockerfile, onBase(base));
      expect(answer.kind).toBe('skip');
      expect(changes).toEqual({});
    },
  );

  it('has nothing to do without a Dockerfile', async () => {
    const { Dockerfile: _, ...files } = LEGACY;
    expect((await runStep(backUpDockerfile, files)).answer).toEqual({
      kind: 'skip',
      why: 'there is no Dockerfile at the root, and compose names none',
    });
  });

  it.each([
    ['FROM python\nFORM x\n', 'unknown instruction FORM', 2],
    ['# empty\n', 'no FROM instruction', 1],
    ['ARG TAG\nFROM python:$TAG\n', 'cannot tell the base image: TAG has no default', 2],
  ])('refuses %j with its line', async (text, why, line) => {
    const { answer } = await runStep(backUpDockerfile, { ...LEGACY, Dockerfile: text });
    expect(answer).toEqual({ kind: 'refuse', why, path: 'Dockerfile', line });
  });
});
