import { describe, expect, it } from 'vitest';
import { writeEntrypoint } from '../../../migrations/0001-oauth-only/steps/write-entrypoint.ts';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import { LEGACY, onBase, runStep, templateText } from './container-family.ts';

const PATH = 'scripts/litellm-entrypoint.sh';
const TEXT = templateText('litellm-entrypoint.sh');

describe('write-entrypoint', () => {
  it('creates the script, executable, as the template has it', async () => {
    const { changes, tree, text } = await runStep(writeEntrypoint, LEGACY);
    expect(changes).toEqual({ [PATH]: 'create' });
    expect(text(PATH)).toBe(TEXT);
    expect(tree.mode(PATH as RepoPath)).toBe('755');
  });
  it('does nothing when it is there', async () => {
    const files = { ...LEGACY, [PATH]: { content: TEXT, mode: '755' as const } };
    expect((await runStep(writeEntrypoint, files)).answer).toEqual({ kind: 'done', why: `${PATH} is there` });
  });
  it('mends the mode only', async () => {
    const { changes, tree } = await runStep(writeEntrypoint, { ...LEGACY, [PATH]: TEXT });
    expect(changes).toEqual({ [PATH]: 'update' });
    expect(tree.mode(PATH as RepoPath)).toBe('755');
  });
  it.each([TEXT.replaceAll('\n', '\r\n'), '#!/bin/bash\nexec my-own\n'])(
    'refuses a script of other text (%#)',
    async (own) => {
      const { answer } = await runStep(writeEntrypoint, { ...LEGACY, [PATH]: own });
      expect(answer).toMatchObject({ kind: 'refuse', path: PATH });
    },
  );
  it('keeps a script of its own beside a Dockerfile on the base', async () => {
    const { answer, changes } = await runStep(writeEntrypoint, { ...onBase(), [PATH]: '#!/bin/bash\nexec my-own\n' });
    expect(answer.kind).toBe('skip');
    expect(changes).toEqual({});
  });
});
