import { describe, expect, it } from 'vitest';
import { handlerResolves } from '../../../src/checks/static/handler-resolves.ts';
import { told } from '../../support/judge.ts';
import { CMD, CONFIG, compose, onBase } from './container-tree.ts';

const HANDLER = 'claude = object()\n';
const image = (copies: readonly string[], files: Record<string, string> = {}, cmd: string = CMD) =>
  onBase(['COPY config/ /app/config/', ...copies, cmd], {
    'config/litellm_config.yaml': CONFIG,
    'handler.py': HANDLER,
    ...files,
  });
const BESIDE = 'COPY handler.py /app/config/';
const PROVIDERS = {
  'handler.py': 'from providers.claude import Claude\n\nclaude = Claude()\n',
  'providers/claude.py': 'class Claude: ...\n',
};
const missing =
  'blocker config/litellm_config.yaml:3 the provider handler.claude is not in the image: LiteLLM looks for /app/config/handler.py';

describe('S18-handler-resolves', () => {
  it.each([
    ['a file beside the configuration', image([BESIDE])],
    ['a file of the configuration folder', image([], { 'config/handler.py': HANDLER })],
    [
      'a module in a folder',
      image(['COPY providers/ /app/config/providers/'], {
        'config/litellm_config.yaml': CONFIG.replace('handler.claude', 'providers.claude.claude'),
        'providers/claude.py': HANDLER,
      }),
    ],
    [
      'a handler of an earlier stage',
      onBase([], {
        Dockerfile: `FROM x AS b\nCOPY handler.py /src/\n${onBase(['COPY config/ /app/config/', 'COPY --from=b /src/ /app/config/', CMD])['Dockerfile']}`,
        'config/litellm_config.yaml': CONFIG,
        'handler.py': HANDLER,
      }),
    ],
    [
      'a handler that a mount brings',
      image([], { 'compose.yaml': compose('volumes: ["./handler.py:/app/config/handler.py"]') }),
    ],
    ['an imported name', image([BESIDE], { 'handler.py': 'from litellm import thing as claude\n' })],
    [
      'a provider on PYTHONPATH',
      image([BESIDE, 'COPY providers/ /srv/providers/', 'ENV PYTHONPATH=/srv:/other'], PROVIDERS),
    ],
    ['a provider in the working directory', image([BESIDE, 'COPY providers/ /app/providers/'], PROVIDERS)],
    [
      'a handler that finds its provider itself',
      image([BESIDE, 'COPY providers/ /srv/providers/'], {
        ...PROVIDERS,
        'handler.py': `import sys\nsys.path.append("/srv")\n${PROVIDERS['handler.py']}`,
      }),
    ],
    [
      'a provider that may be missing',
      image([BESIDE, 'COPY providers/ /srv/providers/'], {
        ...PROVIDERS,
        'handler.py': 'try:\n    import providers.claude\nexcept ImportError:\n    providers = None\nclaude = 1\n',
      }),
    ],
    [
      'a package of the same name as a folder that is not copied',
      image([BESIDE], { 'handler.py': 'import litellm\nclaude = litellm\n' }),
    ],
    [
      'a configuration that another option names',
      image(
        ['COPY config/ /etc/l/', 'COPY handler.py /etc/l/'],
        {},
        'CMD ["litellm", "--config=/etc/l/litellm_config.yaml"]',
      ),
    ],
  ])('takes %s', async (_, files) => {
    expect(await told(handlerResolves, files)).toEqual([]);
  });

  it.each([
    ['no copy', image([]), missing],
    ['a copy elsewhere', image(['COPY handler.py /opt/']), missing],
    ['a file that the ignore file keeps out', image([BESIDE], { '.dockerignore': 'handler.py\n' }), missing],
    [
      'another object',
      image([BESIDE], { 'handler.py': 'my_llm = 1\n' }),
      'blocker config/litellm_config.yaml:3 handler.py defines no claude, which config/litellm_config.yaml names',
    ],
    [
      'a name without module',
      image([BESIDE], { 'config/litellm_config.yaml': CONFIG.replace('handler.claude', 'claude') }),
      'blocker config/litellm_config.yaml:3 claude names no object of a module',
    ],
    [
      'a provider that is not on the path',
      image([BESIDE, 'COPY providers/ /app/config/providers/'], PROVIDERS),
      'blocker handler.py:1 handler.py imports providers.claude, which is not on the import path of the image',
    ],
    [
      'a configuration that nothing brings',
      onBase([CMD]),
      'blocker Dockerfile:2 the configuration cannot be read: nothing of the checkout is copied or mounted to /app/config/litellm_config.yaml',
    ],
    [
      'a configuration that is no YAML',
      image([BESIDE], { 'config/litellm_config.yaml': 'a: [\n' }),
      expect.stringContaining('blocker config/litellm_config.yaml:'),
    ],
    [
      'a handler on the import path only',
      image(['COPY handler.py /app/']),
      'warn config/litellm_config.yaml:3 the provider handler.claude is found on the import path only, which older versions of LiteLLM do not look at',
    ],
  ])('tells %s', async (_, files, message) => {
    expect(await told(handlerResolves, files)).toEqual([message]);
  });

  it('has nothing to say without a custom provider', async () => {
    expect(await told(handlerResolves, image([], { 'config/litellm_config.yaml': 'model_list: []\n' }))).toEqual([
      'not applicable: config/litellm_config.yaml maps no custom provider',
    ]);
  });

  it('does not pass a handler that is no Python', async () => {
    const files = onBase(['COPY config/ handler.py /app/config/', CMD], {
      'config/litellm_config.yaml': CONFIG,
      'handler.py': 'x = 1\ndef claude(:\n    pass\n',
    });
    expect(await told(handlerResolves, files)).toEqual([
      'error handler.py:2 handler.py cannot be read as Python, so nothing tells whether it defines what config/litellm_config.yaml names',
    ]);
  });
});
