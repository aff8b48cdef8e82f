import { describe, expect, it } from 'vitest';
import { extendEnvExample } from '../../../migrations/0001-oauth-only/steps/extend-env-example.ts';
import { LEGACY, onBase, runStep, told } from './container-family.ts';

const TOKEN =
  '# REQUIRED: Claude OAuth token, printed by `claude setup-token` (one line, no quotes)\nCLAUDE_CODE_OAUTH_TOKEN=';
const run = (text: string, name = '.env.example') => runStep(extendEnvExample, { ...LEGACY, [name]: text });

describe('extend-env-example', () => {
  it('adds the token after the master key and comments out what outranks it', async () => {
    const before = [
      '# head',
      'LITELLM_MASTER_KEY=sk-x # note',
      'OPENAI_API_KEY=""',
      '# Anthropic',
      'ANTHROPIC_API_KEY=""',
      "export ANTHROPIC_AUTH_TOKEN=''",
      'CLAUDE_CODE_USE_BEDROCK=',
      'LAST="x"',
    ].join('\n');
    const { text, changes, notes } = await run(before);
    expect(changes).toEqual({ '.env.example': 'update' });
    expect(text('.env.example')).toBe(
      [
        '# head',
        'LITELLM_MASTER_KEY=sk-x # note',
        TOKEN,
        'OPENAI_API_KEY=""',
        '# Anthropic',
        '# ANTHROPIC_API_KEY=""',
        "# export ANTHROPIC_AUTH_TOKEN=''",
        '# CLAUDE_CODE_USE_BEDROCK=',
        'LAST="x"',
      ].join('\n'),
    );
    expect(notes).toEqual([]);
  });
  it('adds at the end without a master key, with the line ends of the file', async () => {
    expect((await run('A=1\r\nB=2')).text('.env.example')).toBe(`A=1\r\nB=2\r\n${TOKEN.replace('\n', '\r\n')}`);
  });
  it('keeps a key with a value, and names it', async () => {
    const { text, notes } = await run('ANTHROPIC_API_KEY=your-key\n');
    expect(text('.env.example')).toBe(`ANTHROPIC_API_KEY=your-key\n${TOKEN}\n`);
    expect(told(notes)).toEqual([
      'warning .env.example:1 ANTHROPIC_API_KEY outranks CLAUDE_CODE_OAUTH_TOKEN: leave it out of .env to use the token',
    ]);
  });
  it('is done when the token is named and nothing outranks it', async () => {
    expect((await run('CLAUDE_CODE_OAUTH_TOKEN=x\n# ANTHROPIC_API_KEY=""\n')).answer.kind).toBe('done');
  });
  it('creates no example and never touches .env', async () => {
    const { answer, changes } = await runStep(extendEnvExample, { ...LEGACY, '.env': 'ANTHROPIC_API_KEY=""\n' });
    expect(answer).toEqual({ kind: 'skip', why: 'there is no example environment file' });
    expect(changes).toEqual({});
  });
  it('leaves a checkout on the base alone', async () => {
    const { answer } = await runStep(extendEnvExample, { ...onBase(), '.env.example': 'A=1\n' });
    expect(answer.kind).toBe('skip');
  });

  it('takes the example of the file that compose loads for the proxy, and one that the README names', async () => {
    const compose = 'services:\n  proxy:\n    build: .\n    env_file: app.env\n';
    const run = async (name: string, files: Readonly<Record<string, string>>) =>
      (await runStep(extendEnvExample, { ...LEGACY, [name]: 'A=1\n', ...files })).changes;
    expect(await run('app.env.example', { 'compose.yaml': compose })).toEqual({ 'app.env.example': 'update' });
    expect(await run('app.env.sample', { 'README.md': 'cp app.env.sample app.env\n' })).toEqual({
      'app.env.sample': 'update',
    });
    expect(await run('other.env.example', { 'compose.yaml': compose, 'README.md': 'my-other.env.example\n' })).toEqual(
      {},
    );
    expect(await run('.env.sample', {})).toEqual({ '.env.sample': 'update' });
  });
});
