import {
  compileGlobs,
  findCalls,
  HISTORY_GLOBS,
  listImports,
  parentOf,
  parseYaml,
  type ReadonlyTree,
  type Recognition,
  type RepoPath,
  stringLiterals,
} from '../../src/authoring.ts';

/** The SDK packages that a provider of this family talks to Claude with. */
const CLAUDE_SDK = /^claude_(code|agent)_sdk(\.|$)/;
const CONTAINER_FILES = ['{Dockerfile,Containerfile}*', '{docker-,}compose*.{yml,yaml}'];
const PROJECT_FILES =
  /^((Dockerfile|Containerfile)(\..*)?|(docker-)?compose[^/]*\.ya?ml|requirements\.txt|pyproject\.toml)$/;

interface Provider {
  readonly path: RepoPath;
  /** Folder that the provider's project is rooted in; null for the root of the checkout. */
  readonly project: RepoPath | null;
}

/**
 * Evidence, not names: a provider in Python that puts the Claude SDK behind LiteLLM's CustomLLM, a LiteLLM configuration
 * that maps a custom provider, and a container file, all rooted in this folder.
 */
export async function recognize(tree: ReadonlyTree): Promise<Recognition> {
  const providers = await findProviders(tree);
  const here = providers.filter((provider) => provider.project === null);
  const configs = await findProviderConfigs(tree);
  const container = tree.paths(...CONTAINER_FILES).concat(tree.paths('*/{Dockerfile,Containerfile}*'));
  const reasons: string[] = [];
  if (here.length === 0)
    reasons.push(
      'no Python file here puts the Claude SDK behind LiteLLM (a CustomLLM that imports claude_code_sdk or claude_agent_sdk)',
    );
  if (configs.length === 0) reasons.push('no LiteLLM configuration here has a custom_provider_map');
  if (container.length === 0) reasons.push('there is no Dockerfile and no compose file here');
  if (reasons.length === 0)
    return { kind: 'target', evidence: [...here.map(({ path }) => path), ...configs, ...container] };
  const elsewhere = [...new Set(providers.flatMap(({ project }) => (project === null ? [] : [project])))];
  return {
    kind: 'refuse',
    reasons: [...reasons, ...lookAlikes(tree)],
    ...(elsewhere.length === 0
      ? {}
      : {
          hint: `the provider's project lies deeper: ${elsewhere.map((folder) => `refit plan ${folder}`).join(', ')}`,
        }),
  };
}

async function findProviders(tree: ReadonlyTree): Promise<readonly Provider[]> {
  const inHistory = compileGlobs([...HISTORY_GLOBS]);
  const providers: Provider[] = [];
  for (const path of await tree.search(['CustomLLM', 'custom_provider_map'])) {
    if (!path.endsWith('.py') || inHistory(path)) continue;
    const text = tree.tryReadText(path);
    if (text !== null && isProvider(text)) providers.push({ path, project: projectOf(tree, path) });
  }
  return providers;
}

function isProvider(text: string): boolean {
  const imports = listImports(text);
  if (!imports.some(({ module }) => module === 'litellm' || module.startsWith('litellm.'))) return false;
  return imports.some(({ module }) => CLAUDE_SDK.test(module)) || runsClaudeProgram(text);
}

/** The earliest forms of the family start the `claude` program themselves. */
function runsClaudeProgram(text: string): boolean {
  const starters = ['*.create_subprocess_exec', 'subprocess.run', 'subprocess.Popen', 'subprocess.check_output'];
  if (findCalls(text, starters).length === 0) return false;
  return stringLiterals(text).some(({ value }) => value === 'claude' || value?.endsWith('/claude') === true);
}

/** The nearest folder at or above the file that holds a file of a project; null is the root. */
function projectOf(tree: ReadonlyTree, path: RepoPath): RepoPath | null {
  for (let folder = parentOf(path); folder !== null; folder = parentOf(folder)) {
    const prefix = `${folder}/`;
    const isProjectFile = (file: RepoPath): boolean =>
      file.startsWith(prefix) && !file.includes('/', prefix.length) && PROJECT_FILES.test(file.slice(prefix.length));
    if (tree.paths().some(isProjectFile)) return folder;
  }
  return null;
}

async function findProviderConfigs(tree: ReadonlyTree): Promise<readonly RepoPath[]> {
  const found: RepoPath[] = [];
  for (const path of await tree.search(['custom_provider_map'])) {
    if (!/\.ya?ml$/.test(path)) continue;
    const text = tree.tryReadText(path);
    if (text !== null && mapsProvider(text)) found.push(path);
  }
  return found;
}

function mapsProvider(text: string): boolean {
  const yaml = parseYaml(text);
  if (yaml.kind === 'refused') return /^\s*custom_provider_map:/m.test(text);
  return yaml.documents.some(({ value }) => {
    const settings = (value as { litellm_settings?: { custom_provider_map?: unknown } } | null)?.litellm_settings;
    return Array.isArray(settings?.custom_provider_map) && settings.custom_provider_map.length > 0;
  });
}

/** Names what the checkout looks like instead, when its shape is known. */
function lookAlikes(tree: ReadonlyTree): readonly string[] {
  const dockerfile = tree
    .paths('Dockerfile*')
    .map((path) => tree.tryReadText(path) ?? '')
    .join('\n');
  const reasons: string[] = [];
  if (/^FROM\s+node:/im.test(dockerfile) && tree.paths('scripts/docker-entrypoint.sh').length > 0) {
    reasons.push('it looks like the base image itself, which this migration builds upon');
  }
  const module = tree.paths('**/auth_integration.py')[0];
  if (module !== undefined)
    reasons.push(`${module} exists, but a file of that name means something else without a provider beside it`);
  return reasons;
}
