import { describe, expect, it } from 'vitest';
import { secretsInTree } from '../../../src/checks/static/secrets-in-tree.ts';
import { judge, told } from '../../support/judge.ts';

const OAUTH = `sk-ant-${'oat01-'}${'aB3dE6gH9'.repeat(3)}`;
const PLAIN = `sk-${'0a1b2c3d4e'.repeat(3)}`;

describe('S25-secrets-in-tree', () => {
  it('tells file and line of each, and never the value', async () => {
    const found = await judge(secretsInTree, {
      'config/a.yaml': `key: x\ntoken: "${OAUTH}"\n`,
      '.archive/old.txt': `${PLAIN}\n`,
    });
    expect(typeof found === 'string' ? found : found.map(({ path, line, severity }) => [path, line, severity])).toEqual(
      [
        ['.archive/old.txt', 1, 'blocker'],
        ['config/a.yaml', 2, 'blocker'],
      ],
    );
    const text = JSON.stringify(found);
    expect(text).toMatch(/sk-ant-oat01-…#[0-9a-f]{8}/);
    expect(text).not.toContain(OAUTH.slice(13, 22));
    expect(text).not.toContain(PLAIN.slice(3, 13));
  });

  it('tells the same secret of one line once', async () => {
    expect(await told(secretsInTree, { a: `${PLAIN} ${PLAIN}\n${PLAIN}` })).toEqual([
      'blocker a:1 a real secret stands in a',
      'blocker a:2 a real secret stands in a',
    ]);
  });

  it('reads binary files too', async () => {
    const bytes = Buffer.concat([Buffer.from([0, 255]), Buffer.from(OAUTH), Buffer.from([0])]);
    expect(await told(secretsInTree, { 'data.db': bytes })).toEqual([
      'blocker data.db: a real secret stands in data.db',
    ]);
  });

  it.each([
    'sk-ant-oat01-your-token-here',
    'sk-ant-oat01-...',
    'sk-your-desired-custom-key-of-your-own-choice',
    'sk-1234',
    'task-0a1b2c3d4e0a1b2c3d4e0a1b2c3d4e',
    'sk-dev-test-key',
  ])('takes %s for a placeholder', async (text) => {
    expect(await told(secretsInTree, { '.env.example': `KEY=${text}\n` })).toEqual([]);
  });

  it('leaves links alone', async () => {
    expect(await told(secretsInTree, { link: { content: OAUTH, mode: 'link' } })).toEqual([]);
  });
});
