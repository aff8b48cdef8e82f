/** Which compose files are loaded: by Compose itself, or because a script, a workflow or a setting lists them. Pure. */
import { comparePaths, nameOf, parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { readDotenv } from '../../editors/dotenv.ts';
import { parseYaml } from '../../editors/yaml.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';

/** `auto`: Compose loads it by itself; `listed`: something of the checkout names it; `other`: neither. */
export type ComposeLoading = 'auto' | 'listed' | 'other';

/** Where a compose file is listed. */
export interface ComposeListing {
  readonly path: RepoPath;
  /** The file that lists it. */
  readonly by: RepoPath;
  /** From 1. */
  readonly line: number;
}

// In the order in which Compose takes the first one that exists.
const BASES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];
const SCRIPT =
  /(?:\.(?:sh|bash|mk)|^(?:GNUm|[mM])akefile|^[jJ]ustfile|^Jenkinsfile|^Taskfile\.ya?ml|^package\.json|^\.(?:gitlab-ci|travis)\.ya?ml|^azure-pipelines\.ya?ml)$/;
const SETTING = /^\.env(?:\.example|\.sample)?$/;
const CALL = /\b(?:docker|podman)(?:-compose|\s+compose)\b(?<rest>[^\n|;&]*)/g;
/** Set for the commands of a script, or for the steps of a workflow. */
const VARIABLE = /^(?![ \t]*#)(?:.*[\s;])?COMPOSE_FILE(?:=|:[ \t]+)["']?(?<files>[\w./:;,-]+)/gm;
const OPTION = /(?:^|\s)(?:-f|--file)(?:\s+|=)(?<quote>["']?)(?<file>[^\s"'`]+)\k<quote>/g;

/** The files that Compose loads without being told to, in every folder, `include` lists followed; sorted. */
export function autoLoaded(tree: ReadonlyTree, candidates: readonly RepoPath[]): readonly RepoPath[] {
  const found = new Set<RepoPath>();
  for (const folder of new Set(candidates.map(parentOf))) {
    const first = (names: readonly string[]): RepoPath | undefined =>
      names.map((name) => resolveIn(folder, name)).find((path) => path !== null && tree.has(path)) ?? undefined;
    const base = first(BASES);
    if (base === undefined) continue;
    const override = first(OVERRIDES);
    for (const path of [base, override]) if (path !== undefined) addWithIncludes(tree, path, found);
  }
  return [...found].sort(comparePaths);
}

function addWithIncludes(tree: ReadonlyTree, path: RepoPath, found: Set<RepoPath>): void {
  if (found.has(path)) return;
  found.add(path);
  const text = tree.tryReadText(path);
  if (text === null || !/^["']?include["']?\s*:/m.test(text)) return;
  for (const name of includesOf(text)) {
    const target = resolveIn(parentOf(path), name);
    if (target !== null && tree.has(target)) addWithIncludes(tree, target, found);
  }
}

function includesOf(text: string): readonly string[] {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') return [];
  return parsed.documents.flatMap(({ value }) => {
    const include = (value as { include?: unknown } | null)?.include;
    const items: readonly unknown[] = Array.isArray(include) ? include : [];
    return items.flatMap((item) => {
      const path = typeof item === 'object' && item !== null ? (item as { path?: unknown }).path : item;
      return (Array.isArray(path) ? path : [path]).filter((one): one is string => typeof one === 'string');
    });
  });
}

/** What `-f` options of scripts and workflows, and `COMPOSE_FILE`, name; each file once, sorted. */
export function listedFiles(tree: ReadonlyTree): readonly ComposeListing[] {
  const found = new Map<RepoPath, ComposeListing>();
  const add = (by: RepoPath, name: string, line: number): void => {
    for (const folder of new Set([null, parentOf(by)])) {
      const path = resolveIn(folder, name);
      if (path !== null && tree.has(path) && !found.has(path)) found.set(path, { path, by, line });
    }
  };
  const near = tree.paths().filter(isNear);
  for (const by of near.filter((path) => SCRIPT.test(nameOf(path)) || isPipeline(path))) {
    const text = tree.tryReadText(by);
    if (text == null || !/compose|COMPOSE_FILE/.test(text)) continue;
    // Joined with as many characters as before, so that offsets stay.
    const joined = text.replace(/\\\r?\n/g, (whole) => ' '.repeat(whole.length));
    for (const call of joined.matchAll(CALL)) {
      if (/(?:^|\n)[ \t]*#[^\n]*$/.test(joined.slice(0, call.index))) continue;
      for (const { groups } of (call.groups?.['rest'] ?? '').matchAll(OPTION)) {
        add(by, groups?.['file'] ?? '', text.slice(0, call.index).split('\n').length);
      }
    }
    for (const { index, groups } of text.matchAll(VARIABLE)) {
      for (const name of (groups?.['files'] ?? '').split(/[:;,]/))
        add(by, name, text.slice(0, index).split('\n').length);
    }
  }
  for (const by of near.filter((path) => SETTING.test(nameOf(path)))) {
    const text = tree.tryReadText(by);
    if (text?.includes('COMPOSE_FILE') !== true) continue;
    for (const { name, value, line } of readDotenv(text).entries) {
      if (name === 'COMPOSE_FILE') for (const one of (value ?? '').split(/[:;,]/)) add(by, one.trim(), line);
    }
  }
  return [...found.values()].sort((a, b) => comparePaths(a.path, b.path));
}

/** Whether a file lies where a project keeps its scripts: at most two folders deep. */
function isNear(path: RepoPath): boolean {
  const second = path.indexOf('/', path.indexOf('/') + 1);
  return second === -1 || path.indexOf('/', second + 1) === -1;
}

const isPipeline = (path: RepoPath): boolean => /^\.(?:github|circleci)\/.*\.ya?ml$/.test(path);
