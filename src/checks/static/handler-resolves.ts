import type { RepoPath } from '../../base/repo-path.ts';
import { listImports, listTopLevelNames, syntaxErrors } from '../../editors/python.ts';
import { resolveYamlAlias, type YamlNode, yamlNodeAt } from '../../editors/yaml.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';
import {
  type ConfigReading,
  imageFolder,
  type JudgedDockerfile,
  judgedDockerfile,
  type Project,
  readProject,
} from '../project.ts';

const ID = 'S18-handler-resolves';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
  readonly config: ConfigReading;
}

interface Handler {
  readonly written: string;
  readonly line: number;
}

/** The provider that the configuration names is in the image where LiteLLM looks. */
export const handlerResolves = defineCheck<Input>({
  id: ID,
  title: 'The provider is in the image where LiteLLM looks for it',
  severity: 'blocker',
  description:
    'custom_handler: a.b.c means the object c of the file a/b.py beside the configuration; only when there is no such file does LiteLLM import a.b as ' +
    'Python does. So the file has to lie there in the image, after all COPY lines, it has to define the object, and what it imports from the ' +
    'checkout has to be on the import path (PYTHONPATH or the working directory).',
  examples: {
    bad: 'COPY config/ /app/config/\nCOPY custom_handler.py /opt/handlers/',
    good: 'COPY config/ /app/config/\nCOPY custom_handler.py /app/config/',
  },
  needs: ['python'],
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = judgedDockerfile(project);
    if (judged.kind === 'skip') return judged;
    const { config } = project;
    if (config.kind === 'none' && config.imagePath === null) return { kind: 'skip', why: config.why };
    if (config.kind === 'read' && handlersOf(config).length === 0) {
      return { kind: 'skip', why: `${config.path} maps no custom provider` };
    }
    return { kind: 'applies', input: { judged, project, config } };
  },
  run: ({ judged, project, config }, tree) => {
    if (config.kind === 'read') {
      return handlersOf(config).flatMap((handler) => judge(handler, config, judged, project, tree));
    }
    const { path = judged.path, line = 1, why } = config;
    const expected = 'the configuration of LiteLLM is in the image';
    return [finding(path, line, `the configuration cannot be read: ${why}`, expected, why, 'copy it into the image')];
  },
});

function handlersOf({ yaml }: Extract<ConfigReading, { kind: 'read' }>): readonly Handler[] {
  const map = yamlNodeAt(yaml, ['litellm_settings', 'custom_provider_map']);
  const list = map === null ? null : resolveYamlAlias(map);
  if (list?.kind !== 'list') return [];
  return list.items.flatMap(({ value }, at): Handler[] => {
    const node: YamlNode | null = yamlNodeAt(yaml, ['litellm_settings', 'custom_provider_map', at, 'custom_handler']);
    const scalar = node === null ? null : resolveYamlAlias(node);
    if (scalar?.kind !== 'scalar') return [];
    return [{ written: String(scalar.value ?? ''), line: node?.line ?? value.line }];
  });
}

function judge(
  { written, line }: Handler,
  config: Extract<ConfigReading, { kind: 'read' }>,
  judged: JudgedDockerfile,
  project: Project,
  tree: ReadonlyTree,
): readonly Finding[] {
  if (/^(?:s3|gcs):\/\//.test(written)) return [];
  const at = written.lastIndexOf('.');
  const told = (message: string, expected: string, next: string): readonly Finding[] => [
    finding(config.path, line, message, expected, `custom_handler: ${written}`, next),
  ];
  if (at <= 0)
    return told(`${written} names no object of a module`, 'module.object', 'write custom_handler: module.object');
  const module = written.slice(0, at).replaceAll('.', '/');
  const folder = config.imagePath === null ? judged.stage.workdir : imageFolder(config.imagePath);
  const beside = `${folder === '/' ? '' : folder}/${module}.py`;
  const roots = importRoots(judged, project);
  const imported = roots.flatMap((root) => [`${root}/${module}.py`, `${root}/${module}/__init__.py`]);
  const own = inImage(beside, project, tree);
  const path = own ?? imported.map((one) => inImage(one, project, tree)).find((one) => one !== null) ?? null;
  if (path === null) {
    const message = `the provider ${written} is not in the image: LiteLLM looks for ${beside}`;
    return told(message, `${beside} in the image`, `COPY ${module}.py ${beside}`);
  }
  const findings =
    own === null
      ? told(
          `the provider ${written} is found on the import path only, which older versions of LiteLLM do not look at`,
          `${beside} in the image`,
          `COPY ${module}.py ${beside}`,
        ).map((one): Finding => ({ ...one, severity: 'warn' }))
      : [];
  return [...findings, ...judgeModule(path, written.slice(at + 1), written, line, config.path, roots, project, tree)];
}

function judgeModule(
  path: RepoPath,
  object: string,
  written: string,
  line: number,
  config: RepoPath,
  roots: readonly string[],
  project: Project,
  tree: ReadonlyTree,
): readonly Finding[] {
  const text = tree.tryReadText(path);
  if (text === null) return [];
  const [fault] = syntaxErrors(text);
  if (fault !== undefined) {
    const message = `${path} cannot be read as Python, so nothing tells whether it defines what ${config} names`;
    const next = `python -m py_compile ${path}`;
    const told = finding(path, fault, message, 'Python', `a syntax error in line ${fault}`, next);
    return [{ ...told, severity: 'error' }];
  }
  const imports = listImports(text);
  const star = imports.some(({ names }) => names?.some(({ name }) => name === '*') === true);
  if (!star && !listTopLevelNames(text).some(({ name }) => name === object)) {
    const message = `${path} defines no ${object}, which ${config} names`;
    const next = `define ${object} in ${path}, or name the object that it defines`;
    return [finding(config, line, message, `an object ${object} in ${path}`, `custom_handler: ${written}`, next)];
  }
  // What changes the import path itself cannot be judged from here.
  if (/\bsys\.path\b|\bimportlib\b/.test(text)) return [];
  for (const { module, level, line: at, guarded, typeCheckingOnly, topLevel } of imports) {
    if (guarded || typeCheckingOnly || !topLevel) continue;
    const top = module.split('.')[0] ?? '';
    if (level > 0 || !isLocalModule(top, tree, project)) continue;
    const found = roots.some((root) => hasModule(`${root}/${top}`, project, tree));
    if (found) continue;
    const message = `${path} imports ${module}, which is not on the import path of the image`;
    const expected = `${top} in one of ${roots.join(', ')}`;
    return [
      finding(
        path,
        at,
        message,
        expected,
        `import of ${module}`,
        'set ENV PYTHONPATH to the folder that it is copied to',
      ),
    ];
  }
  return [];
}

/** The folders that Python imports from, besides the packages. */
function importRoots({ stage }: JudgedDockerfile, { start }: Project): readonly string[] {
  const roots = new Set<string>();
  const add = (value: string): void => {
    for (const part of value.split(':')) if (part.startsWith('/')) roots.add(part.replace(/\/+$/, ''));
  };
  for (const { name, value } of stage.env) if (name === 'PYTHONPATH') add(value);
  for (const { shell, text } of start?.scripts ?? []) {
    const value = shell?.variables.get('PYTHONPATH');
    if (value !== undefined) add(value);
    for (const match of text.matchAll(/sys\.path\.(?:append|insert)\((?:\d+\s*,\s*)?["'](\/[^"']*)["']/g))
      add(match[1] ?? '');
    const moved = /^\s*cd\s+["']?(\/[^\s"';&]+)/m.exec(text)?.[1];
    if (moved !== undefined) add(moved);
  }
  // The command litellm puts its working directory on the path.
  roots.add(stage.workdir === '/' ? '' : stage.workdir);
  return [...roots];
}

/** The file of the checkout that stands at an image path, by COPY or by a mount of the provider service. */
function inImage(imagePath: string, { imageLayout, mounts }: Project, tree: ReadonlyTree): RepoPath | null {
  const copied = imageLayout.get(imagePath)?.path;
  if (copied !== undefined) return copied;
  for (const { source, target } of mounts) {
    if (imagePath === target && tree.has(source)) return source;
    const path = imagePath.startsWith(`${target}/`) ? (`${source}${imagePath.slice(target.length)}` as RepoPath) : null;
    if (path !== null && tree.has(path)) return path;
  }
  return null;
}

function hasModule(prefix: string, project: Project, tree: ReadonlyTree): boolean {
  if (inImage(`${prefix}.py`, project, tree) !== null) return true;
  if ([...project.imageLayout.keys()].some((image) => image.startsWith(`${prefix}/`))) return true;
  return project.mounts.some(({ target }) => target === prefix || target.startsWith(`${prefix}/`));
}

/** Whether the checkout has a module or package of this name where a project keeps its own: at its root, or where COPY takes it from. */
function isLocalModule(name: string, tree: ReadonlyTree, { imageLayout }: Project): boolean {
  const [file, folder] = [`${name}.py` as RepoPath, name as RepoPath];
  if (tree.has(file) || tree.hasFolder(folder)) return true;
  return [...imageLayout.values()].some(({ context }) => context === file || context.startsWith(`${folder}/`));
}

function finding(path: RepoPath, line: number, message: string, expected: string, seen: string, next: string): Finding {
  // Where the image looks is told after the colon, and is another matter.
  const subject = `${seen}: ${message.replace(/: .*/s, '')}`;
  return { check: ID, severity: 'blocker', message, expected, seen, subject, path, line, failureMode: 'FM-08', next };
}
