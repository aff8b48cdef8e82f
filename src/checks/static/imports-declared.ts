import { comparePaths, parentOf, placeIn, type RepoPath } from '../../base/repo-path.ts';
import { listImports, type PythonImport } from '../../editors/python.ts';
import { normalizePackageName, readRequirements } from '../../editors/requirements.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { type CheckContext, defineCheck, type Finding } from '../define.ts';
import { isTestFile, type LiveFile, liveFiles, readLive } from '../live-files.ts';
import { LOGIN_MODULE } from '../login-module.ts';
import { type Project, readProject } from '../project.ts';
import { ownGlobs } from '../references/reference.ts';
import { LITELLM_DEPENDENCIES } from './litellm-proxy-dependencies.ts';
import { STANDARD_LIBRARY } from './python-standard-library.ts';

const ID = 'S22-imports-declared';

/** Modules that the base image installs for itself; it renamed one of them under the same tag. */
const OF_THE_BASE = new Set(['claude_agent_sdk', 'claude_code_sdk']);
/** What every virtual environment has. */
const OF_THE_ENVIRONMENT = new Set(['pip', 'pkg_resources', 'setuptools']);
/** Packages whose module is called otherwise, dashes aside. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  attr: ['attrs'],
  bs4: ['beautifulsoup4'],
  Crypto: ['pycryptodome'],
  cv2: ['opencv-python', 'opencv-python-headless'],
  dateutil: ['python-dateutil'],
  dotenv: ['python-dotenv'],
  jose: ['python-jose'],
  jwt: ['pyjwt'],
  magic: ['python-magic'],
  multipart: ['python-multipart'],
  nacl: ['pynacl'],
  OpenSSL: ['pyopenssl'],
  PIL: ['pillow'],
  psycopg2: ['psycopg2', 'psycopg2-binary'],
  RestrictedPython: ['restrictedpython'],
  serial: ['pyserial'],
  sklearn: ['scikit-learn'],
  slugify: ['python-slugify'],
  socks: ['pysocks'],
  yaml: ['pyyaml'],
  zmq: ['pyzmq'],
};

interface Input {
  readonly files: readonly LiveFile[];
  /** Normalised names. */
  readonly declared: ReadonlySet<string>;
  readonly local: LocalModules;
  /** Where a requirement is added. */
  readonly requirements: RepoPath | null;
}

/** Each third-party import is a package that the checkout asks for. */
export const importsDeclared = defineCheck<Input>({
  id: ID,
  title: 'Each imported package is declared',
  severity: 'error',
  description:
    'Every module that the code in the image imports has to come from a package that the Dockerfile or a file that it installs from names (requirements, pyproject.toml, setup.cfg, setup.py, Pipfile), from LiteLLM with its ' +
    'extra proxy, or from the checkout. The Claude SDK is in the base image too, and counts as undeclared all the same: the base renamed it from ' +
    'claude-code-sdk to claude-agent-sdk under one tag, and the next build found no module. Imports in a try, for type checking and in tests are left out.',
  examples: {
    bad: '# requirements.txt\nlitellm[proxy]\n\n# provider.py\nfrom claude_code_sdk import query',
    good: '# requirements.txt\nlitellm[proxy]\nclaude-code-sdk\n\n# provider.py\nfrom claude_code_sdk import query',
  },
  needs: ['python'],
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const files = filesOfImage(tree, project);
    if (files.length === 0) return { kind: 'skip', why: 'no Python file is part of the image' };
    const declared = declaredPackages(project);
    if (declared === null)
      return {
        kind: 'skip',
        why: `packages are declared in a form that is not read: ${project.unreadPackages ?? 'a variable'}`,
      };
    return {
      kind: 'applies',
      input: { files, declared, local: localModules(tree), requirements: requirementsOf(project) },
    };
  },
  run: (input) => input.files.flatMap((file) => findingsIn(file, input)),
});

/** The Python files that the Dockerfile copies or compose mounts; the project's own where neither is known. */
function filesOfImage(tree: ReadonlyTree, { dockerfile, imageLayout, mounts }: Project): readonly LiveFile[] {
  if (dockerfile.kind !== 'read')
    return liveFiles(tree, ...ownGlobs(null, '*.py')).filter(({ path }) => !isTestFile(path));
  const placed = new Set([...imageLayout.values()].map(({ path }) => path).filter((path) => path.endsWith('.py')));
  const all = tree.paths('**/*.py');
  for (const { source } of mounts) {
    if (all[placeIn(all, source)] === source) placed.add(source);
    const below = `${source}/`;
    for (let at = placeIn(all, below); all[at]?.startsWith(below) === true; at += 1) placed.add(all[at] as RepoPath);
  }
  return readLive(tree, [...placed].sort(comparePaths)).filter(({ path }) => !isTestFile(path));
}

/** Null when some are declared in a form that is not read. */
function declaredPackages(project: Project): ReadonlySet<string> | null {
  const readings = project.requirements.filter(({ via }) => via !== 'constraint');
  if (project.unreadPackages !== null) return null;
  if (project.installs.some(({ packages }) => packages.some(({ value }) => value.startsWith('$')))) return null;
  const requirements = [
    ...readings.flatMap(({ file }) => file.requirements),
    ...project.installs.flatMap(({ packages }) =>
      packages.flatMap(({ value }) => readRequirements(value.replace(/[<>].*/, '')).requirements),
    ),
  ];
  const declared = new Set<string>();
  for (const { name, extras, url } of requirements) {
    const known = name ?? nameFromUrl(url ?? '');
    if (known === null) continue;
    declared.add(known);
    if (known !== 'litellm') continue;
    for (const one of LITELLM_DEPENDENCIES.core) declared.add(one);
    if (extras.includes('proxy')) for (const one of LITELLM_DEPENDENCIES.proxy) declared.add(one);
  }
  return declared;
}

/** `git+https://host/owner/claude-code-sdk-python.git@ref` installs `claude-code-sdk`. */
function nameFromUrl(url: string): string | null {
  const last = /\/([\w.-]+?)(?:\.git)?(?:@[^/]*)?(?:#.*)?$/.exec(url)?.[1];
  return last === undefined ? null : normalizePackageName(last.replace(/[-_]python$/, ''));
}

/** Answers whether a module of this first name could be the checkout's own. */
type LocalModules = (name: string) => boolean;

/** Every folder and file that could be meant counts; which of them is on the path is known at run time only. */
function localModules(tree: ReadonlyTree): LocalModules {
  const paths = tree.paths('**/*.{py,so,pyd}');
  const local = modulesOf.get(paths) ?? modulesIn(paths);
  modulesOf.set(paths, local);
  return local;
}

const modulesOf = new WeakMap<readonly RepoPath[], LocalModules>();

/** Few names are asked about: looking for each in one text of all paths takes far less than a set of all names. */
function modulesIn(paths: readonly RepoPath[]): LocalModules {
  const known = new Map<string, boolean>();
  let text: string | undefined;
  return (name) => {
    text ??= `/${paths.join('\0/')}\0`;
    const found = known.get(name) ?? (text.includes(`/${name}/`) || holdsFile(text, name));
    known.set(name, found);
    return found;
  };
}

/** Whether a file, not a folder, is called `name` up to its first dot. */
function holdsFile(text: string, name: string): boolean {
  const start = `/${name}.`;
  for (let at = text.indexOf(start); at !== -1; at = text.indexOf(start, at + 1)) {
    if (!text.slice(at + 1, text.indexOf('\0', at)).includes('/')) return true;
  }
  return false;
}

/** An import of a package that the checkout does not hold itself. */
export interface ThirdPartyImport {
  /** As written, dotted. */
  readonly module: string;
  /** What is taken from it by name. */
  readonly names: readonly string[];
  readonly path: RepoPath;
  readonly line: number;
}

/**
 * What the Python files of the image import from packages, one entry for each module in order of first appearance, the names
 * of all its imports together. Imports in a try, for type checking and in tests are left out.
 */
export function thirdPartyImports(tree: ReadonlyTree, ctx: CheckContext): readonly ThirdPartyImport[] {
  const local = localModules(tree);
  const found = new Map<string, ThirdPartyImport>();
  for (const { path, text } of filesOfImage(tree, readProject(tree, ctx))) {
    for (const one of listImports(text).filter((each) => isThirdParty(each, local))) {
      const names = (one.names ?? []).flatMap(({ name }) => (name === '*' ? [] : [name]));
      const { module, line } = one;
      const known = found.get(module) ?? { module, names: [], path, line };
      found.set(module, { ...known, names: [...new Set([...known.names, ...names])] });
    }
  }
  return [...found.values()];
}

function isThirdParty(one: PythonImport, local: LocalModules): boolean {
  const [top = ''] = one.module.split('.');
  if (one.level > 0 || one.guarded || one.typeCheckingOnly) return false;
  return !(STANDARD_LIBRARY.has(top) || OF_THE_ENVIRONMENT.has(top) || local(top));
}

function requirementsOf({ requirements }: Project): RepoPath | null {
  return requirements.find(({ via }) => via !== 'constraint')?.path ?? null;
}

function findingsIn({ path, text }: LiveFile, { declared, local, requirements }: Input): readonly Finding[] {
  const found = new Map<string, PythonImport>();
  for (const one of listImports(text)) {
    const [top = ''] = one.module.split('.');
    // The web login is told of by the check of its names.
    if (top === LOGIN_MODULE || found.has(top) || !isThirdParty(one, local)) continue;
    if (!isDeclared(one, declared)) found.set(top, one);
  }
  return [...found].map(([top, { line, module, names }]) => {
    const wanted = PACKAGES[top]?.[0] ?? packageOf(top, module, names);
    const file = requirements ?? 'requirements.txt';
    return {
      check: ID,
      severity: 'error' as const,
      message: OF_THE_BASE.has(top)
        ? `${top} is there only as long as the base image happens to have it`
        : `${top} is imported, and nothing installs it`,
      expected: `${wanted} in ${file}`,
      seen: `import of ${top}${parentOf(path) === null ? '' : ` in ${path}`}`,
      subject: top,
      path,
      line,
      failureMode: 'FM-16',
      next: `add to ${file}: ${wanted}`,
    };
  });
}

/** Modules that many packages share, each with a name of its own. */
const SHARED = new Set(['azure', 'google', 'opentelemetry', 'zope']);

function packageOf(top: string, module: string, names: PythonImport['names']): string {
  if (!SHARED.has(top)) return normalizePackageName(top);
  const [only, ...more] = names ?? [];
  const last = only !== undefined && more.length === 0 && module.split('.').length < 3 ? [only.name] : [];
  return normalizePackageName([...module.split('.'), ...last].join('-'));
}

/** A package called like the module, or like the start of it (`google-cloud-kms` for `google.cloud.kms`). */
function isDeclared({ module, names }: PythonImport, declared: ReadonlySet<string>): boolean {
  const parts = module.split('.');
  const top = parts[0] as string;
  if ((PACKAGES[top] ?? []).some((name) => declared.has(name))) return true;
  const longest = [...parts, ...(names?.length === 1 ? [(names[0] as { name: string }).name] : [])];
  return longest.some((_, at) => declared.has(normalizePackageName(longest.slice(0, at + 1).join('-'))));
}
