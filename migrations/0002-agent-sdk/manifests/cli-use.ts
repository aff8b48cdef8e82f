import { isInside, parentOf, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import { isInstalled } from '../typescript/code-files.ts';
import { OLD_PACKAGE } from '../typescript/names.ts';

/** Texts in which the `claude` program of the old package is run or looked for. */
const WORDS = [
  '.bin/claude',
  'npx claude',
  `${OLD_PACKAGE}/cli`,
  `${OLD_PACKAGE}/package.json`,
  'pnpm exec claude',
  'yarn claude',
  'bunx claude',
  ...["'claude'", '"claude"', '`claude'],
];
const CODE = /\.(?:[cm]?[jt]sx?|json|sh|bash|ya?ml)$|(?:^|\/)(?:Dockerfile|Makefile)[^/]*$/;

/** A line that runs the program, by what stands around its name. */
const RUNS =
  /\.bin\/claude\b|\b(?:npx|bunx|yarn|(?:pnpm|npm) exec(?: --)?)(?: -y| --yes)? claude(?=\s|["'`]|$)|claude-code\/(?:cli\b|package\.json)|\b(?:spawn|spawnSync|exec|execSync|execFile|execFileSync|execa|execaSync|execaCommand|\$|which|which\.sync|Bun\.spawn|Deno\.Command)\s*\(?\s*\[?\s*['"`]claude(?=[\s'"`])/;
const LOCAL = /\.bin\/claude\b|\b(?:npx|bunx|yarn|exec)\b.*\bclaude\b|claude-code\/(?:cli\b|package\.json)/;
/** A script of package.json that starts with the program. */
const SCRIPT = /^\s*"[\w:.-]+"\s*:\s*"(?:[^"]*(?:&&|\|\||;|\|)\s*)?(?:\w+=\S+\s+)*claude(?:\s[^"]*)?"/;

/** A place that runs the `claude` program. */
export interface CliUse {
  readonly path: RepoPath;
  /** From 1. */
  readonly line: number;
  /** It is looked for in node_modules, and not on the PATH of whoever runs it. */
  readonly isLocal: boolean;
}

/** Where files run the `claude` program that the old package brings. */
export async function findCliUse(tree: ReadonlyTree): Promise<readonly CliUse[]> {
  const uses: CliUse[] = [];
  const manifests = tree.paths('**/package.json').filter((path) => !isInstalled(path));
  for (const path of new Set([...(await tree.search(WORDS)), ...manifests])) {
    if (!CODE.test(path) || isInstalled(path) || /(?:^|\/)package-lock\.json$|pnpm-lock\.yaml$/.test(path)) continue;
    const lines = (tree.tryReadText(path) ?? '').split('\n');
    const index = lines.findIndex((line) => RUNS.test(line) || (path.endsWith('package.json') && runsInScript(line)));
    if (index === -1) continue;
    uses.push({ path, line: index + 1, isLocal: path.endsWith('package.json') || LOCAL.test(lines[index] ?? '') });
  }
  return uses;
}

function runsInScript(line: string): boolean {
  return SCRIPT.test(line) && !/"(?:name|claude|bin|main|version|type|author|license|description)"\s*:/.test(line);
}

/** Whether the file belongs to the package of `manifest`. */
export function belongsTo(path: RepoPath, manifest: RepoPath): boolean {
  const folder = parentOf(manifest);
  return folder === null || isInside(path, folder);
}
