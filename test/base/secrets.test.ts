import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/hash.ts';
import { containsSecret, findSecrets, maskSecrets } from '../../src/base/secrets.ts';

// Assembled, so that this file itself holds no secret's shape.
const oauth = `sk-ant-${'oat01-'}${'Ab3'.repeat(8)}`;
const apiKey = `sk-ant-${'api03-'}${'Zz9_-'.repeat(6)}`;
const general = `sk-${'a1'.repeat(10)}`;

describe('secrets', () => {
  test.each([oauth, apiKey, general, `x${oauth}`, `sk-${'proj-'}${'k9'.repeat(9)}`])('%s is real', (text) => {
    expect(containsSecret(text)).toBe(true);
  });

  test.each([
    'sk-1234',
    'sk-your-desired-custom-key',
    'sk-ant-oat01-your-token-here',
    'sk-ant-oat01-...',
    'sk-ant-oat01-',
    `sk-ant-${'oat'}${'a'.repeat(19)}`,
    `sk-${'a'.repeat(40)}`,
    `sk-${'1'.repeat(40)}`,
    `sk-${'a1'.repeat(9)}a`,
    `ta${'sk-force-2024-of-the-committee'}`,
    '',
  ])('%s is a placeholder', (text) => {
    expect(containsSecret(text)).toBe(false);
    expect(maskSecrets(text)).toBe(text);
  });

  test('a secret is masked to its prefix and a hash, and nothing around it changes', () => {
    const hash = (text: string): string => sha256(text).slice(0, 8);
    expect(maskSecrets(`A=${oauth}\nB="${general}" sk-1234 ${apiKey}\n`)).toBe(
      `A=sk-ant-oat01-…#${hash(oauth)}\nB="sk-…#${hash(general)}" sk-1234 sk-ant-api03-…#${hash(apiKey)}\n`,
    );
    expect(findSecrets(`ab ${oauth}`)).toMatchObject([{ start: 3, end: 3 + oauth.length }]);
  });

  test('masking twice changes nothing more', () => {
    const once = maskSecrets(`${oauth} ${general}`);
    expect(maskSecrets(once)).toBe(once);
  });
});
