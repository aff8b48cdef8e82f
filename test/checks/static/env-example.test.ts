// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of Compose
import { describe, expect, it } from 'vitest';
import { envExample } from '../../../src/checks/static/env-example.ts';
import { judge, told } from '../../support/judge.ts';
import { CMD, CONFIG, compose, onBase } from './container-tree.ts';

const GOOD = 'LITELLM_MASTER_KEY=sk-choose-your-own\nCLAUDE_CODE_OAUTH_TOKEN=\n';
const about = (text: string): Promise<readonly string[]> => told(envExample, { '.env.example': text });

describe('S17-env-example', () => {
  it.each([
    [GOOD],
    ['LITELLM_MASTER_KEY=\n# CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-…\n'],
    ['export LITELLM_MASTER_KEY=<your key>\r\nCLAUDE_CODE_OAUTH_TOKEN=\r\n'],
    ['LITELLM_MASTER_KEY=sk-abc\nANTHROPIC_API_KEY=your-key\n'],
    [`${GOOD}POSTGRES_PASSWORD=choose a\nDATABASE_URL=postgresql://u:choose%20a@db:5432/d\n`],
    [`${GOOD}POSTGRES_PASSWORD=a\nDATABASE_URL=postgresql://u:\${POSTGRES_PASSWORD}@db/d\n`],
    [`${GOOD}WEBUI_SECRET_KEY=your-random-secret-key-here-0123456789\n`],
    [`${GOOD}OTHER_KEY=xxxxxxxxxxxxxxxxxxxx0000\n`],
  ])('is silent about %j', async (text) => {
    expect(await about(text)).toEqual([]);
  });

  it('names what is missing at the last line', async () => {
    expect(await about('LITELLM_LOG=INFO\nANTHROPIC_API_KEY=""\n')).toEqual([
      'error .env.example:2 LITELLM_MASTER_KEY is missing',
      'error .env.example:2 CLAUDE_CODE_OAUTH_TOKEN is missing',
    ]);
  });

  it.each([
    ['my-key', 'it does not begin with sk-'],
    ['sk-1234', 'everybody knows it'],
    ['sk-a1b2', 'it is short enough to be guessed'],
  ])('judges the shape of the key %s', async (key, why) => {
    expect(await about(`LITELLM_MASTER_KEY=${key}\nCLAUDE_CODE_OAUTH_TOKEN=\n`)).toEqual([
      `error .env.example:1 the placeholder of LITELLM_MASTER_KEY would not do as a key: ${why}`,
    ]);
  });

  it('finds a value that looks real and does not repeat it', async () => {
    const value = '9f86d081884c7d659a2feaa0';
    const found = await judge(envExample, { '.env.example': `${GOOD}SESSION_SECRET=${value}\n` });
    expect(found).toMatchObject([
      { severity: 'error', line: 3, message: 'SESSION_SECRET holds a value that looks real' },
    ]);
    expect(JSON.stringify(found)).not.toContain(value);
  });

  it('finds two passwords for one database and repeats neither', async () => {
    const found = await judge(envExample, {
      '.env.example': `${GOOD}POSTGRES_PASSWORD=first-one\nDATABASE_URL=postgresql://u:second-one@db:5432/d\n`,
    });
    expect(found).toMatchObject([{ severity: 'warn', line: 4, failureMode: 'FM-33' }]);
    expect(JSON.stringify(found)).not.toMatch(/first-one|second-one/);
  });

  it('wants what compose and the configuration read without a default', async () => {
    const files = {
      '.env.example': GOOD,
      'docker-compose.yml': `services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: \${POSTGRES_PASSWORD}\n      POSTGRES_USER: \${DB_USER:-u}\n  p:\n    build: .\n`,
      'config/c.yaml':
        'general_settings:\n  database_url: os.environ/DATABASE_URL\nlitellm_settings:\n  custom_provider_map: []\n',
    };
    expect(await told(envExample, files)).toEqual([
      'error .env.example:2 POSTGRES_PASSWORD is missing, which docker-compose.yml reads',
      'error .env.example:2 DATABASE_URL is missing, which config/c.yaml reads',
    ]);
  });

  it('wants the names in the main example only', async () => {
    expect(await told(envExample, { '.env.webui.example': 'PORT=1\n' })).toEqual([]);
  });

  it('has nothing to judge without an example', async () => {
    expect(await judge(envExample, { '.env': 'A=b\n' })).toBe(
      'there is no example environment file, and no master key is written out',
    );
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    [
      'compose',
      { 'compose.yaml': compose('environment: {LITELLM_MASTER_KEY: sk-1234}') },
      ['compose.yaml:4 everybody knows it'],
    ],
    [
      'a default of compose',
      { 'compose.yaml': compose("environment: ['LITELLM_MASTER_KEY=${LITELLM_MASTER_KEY:-my-key}']") },
      ['compose.yaml:4 it does not begin with sk-'],
    ],
    [
      'no default',
      { 'compose.yaml': compose("environment: ['LITELLM_MASTER_KEY=${LITELLM_MASTER_KEY:?set it}']") },
      [],
    ],
    ['a file that nothing loads', { 'compose.dev.yaml': compose('environment: {LITELLM_MASTER_KEY: sk-1234}') }, []],
    [
      'the configuration',
      { 'config/litellm_config.yaml': `${CONFIG}general_settings:\n  master_key: sk-1234\n` },
      ['config/litellm_config.yaml:5 everybody knows it'],
    ],
    [
      'its reference to the environment',
      { 'config/litellm_config.yaml': `${CONFIG}general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY\n` },
      [],
    ],
  ])('judges a key of %s', async (_, more, expected) => {
    const files = onBase(['COPY config/ /app/config/', CMD], {
      'config/litellm_config.yaml': CONFIG,
      '.env.example': GOOD,
      ...more,
    });
    expect(await told(envExample, files)).toEqual(
      expected.map((one) => `error ${one.replace(' ', ' LITELLM_MASTER_KEY has a value for everybody: ')}`),
    );
  });
});
