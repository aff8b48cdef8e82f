import type { RepoPath } from '../../base/repo-path.ts';
import { findCalls, stringLiterals } from '../../editors/python.ts';
import { parseYaml, resolveYamlAlias, type YamlDocument, type YamlNode, yamlNodeAt } from '../../editors/yaml.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';
import { isTestFile, type LiveFile, liveFilesWith } from '../live-files.ts';
import { LITELLM_PROVIDERS } from './litellm-providers.ts';

const ID = 'S19-prefix-consistent';

/** A word of a configuration or of code, and where it stands. */
interface Placed {
  readonly word: string;
  readonly path: RepoPath;
  readonly line: number;
}

interface Config {
  /** Names of `custom_provider_map`. */
  readonly providers: readonly Placed[];
  /** What the models are prefixed with. */
  readonly prefixes: readonly Placed[];
}

interface Input {
  readonly configs: readonly Config[];
  readonly code: readonly LiveFile[];
}

/** Model prefixes, the provider map and the provider's code speak of one name. */
export const prefixConsistent = defineCheck<Input>({
  id: ID,
  title: 'Model prefixes, provider map and code agree on one name',
  severity: 'error',
  description:
    'LiteLLM sends a request to the custom provider whose name stands before the slash of the model. A name that was changed in one place only is found ' +
    'by the first request: "LLM Provider NOT provided". Compared are the models of each configuration with a custom_provider_map, the map itself, and ' +
    "what the provider's code calls itself (llm_provider=, a prefix that it cuts off).",
  examples: {
    bad: 'model: "claude-agent-sdk/sonnet"   with   custom_provider_map: [{provider: claude-code-sdk, …}]',
    good: 'model: "claude-code-sdk/sonnet"    with   custom_provider_map: [{provider: claude-code-sdk, …}]',
  },
  needs: ['python'],
  searchWords: () => ['custom_provider_map', 'CustomLLM'],
  select: async (tree) => {
    const configs = (await liveFilesWith(tree, 'custom_provider_map', '**/*.{yml,yaml}')).flatMap(readConfig);
    if (configs.length === 0) return { kind: 'skip', why: 'no LiteLLM configuration maps a custom provider' };
    return { kind: 'applies', input: { configs, code: await providerCode(tree) } };
  },
  run: ({ configs, code }) => [...configs.flatMap(modelFindings), ...codeFindings(configs, code)],
});

async function providerCode(tree: ReadonlyTree): Promise<readonly LiveFile[]> {
  return (await liveFilesWith(tree, 'CustomLLM', '**/*.py')).filter(({ path }) => !isTestFile(path));
}

function readConfig({ path, text }: LiveFile): readonly Config[] {
  const yaml = parseYaml(text);
  if (yaml.kind === 'refused') return [];
  return yaml.documents.flatMap((document) => {
    const providers = itemsAt(document, ['litellm_settings', 'custom_provider_map']).flatMap((item) =>
      scalarIn(path, item, 'provider'),
    );
    const models = itemsAt(document, ['model_list']).flatMap((item) => {
      const settings = entryOf(item, 'litellm_params');
      if (settings === null) return [];
      const named = scalarIn(path, settings, 'custom_llm_provider');
      return named.length > 0 ? named : scalarIn(path, settings, 'model').flatMap(prefixOf);
    });
    return providers.length === 0 ? [] : [{ providers, prefixes: models }];
  });
}

function itemsAt(document: YamlDocument, place: readonly string[]): readonly YamlNode[] {
  const node = yamlNodeAt(document, place);
  return node?.kind === 'list' ? node.items.map(({ value }) => resolveYamlAlias(value)) : [];
}

function entryOf(node: YamlNode, key: string): YamlNode | null {
  const entry = node.kind === 'map' ? node.entries.find(({ name }) => name === key) : undefined;
  return entry === undefined ? null : resolveYamlAlias(entry.value);
}

function scalarIn(path: RepoPath, node: YamlNode, key: string): readonly Placed[] {
  const value = entryOf(node, key);
  return value?.kind === 'scalar' ? [{ word: value.source, path, line: value.line }] : [];
}

/** A model without a slash, or one that the environment names, has no prefix to compare. */
function prefixOf({ word, ...place }: Placed): readonly Placed[] {
  const at = word.indexOf('/');
  return at <= 0 || word.startsWith('os.environ/') ? [] : [{ word: word.slice(0, at), ...place }];
}

function modelFindings({ providers, prefixes }: Config): readonly Finding[] {
  const mapped = new Set(providers.map(({ word }) => word));
  const isUsed = prefixes.some(({ word }) => mapped.has(word));
  return prefixes
    .filter(({ word }) => !mapped.has(word) && !LITELLM_PROVIDERS.has(word))
    .map(({ word, path, line }) => ({
      check: ID,
      // A provider that a later LiteLLM brings is possible beside models that do reach the custom one.
      severity: /claude/i.test(word) || !isUsed ? ('error' as const) : ('warn' as const),
      message: `no provider is called ${word}`,
      expected: `a prefix of custom_provider_map (${[...mapped].join(', ')}) or of LiteLLM itself`,
      seen: `${word}/`,
      subject: word,
      path,
      line,
      failureMode: 'FM-30',
      next: 'give the models and custom_provider_map the same name',
    }));
}

function codeFindings(configs: readonly Config[], code: readonly LiveFile[]): readonly Finding[] {
  const mapped = new Set(configs.flatMap(({ providers }) => providers.map(({ word }) => word)));
  return code.flatMap((file) => {
    const names = namesInCode(file);
    // Code that knows one of the names may know older ones beside it.
    if (names.some(({ word }) => mapped.has(word))) return [];
    return names.map(({ word, path, line }) => ({
      check: ID,
      severity: 'error' as const,
      message: `the provider calls itself ${word}, which no configuration maps`,
      expected: [...mapped].join(' or '),
      seen: word,
      subject: word,
      path,
      line,
      failureMode: 'FM-30',
      next: 'use the name of custom_provider_map in the code too',
    }));
  });
}

/** What a provider calls itself: `llm_provider="…"` of a call, and prefixes with their slash that have Claude in them. */
function namesInCode({ path, text }: LiveFile): readonly Placed[] {
  const literals = stringLiterals(text).filter(({ docstring }) => !docstring);
  const prefixes = literals.flatMap(({ value, line }) => {
    const word = /^([\w.-]*claude[\w.-]*)\/$/i.exec(value ?? '')?.[1];
    return word === undefined ? [] : [{ word, path, line }];
  });
  const calls = findCalls(text, ['*.APIError', '*.CustomLLMError', 'APIError', 'CustomLLMError', ...EXCEPTIONS]);
  const labels = calls.flatMap(({ args, line }) =>
    args.flatMap(({ name, value }) => (name === 'llm_provider' && value ? [{ word: value, path, line }] : [])),
  );
  return [...prefixes, ...labels].sort((a, b) => a.line - b.line);
}

/** Exceptions of LiteLLM that carry the provider's name. */
const EXCEPTIONS = [
  'APIConnectionError',
  'AuthenticationError',
  'BadRequestError',
  'InternalServerError',
  'NotFoundError',
  'RateLimitError',
  'ServiceUnavailableError',
  'Timeout',
].flatMap((name) => [name, `*.${name}`]);
