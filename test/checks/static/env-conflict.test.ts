import { describe, expect, it } from 'vitest';
import { envConflict } from '../../../src/checks/static/env-conflict.ts';
import { judge, mended, told } from '../../support/judge.ts';
import { onBase, compose as service, withScript } from './container-tree.ts';

const TOKEN = 'CLAUDE_CODE_OAUTH_TOKEN=\n';
const about = (text: string): Promise<readonly string[]> => told(envConflict, { '.env.example': text });
const compose = (line: string): Readonly<Record<string, string>> => ({
  'docker-compose.yml': `services:\n  p:\n    build: .\n    environment:\n      - CLAUDE_CODE_OAUTH_TOKEN\n      - ${line}\n  ui:\n    image: ui\n    environment:\n      ANTHROPIC_API_KEY: other\n`,
});

describe('S16-env-conflict', () => {
  it.each([
    ['ANTHROPIC_API_KEY=""'],
    ["ANTHROPIC_AUTH_TOKEN=''"],
    ['ANTHROPIC_API_KEY=a-key'],
    ['CLAUDE_CODE_USE_BEDROCK=1'],
    ['export CLAUDE_CODE_USE_VERTEX=true'],
  ])('finds %s beside the token', async (line) => {
    const name = /[A-Z]\w+(?==)/.exec(line)?.[0];
    expect(await about(`${TOKEN}${line}\n`)).toEqual([`error .env.example:2 ${name} outranks CLAUDE_CODE_OAUTH_TOKEN`]);
  });

  it.each([
    ['ANTHROPIC_API_KEY='],
    ['# ANTHROPIC_API_KEY=""'],
    ['CLAUDE_CODE_USE_BEDROCK=0'],
    ['ANTHROPIC_BASE_URL=http://x'],
    ['OPENAI_API_KEY=key'],
    ["PASSWORD='a$b'"],
  ])('is silent about %s beside the token', async (line) => {
    expect(await about(`${TOKEN}${line}\n`)).toEqual([]);
  });

  it('is silent about a key without the token', async () => {
    expect(await about('ANTHROPIC_API_KEY=a-key\n')).toEqual([]);
  });

  it('warns once a file of quotes and nested variables that docker passes on', async () => {
    expect(await about(`A=""\nB=''\n${TOKEN}C=\${C:-}\nD=\${D}\n`)).toEqual([
      'warn .env.example:1 docker run --env-file passes the quotes on as the value',
      `warn .env.example:4 docker run --env-file passes \${…} on as it stands`,
    ]);
  });

  it('comments the quoted nothing out, and a real key never', async () => {
    const before = `${TOKEN}ANTHROPIC_API_KEY=""\r\nANTHROPIC_AUTH_TOKEN=real\nX=""`;
    expect((await mended(envConflict, { '.env.example': before }))['.env.example']).toBe(
      `${TOKEN}# ANTHROPIC_API_KEY=""\r\nANTHROPIC_AUTH_TOKEN=real\nX=""`,
    );
  });

  it('does not repeat a value', async () => {
    expect(
      JSON.stringify(await judge(envConflict, { '.env.example': `${TOKEN}ANTHROPIC_API_KEY=hidden\n` })),
    ).not.toContain('hidden');
  });

  it.each([
    ['ANTHROPIC_API_KEY=a', 'error docker-compose.yml:6 ANTHROPIC_API_KEY outranks CLAUDE_CODE_OAUTH_TOKEN'],
    ['ANTHROPIC_API_KEY=""', 'error docker-compose.yml:6 ANTHROPIC_API_KEY outranks CLAUDE_CODE_OAUTH_TOKEN'],
    [
      'ANTHROPIC_API_KEY',
      'warn docker-compose.yml:6 ANTHROPIC_API_KEY outranks CLAUDE_CODE_OAUTH_TOKEN as soon as it is set',
    ],
    [
      `ANTHROPIC_API_KEY=\${ANTHROPIC_API_KEY:-}`,
      'warn docker-compose.yml:6 ANTHROPIC_API_KEY outranks CLAUDE_CODE_OAUTH_TOKEN as soon as it is set',
    ],
  ])('judges the service of the provider only: %s', async (line, expected) => {
    expect(await told(envConflict, compose(line))).toEqual([expected]);
  });

  it.each(['ANTHROPIC_API_KEY=', '"ANTHROPIC_API_KEY="', 'OTHER=a'])(
    'is silent about compose with %s',
    async (line) => {
      expect(await told(envConflict, compose(line))).toEqual([]);
    },
  );

  it('is silent about an empty text in the style of a map, where YAML takes the quotes away', async () => {
    const map =
      'services:\n  p:\n    build: .\n    environment:\n      CLAUDE_CODE_OAUTH_TOKEN:\n      ANTHROPIC_API_KEY: ""\n';
    expect(await told(envConflict, { 'docker-compose.yml': map })).toEqual([]);
  });

  it.each<[string, Record<string, string>, readonly string[]]>([
    ['the image', onBase(['ENV ANTHROPIC_API_KEY=dummy']), ['error Dockerfile:2']],
    ['an empty one of the image', onBase(['ENV ANTHROPIC_API_KEY=']), []],
    ['a script', withScript('#!/bin/bash\nexport ANTHROPIC_API_KEY=dummy\nexec litellm\n'), ['error start.sh:2']],
    [
      'quotes in a list of compose',
      onBase([], { 'compose.yaml': service('environment: [\'ANTHROPIC_API_KEY=""\']') }),
      ['error compose.yaml:4'],
    ],
    [
      'the image, and a script that takes it away',
      {
        ...withScript('#!/bin/bash\nunset ANTHROPIC_API_KEY\nexec litellm\n'),
        'compose.yaml': service('environment: [ANTHROPIC_API_KEY=x]'),
      },
      [],
    ],
  ])('reads what is set by %s', async (_, files, places) => {
    const found = await told(envConflict, { ...files, '.env.example': 'CLAUDE_CODE_OAUTH_TOKEN=\n' });
    expect(found).toEqual(places.map((place) => `${place} ANTHROPIC_API_KEY outranks CLAUDE_CODE_OAUTH_TOKEN`));
  });
});
