import { rememberByText } from '../../base/memo.ts';
import { resolveAlias } from '../yaml/value.ts';
import { parseYaml, type YamlScalar } from '../yaml.ts';
import { type Child, childrenOf, entriesOf, itemsOf, textOf, within } from './children.ts';
import type {
  ComposeBuild,
  ComposeCommand,
  ComposeEnvFile,
  ComposeExtends,
  ComposeHealthcheck,
  ComposeResult,
  ComposeService,
  ComposeVariable,
  ComposeVolume,
} from './model.ts';
import { readMounts, readPorts } from './read-mounts.ts';

/**
 * Reads a compose text: services and volumes of all its documents; `x-` blocks only where an alias uses them. Values of
 * a shape that Compose would not accept are left out. Refuses, with the line, what is not readable YAML.
 */
export const readCompose: (text: string) => ComposeResult = rememberByText((text) => {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') return { kind: 'refused', why: parsed.why, line: parsed.line };
  const services: ComposeService[] = [];
  const volumes: ComposeVolume[] = [];
  for (const [document, { root, line }] of parsed.documents.entries()) {
    if (root === null || (root.kind === 'scalar' && root.source === '')) continue;
    if (resolveAlias(root).kind !== 'map') return { kind: 'refused', why: 'not a compose file: no mapping', line };
    services.push(...childrenOf(root, 'services').map((child) => readService(child, document, text)));
    volumes.push(...childrenOf(root, 'volumes').map((child) => readVolume(child, document)));
  }
  return { kind: 'read', file: { documents: parsed.documents.length, services, volumes } };
});

function readService(child: Child, document: number, text: string): ComposeService {
  const get = (name: string): Child | null => within(child, name);
  const environment = get('environment');
  return {
    name: child.name,
    document,
    line: child.line,
    viaAlias: child.viaAlias,
    keys: entriesOf(child).map(({ name, line, viaAlias }) => ({ name, line, viaAlias })),
    image: textOf(get('image')),
    build: readBuild(get('build'), text),
    environment: readVariables(environment, text),
    environmentStyle:
      environment?.node.kind === 'scalar' ? null : ((environment?.node.kind as 'list' | 'map' | undefined) ?? null),
    envFiles: readEnvFiles(get('env_file')),
    mounts: readMounts(get('volumes')),
    ports: [...readPorts(get('ports'), false), ...readPorts(get('expose'), true)],
    extends: readExtends(get('extends')),
    dependsOn: readDependsOn(get('depends_on')),
    command: readCommand(get('command')),
    entrypoint: readCommand(get('entrypoint')),
    healthcheck: readHealthcheck(get('healthcheck')),
    user: textOf(get('user')),
    profiles: readWords(get('profiles')),
  };
}

function readBuild(child: Child | null, text: string): ComposeBuild | null {
  if (child === null) return null;
  const { line, viaAlias } = child;
  if (child.node.kind === 'map') {
    return {
      context: textOf(within(child, 'context')),
      dockerfile: textOf(within(child, 'dockerfile')),
      target: textOf(within(child, 'target')),
      args: readVariables(within(child, 'args'), text),
      inline: within(child, 'dockerfile_inline') !== null,
      line,
      viaAlias,
    };
  }
  const context = textOf(child);
  return context === null ? null : { context, dockerfile: null, target: null, args: [], inline: false, line, viaAlias };
}

function readVariables(child: Child | null, text: string): readonly ComposeVariable[] {
  if (child === null) return [];
  const raw = (node: YamlScalar): string => text.slice(node.start, node.end);
  const fromItem = (item: Child): readonly ComposeVariable[] => {
    if (item.node.kind !== 'scalar') return [];
    const equals = item.node.source.indexOf('=');
    const name = equals === -1 ? item.node.source : item.node.source.slice(0, equals);
    const value = equals === -1 ? null : item.node.source.slice(equals + 1);
    return [{ name, value, raw: raw(item.node), line: item.line, viaAlias: item.viaAlias }];
  };
  const fromEntry = (entry: Child): readonly ComposeVariable[] => {
    if (entry.node.kind !== 'scalar') return [];
    const value = entry.node.value === null ? null : entry.node.source;
    return [{ name: entry.name, value, raw: raw(entry.node), line: entry.line, viaAlias: entry.viaAlias }];
  };
  return child.node.kind === 'list' ? itemsOf(child).flatMap(fromItem) : entriesOf(child).flatMap(fromEntry);
}

function readEnvFiles(child: Child | null): readonly ComposeEnvFile[] {
  if (child === null) return [];
  const items = child.node.kind === 'list' ? itemsOf(child) : [child];
  return items.flatMap((item): readonly ComposeEnvFile[] => {
    const path = item.node.kind === 'map' ? textOf(within(item, 'path')) : textOf(item);
    const required = item.node.kind === 'map' ? within(item, 'required') : null;
    const optional = required?.node.kind === 'scalar' && required.node.value === false;
    return path === null ? [] : [{ path, required: !optional }];
  });
}

function readWords(child: Child | null): readonly string[] {
  if (child === null) return [];
  const items = child.node.kind === 'list' ? itemsOf(child) : [child];
  return items.flatMap((item) => textOf(item)?.text ?? []);
}

function readExtends(child: Child | null): ComposeExtends | null {
  if (child === null) return null;
  const service = child.node.kind === 'map' ? textOf(within(child, 'service')) : textOf(child);
  const file = child.node.kind === 'map' ? textOf(within(child, 'file')) : null;
  return service === null ? null : { service: service.text, file: file?.text ?? null, line: child.line };
}

function readDependsOn(child: Child | null): ComposeService['dependsOn'] {
  if (child === null) return [];
  if (child.node.kind === 'list') {
    return itemsOf(child).flatMap((item) => {
      const service = textOf(item);
      return service === null ? [] : [{ service: service.text, condition: null, line: item.line }];
    });
  }
  return entriesOf(child).map((entry) => {
    return { service: entry.name, condition: textOf(within(entry, 'condition'))?.text ?? null, line: entry.line };
  });
}

function readCommand(child: Child | null): ComposeCommand | null {
  if (child === null) return null;
  const { line, viaAlias } = child;
  if (child.node.kind === 'list') {
    const words = itemsOf(child).map((item) => textOf(item)?.text ?? '');
    return { words, line, viaAlias };
  }
  const text = textOf(child);
  return text === null ? null : { words: text.text, line, viaAlias };
}

function readHealthcheck(child: Child | null): ComposeHealthcheck | null {
  if (child?.node.kind !== 'map') return null;
  const disable = within(child, 'disable')?.node;
  const disabled = disable?.kind === 'scalar' && disable.value === true;
  const period = within(child, 'start_period')?.node;
  const startPeriod = period?.kind === 'scalar' ? period.source : null;
  const { line, viaAlias } = child;
  return { test: readCommand(within(child, 'test')), disabled, startPeriod, line, viaAlias };
}

function readVolume(child: Child, document: number): ComposeVolume {
  const external = within(child, 'external')?.node;
  const isExternal = external?.kind === 'map' || (external?.kind === 'scalar' && external.value === true);
  return { name: child.name, document, external: isExternal, line: child.line };
}
