import { describe, expect, it } from 'vitest';
import { prefixConsistent } from '../../../src/checks/static/prefix-consistent.ts';
import { judge, told } from '../../support/judge.ts';

const config = (models: readonly string[], provider = 'claude-code-sdk'): string =>
  [
    'model_list:',
    ...models.flatMap((model) => ['  - model_name: m', '    litellm_params:', `      model: ${JSON.stringify(model)}`]),
    'litellm_settings:',
    '  custom_provider_map:',
    `    - {"provider": "${provider}", "custom_handler": custom_handler.my_custom_llm}`,
    '',
  ].join('\n');

const code = (line: string): string =>
  `from litellm import CustomLLM\n\n\nclass P(CustomLLM):\n    def f(self):\n        ${line}\n`;

describe('S19-prefix-consistent', () => {
  it('finds models that were left behind, at their line', async () => {
    const files = { 'config/c.yaml': config(['claude-code-sdk/a', 'claude-agent-sdk/b'], 'claude-agent-sdk') };
    expect(await told(prefixConsistent, files)).toEqual([
      'error config/c.yaml:4 no provider is called claude-code-sdk',
    ]);
  });

  it('warns of a prefix it does not know beside models that reach the provider', async () => {
    const files = { 'c.yaml': config(['claude-code-sdk/a', 'brand-new/b']) };
    expect(await told(prefixConsistent, files)).toEqual(['warn c.yaml:7 no provider is called brand-new']);
    expect(await told(prefixConsistent, { 'c.yaml': config(['brand-new/b']) })).toEqual([
      'error c.yaml:4 no provider is called brand-new',
    ]);
  });

  it.each([['claude-code-sdk/*'], ['openai/gpt'], ['vertex_ai/x/y'], ['gpt-4o'], ['os.environ/MODEL']])(
    'is silent about %s',
    async (model) => {
      expect(await told(prefixConsistent, { 'c.yaml': config(['claude-code-sdk/a', model]) })).toEqual([]);
    },
  );

  it('lets custom_llm_provider speak for the model', async () => {
    const text = config(['claude-other/a']).replace(
      '"claude-other/a"',
      '"claude-other/a"\n      custom_llm_provider: claude-code-sdk',
    );
    expect(await told(prefixConsistent, { 'c.yaml': text })).toEqual([]);
  });

  it.each([
    ['raise APIError(1, message="m", llm_provider="claude-agent-sdk", model="m")'],
    ['raise litellm.exceptions.APIError(llm_provider="claude-agent-sdk")'],
    ['return model.removeprefix("claude-agent-sdk/")'],
  ])('finds another name in the code: %s', async (line) => {
    const files = { 'c.yaml': config(['claude-code-sdk/a']), 'providers/p.py': code(line) };
    expect(await told(prefixConsistent, files)).toEqual([
      'error providers/p.py:6 the provider calls itself claude-agent-sdk, which no configuration maps',
    ]);
  });

  it.each([
    ['return model.removeprefix("claude-code-sdk/")'],
    ['return model.removeprefix("claude-agent-sdk/").removeprefix("claude-code-sdk/")'],
    ['return model.split("/")[-1]'],
    ['return "see claude-agent-sdk/ for more"'],
    ['"""claude-agent-sdk/"""'],
  ])('is silent about code: %s', async (line) => {
    const files = {
      'c.yaml': config(['claude-code-sdk/a']),
      'p.py': code(line),
      'tests/test_p.py': code('x = "claude-old/"'),
    };
    expect(await told(prefixConsistent, files)).toEqual([]);
  });

  it('has nothing to judge without a provider map', async () => {
    expect(await judge(prefixConsistent, { 'c.yaml': 'model_list: []\n' })).toBe(
      'no LiteLLM configuration maps a custom provider',
    );
  });
});
