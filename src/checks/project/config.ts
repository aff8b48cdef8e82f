/** The LiteLLM configuration of the image, and the file of the checkout behind it. Pure. */
import { compileGlobs } from '../../base/glob.ts';
import { parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import type { ComposeService } from '../../editors/compose.ts';
import { resolveImagePath } from '../../editors/dockerfile.ts';
import { splitCommands } from '../../editors/shell-words.ts';
import { parseYaml, type YamlDocument } from '../../editors/yaml.ts';
import { HISTORY_GLOBS } from '../../tree/mentions.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import type { JudgedDockerfile, PlacedFile } from './dockerfile.ts';
import { fillVariables } from './shell-script.ts';
import { type ImageStart, unfold, wordsOf } from './start.ts';

/** The configuration, or why there is none. */
export type ConfigReading =
  | {
      readonly kind: 'read';
      readonly path: RepoPath;
      /** Where the image has it; null when nothing brings it there. */
      readonly imagePath: string | null;
      readonly text: string;
      /** Its first document. */
      readonly yaml: YamlDocument;
    }
  | { readonly kind: 'unreadable'; readonly path: RepoPath; readonly why: string; readonly line: number }
  | {
      readonly kind: 'none';
      /** Where the image looks for it, when something says so. */
      readonly imagePath: string | null;
      readonly why: string;
      /** Line of the Dockerfile, or of a script. */
      readonly path?: RepoPath;
      readonly line?: number;
    };

/** A mount of the provider service that brings a file or folder of the checkout into the container. */
export interface BindMount {
  readonly source: RepoPath;
  readonly target: string;
  readonly compose: RepoPath;
  readonly line: number;
}

interface Named {
  readonly imagePath: string;
  readonly path: RepoPath;
  readonly line: number;
}

const SETTING = /CONFIG_FILE_PATH["']?\]?\s*(?:=|,)\s*["']?(\/[^\s"')]+)/;

/** Reads the configuration that the server is started with; by its content where nothing says which one it is. */
export function readConfig(
  tree: ReadonlyTree,
  judged: JudgedDockerfile | null,
  start: ImageStart | null,
  layout: ReadonlyMap<string, PlacedFile>,
  services: readonly ComposeService[],
  mounts: readonly BindMount[],
): ConfigReading {
  const named = judged === null || start === null ? null : namedConfig(judged, start, services);
  if (named !== null) {
    const path = layout.get(named.imagePath)?.path ?? mountedFile(tree, mounts, named.imagePath);
    if (path !== null) return readAt(tree, path, named.imagePath);
    const why = `nothing of the checkout is copied or mounted to ${named.imagePath}`;
    return { kind: 'none', imagePath: named.imagePath, why, path: named.path, line: named.line };
  }
  const inHistory = compileGlobs([...HISTORY_GLOBS]);
  const mapsProvider = (path: RepoPath): boolean => /^\s*["']?custom_provider_map/m.test(tree.tryReadText(path) ?? '');
  for (const [image, { path }] of layout) {
    if (/\.ya?ml$/.test(path) && mapsProvider(path)) return readAt(tree, path, image);
  }
  const folders = new Set([judged?.context ?? null, null]);
  for (const folder of folders) {
    const globs = ['*.{yml,yaml}', 'config/*.{yml,yaml}'].map((glob) => (folder === null ? glob : `${folder}/${glob}`));
    const found = tree.paths(...globs).find((path) => !inHistory(path) && mapsProvider(path));
    if (found === undefined) continue;
    const mount = mounts.find(({ source }) => source === found || found.startsWith(`${source}/`));
    const imagePath = mount === undefined ? null : `${mount.target}${found.slice(mount.source.length)}`;
    return readAt(tree, found, imagePath);
  }
  return { kind: 'none', imagePath: null, why: 'no LiteLLM configuration with a custom_provider_map was found' };
}

/** The path in the image that a command, a script or the environment names. */
function namedConfig(
  judged: JudgedDockerfile,
  { entrypoint, cmd, scripts }: ImageStart,
  services: readonly ComposeService[],
): Named | null {
  const at = (written: string, path: RepoPath, line: number): Named => ({
    imagePath: resolveImagePath(judged.stage.workdir, written),
    path,
    line,
  });
  for (const command of [cmd, entrypoint]) {
    const value = command === null ? null : configOption(wordsOf(command));
    if (command !== null && value !== null) return at(value, judged.path, command.line);
  }
  for (const { path, shell, firstLine } of scripts) {
    for (const { command, line } of shell?.commands ?? []) {
      const words = command.words.map(({ value }) => fillVariables(value, shell?.variables ?? new Map()));
      const value = configOption(words);
      if (value !== null) return at(value, path, firstLine + line - 1);
    }
  }
  for (const { command } of services) {
    const words = typeof command?.words === 'string' ? wordsOfText(command.words) : (command?.words ?? []);
    const value = configOption(unfold(words));
    if (value !== null) return at(value, judged.path, 1);
  }
  const variable = judged.stage.env.findLast(({ name }) => name === 'CONFIG_FILE_PATH');
  if (variable !== undefined) return at(variable.value, judged.path, variable.line);
  for (const { path, text, firstLine } of scripts) {
    const match = SETTING.exec(text);
    if (match?.[1] === undefined) continue;
    return at(match[1], path, firstLine + text.slice(0, match.index).split('\n').length - 1);
  }
  return null;
}

const wordsOfText = (text: string): readonly string[] =>
  splitCommands(text).flatMap(({ words }) => words.map(({ value }) => value));

function configOption(words: readonly string[]): string | null {
  const joined = words.find((word) => word.startsWith('--config='))?.slice('--config='.length);
  const at = words.findIndex((word) => word === '--config' || word === '-c');
  const server = words.some((word) => /(?:^|\/)litellm$/.test(word));
  const value = joined ?? (at === -1 ? undefined : words[at + 1]);
  return !server || value === undefined || value.includes('$') ? null : value;
}

function mountedFile(tree: ReadonlyTree, mounts: readonly BindMount[], imagePath: string): RepoPath | null {
  for (const { source, target } of mounts) {
    const path = imagePath === target ? source : resolveIn(source, imagePath.slice(target.length + 1));
    const covers = imagePath === target || imagePath.startsWith(`${target}/`);
    if (covers && path !== null && tree.has(path)) return path;
  }
  return null;
}

function readAt(tree: ReadonlyTree, path: RepoPath, imagePath: string | null): ConfigReading {
  const text = tree.tryReadText(path);
  if (text === null) return { kind: 'unreadable', path, why: 'it is not a text file', line: 1 };
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') return { kind: 'unreadable', path, why: parsed.why, line: parsed.line };
  const [yaml] = parsed.documents;
  if (yaml === undefined) return { kind: 'unreadable', path, why: 'it is empty', line: 1 };
  return { kind: 'read', path, imagePath, text, yaml };
}

/** The folder of an absolute image path. */
export function imageFolder(imagePath: string): string {
  return `/${parentOf(imagePath.slice(1) as RepoPath) ?? ''}`;
}
