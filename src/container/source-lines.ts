/** Which line of the checkout stands behind something that is seen in a container. */
import { normalizePackageName } from '../editors/requirements.ts';
import { resolveYamlAlias, yamlNodeAt } from '../editors/yaml.ts';
import { type Bench, copyLine, dockerfileLine } from './bench.ts';
import type { SourceLine } from './define.ts';
import type { LoadFailure } from './enter/program.ts';

/** Where a package is asked for, or the RUN that installs packages. */
export function requirementLine(bench: Pick<Bench, 'project' | 'judged'>, packageName: string): SourceLine {
  const name = normalizePackageName(packageName);
  for (const { path, file } of bench.project.requirements) {
    const found = file.requirements.find((one) => one.name === name);
    if (found !== undefined) return { path, line: found.line };
  }
  const install = bench.project.installs.at(-1);
  return install === undefined ? dockerfileLine(bench, 'RUN') : { path: bench.judged.path, line: install.line };
}

/** The innermost line of a failed import that is the checkout's own, or null when the failure is in packages alone. */
export function ownLine({ project }: Pick<Bench, 'project'>, { frames }: LoadFailure): SourceLine | null {
  for (const { file, line } of frames.toReversed()) {
    const placed = project.imageLayout.get(file);
    if (placed !== undefined) return { path: placed.path, line };
  }
  return null;
}

/** The line of the configuration that names a handler, or the COPY that should bring the configuration. */
export function handlerLine(bench: Pick<Bench, 'project' | 'judged'>, handler: string): SourceLine {
  const { config } = bench.project;
  if (config.kind !== 'read') {
    return config.path === undefined
      ? dockerfileLine(bench, 'CMD')
      : { path: config.path, line: config.line ?? dockerfileLine(bench, 'CMD').line };
  }
  const map = yamlNodeAt(config.yaml, ['litellm_settings', 'custom_provider_map']);
  const list = map === null ? null : resolveYamlAlias(map);
  for (let at = 0; list?.kind === 'list' && at < list.items.length; at += 1) {
    const node = yamlNodeAt(config.yaml, ['litellm_settings', 'custom_provider_map', at, 'custom_handler']);
    const scalar = node === null ? null : resolveYamlAlias(node);
    if (node !== null && scalar?.kind === 'scalar' && scalar.value === handler)
      return { path: config.path, line: node.line };
  }
  return { path: config.path, line: map?.line ?? 1 };
}

/** The script that the image starts with, or the line that names what starts. */
export function startLine(bench: Pick<Bench, 'project' | 'judged'>): SourceLine {
  const script = bench.project.entrypoint;
  return script === null ? dockerfileLine(bench, 'ENTRYPOINT') : { path: script.path, line: script.firstLine };
}

/** The COPY that brings the start script, or the line that names it. */
export function startCopyLine(bench: Pick<Bench, 'project' | 'judged'>): SourceLine {
  const script = bench.project.entrypoint;
  return script === null ? dockerfileLine(bench, 'ENTRYPOINT') : copyLine(bench, script.imagePath);
}
