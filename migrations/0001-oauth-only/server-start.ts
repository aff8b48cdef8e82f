import {
  type FinalStage,
  imageLayout,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  resolveImagePath,
  splitCommands,
} from '../../src/authoring.ts';
import { type Launcher, readLauncher } from './launchers.ts';

/** How the old image started the server, and what of it goes on. */
export interface ServerStart {
  /** Every launcher, the one that the image runs first. */
  readonly launchers: readonly Launcher[];
  /** Launchers that nothing runs any more. */
  readonly dropped: readonly Launcher[];
  /** Path in the image of LiteLLM's configuration. */
  readonly config: string;
  /** The command of the new image. */
  readonly command: readonly string[];
  /** What was run instead of a known launcher or LiteLLM, or null. */
  readonly unknown: { readonly text: string; readonly line: number } | null;
  /** A port other than 4000 that the old command asked for. */
  readonly otherPort: string | null;
}

const DEFAULT_CONFIG = '/app/config/litellm_config.yaml';
const CONFIG_SETTING = /CONFIG_FILE_PATH["']?\]?\s*(?:=|,)\s*["']?(\/[^\s"')]+)/;
const CONFIG_OPTION = /--config[=\s]+["']?(\/[^\s"']+)/;
/** How deep launchers run one another. */
const DEPTH = 4;

/** Follows the command of the old image through its launchers. The Python parser has to be loaded. */
export function readServerStart(stage: FinalStage, tree: ReadonlyTree): ServerStart {
  const words = withModuleFiles(startedWith(stage));
  const inImage = new Map(
    imageLayout(stage.copies, tree.paths()).map(({ image, context }) => [image, context as RepoPath]),
  );
  const launchers = withoutHandOver(followLaunchers(words, stage.workdir, inImage, tree), stage.workdir);
  const texts = launchers.map(({ path }) => tree.tryReadText(path) ?? '');
  const config = configPath(words, stage, texts, inImage, tree);
  const runs = launchers.findIndex(({ extras }) => extras.length > 0);
  // A kept launcher may run the later ones, so those stay with it.
  const dropped = runs === -1 ? launchers : launchers.slice(0, runs);
  const first = launchers[runs];
  const command = first === undefined ? serverCommand(words, config) : launcherCommand(first, tree);
  const known = launchers.length > 0 || words.some((word) => word === 'litellm' || word.endsWith('/litellm'));
  const line = stage.cmd?.line ?? stage.entrypoint?.line ?? 1;
  const otherPort = portOf(words, texts);
  return {
    launchers,
    dropped,
    config,
    command,
    unknown: known || words.length === 0 ? null : { text: startedWith(stage).join(' '), line },
    otherPort: otherPort === '4000' ? null : otherPort,
  };
}

function startedWith({ entrypoint, cmd }: FinalStage): readonly string[] {
  return [...(entrypoint?.words ?? []), ...(cmd?.words ?? [])];
}

/** `python -m startup` as `python startup.py`. */
function withModuleFiles(words: readonly string[]): readonly string[] {
  const program = words.findIndex((word) => /(?:^|\/)python[\d.]*$/.test(word));
  const at = words.findIndex((word, index) => program !== -1 && index > program && !/^-[A-LN-Za-ln-z]/.test(word));
  const module = words[at + 1];
  if (words[at] !== '-m' || module === undefined || !/^[A-Za-z_][\w.]*$/.test(module)) return words;
  return [...words.slice(0, at), `${module.replaceAll('.', '/')}.py`, ...words.slice(at + 2)];
}

function followLaunchers(
  words: readonly string[],
  workdir: string,
  inImage: ReadonlyMap<string, RepoPath>,
  tree: ReadonlyTree,
): readonly Launcher[] {
  const found: Launcher[] = [];
  let next = words;
  for (let depth = 0; depth < DEPTH && next.length > 0; depth += 1) {
    const here: Launcher[] = [];
    for (const word of next) {
      const image = resolveImagePath(workdir, word);
      const path = /\.(?:sh|bash|py)$|(?:entrypoint|start|run)[\w-]*$/.test(word) ? inImage.get(image) : undefined;
      if (path === undefined || [...found, ...here].some((one) => one.path === path)) continue;
      const launcher = readLauncher(tree, path, image);
      if (launcher !== null) here.push(launcher);
    }
    found.push(...here);
    // Only shell launchers hand over to others by a command.
    next = here.filter(({ kind }) => kind === 'shell').flatMap(({ path }) => wordsOf(tree.readText(path)));
  }
  return found;
}

/** That a shell script ends by starting another launcher is nothing that the new container lacks. */
function withoutHandOver(launchers: readonly Launcher[], workdir: string): readonly Launcher[] {
  const images = new Set(launchers.map(({ image }) => image));
  const startsLauncher = (words: readonly string[]): boolean =>
    words.some((word) => /^(?:\S*\/)?python[\d.]*$/.test(word)) &&
    withModuleFiles(words).some((word) => word.endsWith('.py') && images.has(resolveImagePath(workdir, word)));
  return launchers.map((launcher) => ({
    ...launcher,
    extras: launcher.extras.filter(({ handsOver }) => handsOver === undefined || !startsLauncher(handsOver)),
  }));
}

function configPath(
  words: readonly string[],
  stage: FinalStage,
  texts: readonly string[],
  inImage: ReadonlyMap<string, RepoPath>,
  tree: ReadonlyTree,
): string {
  const option = words.findIndex((word) => word === '--config' || word === '-c');
  const joined = words.find((word) => word.startsWith('--config='))?.slice('--config='.length);
  const named =
    joined ??
    (option !== -1 && words.includes('litellm') ? words[option + 1] : undefined) ??
    stage.env.find(({ name }) => name === 'CONFIG_FILE_PATH')?.value;
  if (named !== undefined) return resolveImagePath(stage.workdir, named);
  for (const text of texts) {
    const match = CONFIG_OPTION.exec(text) ?? CONFIG_SETTING.exec(text);
    if (match?.[1] !== undefined) return match[1];
  }
  if (inImage.has(DEFAULT_CONFIG)) return DEFAULT_CONFIG;
  const mapped = [...inImage].find(
    ([image, path]) => /\.ya?ml$/.test(image) && /^\s*custom_provider_map:/m.test(tree.tryReadText(path) ?? ''),
  );
  return mapped?.[0] ?? DEFAULT_CONFIG;
}

/** LiteLLM with the options that the old command had, on all addresses and port 4000. */
function serverCommand(words: readonly string[], config: string): readonly string[] {
  const at = words.findIndex((word) => word === 'litellm' || word.endsWith('/litellm'));
  const options: string[] = [];
  for (let index = at + 1; at !== -1 && index < words.length; index += 1) {
    const word = words[index] as string;
    if (/^(?:--config|--host|--port|-c)$/.test(word)) index += 1;
    else if (!/^--(?:config|host|port)=/.test(word)) options.push(word);
  }
  return ['litellm', '--config', config, '--host', '0.0.0.0', '--port', '4000', ...options];
}

function launcherCommand({ kind, image, path }: Launcher, tree: ReadonlyTree): readonly string[] {
  if (kind === 'python') return ['python', image];
  return tree.mode(path) === '755' ? [image] : ['bash', image];
}

function portOf(words: readonly string[], texts: readonly string[]): string {
  const line = [words.join(' '), ...texts].join('\n');
  return /--port[=\s]+["']?(\d+)/.exec(line)?.[1] ?? /\bport\s*=\s*(\d+)/.exec(line)?.[1] ?? '4000';
}

/** The folder of LiteLLM's configuration in the image. */
export function configFolder(config: string): string {
  return `/${parentOf(config.slice(1) as RepoPath) ?? ''}`;
}

const wordsOf = (script: string): readonly string[] =>
  splitCommands(script).flatMap(({ words }) => withModuleFiles(words.map(({ value }) => value)));
