// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of Compose
import { describe, expect, it } from 'vitest';
import { composeShadow } from '../../../src/checks/static/compose-shadow.ts';
import { told } from '../../support/judge.ts';
import { CMD, CONFIG, compose, onBase } from './container-tree.ts';

const files = (yaml: Record<string, string>, more: Record<string, string> = {}) =>
  onBase(['COPY config/ /app/config/', 'COPY handler.py /app/config/handler.py', CMD], {
    'config/litellm_config.yaml': CONFIG,
    'handler.py': 'claude = 1\n',
    ...more,
    ...yaml,
  });
const mounts = (...lines: readonly string[]) => compose('volumes:', ...lines.map((line) => `  - ${line}`));
const OWN = { 'config/handler.py': 'claude = 1\n' };
const hides = 'the mount hides /app/config of the image (2 files) behind the files of the checkout';

describe('S15-compose-shadow', () => {
  it.each([
    ['the login volume', { 'compose.yaml': mounts('claude-auth:/home/claude/.claude') }],
    ['a folder that nothing was copied to', { 'compose.yaml': mounts('./logs:/app/logs', './x:/app/config-extra') }],
    ['a file that nothing loads', { 'compose.yaml': compose(), 'compose.dev.yaml': mounts('./none:/app/config') }],
    [
      'another service',
      {
        'compose.yaml':
          'services:\n  db:\n    image: postgres:16\n    volumes: ["./none:/app/config"]\n  proxy:\n    build: .\n',
      },
    ],
  ])('takes %s', async (_, yaml) => {
    expect(await told(composeShadow, files(yaml))).toEqual([]);
  });

  it.each([
    ['./config:/app/config:ro', OWN, `warn compose.yaml:5 ${hides}`],
    ['./config/:/app/config/', OWN, `warn compose.yaml:5 ${hides}`],
    ['{type: bind, source: ./config, target: /app/config}', OWN, `warn compose.yaml:5 ${hides}`],
    ['.:/app', {}, 'warn compose.yaml:5 the checkout hides /app of the image (2 files)'],
    [
      './settings:/app/config',
      {},
      'error compose.yaml:5 settings does not exist here: Docker makes an empty folder that hides /app/config of the image (2 files)',
    ],
    [
      './config:/app/config',
      {},
      'error compose.yaml:5 the mount hides /app/config/handler.py, which only the image has: config has no such file',
    ],
    [
      './none.py:/app/config/handler.py',
      {},
      'error compose.yaml:5 none.py does not exist here: Docker makes an empty folder that hides /app/config/handler.py of the image (1 file)',
    ],
    [
      'settings:/app/config',
      {},
      'warn compose.yaml:5 a volume hides /app/config of the image (2 files): it keeps the files of the image that first filled it',
    ],
    [
      '{type: tmpfs, target: /app/config}',
      {},
      'error compose.yaml:5 an empty tmpfs hides /app/config of the image (2 files)',
    ],
    [
      '${CONFIG_HOME}/litellm:/app/config',
      {},
      'warn compose.yaml:5 a folder outside of the checkout hides /app/config of the image (2 files)',
    ],
    [
      '/etc/litellm:/app/config',
      {},
      'warn compose.yaml:5 a folder outside of the checkout hides /app/config of the image (2 files)',
    ],
  ])('tells %j', async (mount, more, expected) => {
    expect(await told(composeShadow, files({ 'compose.yaml': mounts(mount) }, more))).toEqual([expected]);
  });

  it('takes a hidden file as found that the image has elsewhere too', async () => {
    const twice = onBase(['COPY config/ /app/config/', 'COPY handler.py /app/', 'COPY handler.py /app/config/'], {
      'config/litellm_config.yaml': CONFIG,
      'handler.py': 'claude = 1\n',
      'compose.yaml': mounts('./config:/app/config'),
    });
    expect(await told(composeShadow, twice)).toEqual([`warn compose.yaml:5 ${hides}`]);
  });

  it('reads what Compose loads by itself, and what scripts list', async () => {
    const over = 'services:\n  proxy:\n    volumes:\n      - ./config:/app/config\n';
    const auto = files({ 'docker-compose.yml': compose(), 'docker-compose.override.yml': over }, OWN);
    expect(await told(composeShadow, auto)).toEqual([`warn docker-compose.override.yml:4 ${hides}`]);
    const script = { Makefile: 'up:\n\tdocker compose -f docker-compose.yml \\\n\t  -f docker-compose.dev.yml up\n' };
    const listed = files({ 'docker-compose.yml': compose(), 'docker-compose.dev.yml': over }, { ...OWN, ...script });
    expect(await told(composeShadow, listed)).toEqual([
      `warn docker-compose.dev.yml:4 ${hides} (loaded by Makefile:2)`,
    ]);
  });
});
