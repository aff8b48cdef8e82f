/** What a deployment of this checkout gives its server, as far as it is no secret. Pure. */
import type { Project } from '../checks/project.ts';
import { resolveYamlAlias, type YamlNode, yamlNodeAt } from '../editors/yaml.ts';
import type { SourceLine } from './define.ts';

/** Names whose values are secrets, or steer which login or database is used: canaries stand in their place. */
const OURS = /TOKEN|KEY|SECRET|PASSW|CREDENTIAL|^ANTHROPIC_|^DATABASE_|^CLAUDE_CODE_USE_|_PROXY$/i;

/** What compose sets on the provider's service in the files that it loads by itself. */
export interface ServiceSettings {
  readonly env: Readonly<Record<string, string>>;
  /** Takes the place of the image's CMD; undefined when compose sets none, or as one string. */
  readonly command: readonly string[] | undefined;
}

/** Plain values only: one that comes from the caller's environment, or that is a secret, is left out. */
export function serviceSettings({ composeFiles }: Project): ServiceSettings {
  const services = composeFiles.filter(({ loaded }) => loaded === 'auto').flatMap((file) => file.providerServices);
  const env: Record<string, string> = {};
  let command: readonly string[] | undefined;
  for (const each of services) {
    for (const { name, value } of each.environment) {
      if (value === null || value.includes('${') || OURS.test(name)) continue;
      env[name] = value;
    }
    const words = each.command?.words;
    if (words !== undefined && typeof words !== 'string' && !words.some((word) => word.includes('${'))) command = words;
  }
  return { env, command };
}

/** A model of the configuration's `model_list`, and where it stands. */
export interface ListedModel extends SourceLine {
  readonly name: string;
}

/** The names under which the configuration offers its models; those with a wildcard are patterns, no names. */
export function listedModels({ config }: Project): readonly ListedModel[] {
  if (config.kind !== 'read') return [];
  const list = yamlNodeAt(config.yaml, ['model_list']);
  if (list?.kind !== 'list') return [];
  return list.items.flatMap(({ value }) => {
    const name = scalarAt(resolveYamlAlias(value), 'model_name');
    return name === null ? [] : [{ name: name.text, path: config.path, line: name.line }];
  });
}

function scalarAt(node: YamlNode, key: string): { readonly text: string; readonly line: number } | null {
  const entry = node.kind === 'map' ? node.entries.find(({ name }) => name === key) : undefined;
  const value = entry === undefined ? null : resolveYamlAlias(entry.value);
  return value?.kind === 'scalar' ? { text: String(value.value), line: value.line } : null;
}
