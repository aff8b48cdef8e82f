import {
  type Applicability,
  compileGlobs,
  HISTORY_GLOBS,
  nameOf,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  type RepoTree,
  readMarkdown,
  resolveIn,
  type StepContext,
} from '../../../src/authoring.ts';
import { describesToken, findAuthMentions, type IsGone } from '../auth-mentions.ts';
import type { OauthOnlyParams } from '../params.ts';
import type { DocumentKit, Surroundings } from './draft.ts';
import { anchorsOf } from './heading-anchors.ts';
import { reviseDocument } from './revise.ts';
import type { Revision } from './settle.ts';
import { type Variables, variablesOf } from './variables.ts';

/** One document that a step rewrites, with its new text and what a person should look at. */
export interface DocumentRevision {
  readonly path: RepoPath;
  /** Null for a symbolic link, which is left alone. */
  readonly revision: Revision | null;
}

/** The texts that every document step may put in; part of each step's hash. */
export const SHARED_TEMPLATES: readonly string[] = [
  'auth-setup-intro.md',
  'login-commands.md',
  'login-failed.md',
  'login-statement.md',
  'login-step.md',
];

const GUIDE = /^(?:docs\/)?auth_setup\.md$/i;

/** The guides on logging in, in `docs/` or at the root. */
export function findGuides(tree: ReadonlyTree): readonly RepoPath[] {
  return tree.paths('*', 'docs/*', 'Docs/*').filter((path) => GUIDE.test(path));
}

/** Files at the root of this name, in whatever case. */
export function findAtRoot(tree: ReadonlyTree, name: string): readonly RepoPath[] {
  return tree.paths('*').filter((path) => path.toLowerCase() === name.toLowerCase());
}

/** Whether nothing in the repository has this path or, written without a folder, this name. */
export function goneFrom(tree: ReadonlyTree): IsGone {
  const paths = tree.paths();
  const isGone = answered.get(paths) ?? answerFrom(tree, paths);
  answered.set(paths, isGone);
  return isGone;
}

/** Every document asks about the same few names, and in a large repository each answer takes a look at all paths. */
const answered = new WeakMap<readonly RepoPath[], IsGone>();

function answerFrom(tree: ReadonlyTree, paths: readonly RepoPath[]): IsGone {
  const isHistory = compileGlobs([...HISTORY_GLOBS]);
  const known = new Map<string, boolean>();
  let named: ((name: string) => readonly RepoPath[]) | undefined;
  return (path) => {
    const plain = path
      .replace(/^(?:\.{0,2}\/)+/, '')
      .replace(/^app\//, '')
      .replace(/\/$/, '');
    const found = known.get(plain);
    if (found !== undefined) return found;
    named ??= namedIn(paths);
    const name = plain.slice(plain.lastIndexOf('/') + 1).toLowerCase();
    const isAlive = (one: RepoPath): boolean => !isHistory(one);
    const prefix = `${plain}/`;
    const below = (): boolean => paths.some((one) => one.startsWith(prefix) && isAlive(one));
    const gone = !named(name).some(isAlive) && !(tree.hasFolder(plain as RepoPath) && below());
    known.set(plain, gone);
    return gone;
  };
}

/** The paths whose name is a given one in lower case. Looking into one text of all paths takes less than a map of all names. */
function namedIn(paths: readonly RepoPath[]): (name: string) => readonly RepoPath[] {
  const text = `\0/${paths.join('\0/')}\0`;
  const lower = text.toLowerCase();
  // Few letters are longer in lower case; then places in the two texts differ.
  if (lower.length !== text.length) return (name) => paths.filter((path) => nameOf(path).toLowerCase() === name);
  return (name) => {
    const found: RepoPath[] = [];
    const whole = `/${name}\0`;
    for (let at = lower.indexOf(whole); at !== -1; at = lower.indexOf(whole, at + 1)) {
      found.push(text.slice(text.lastIndexOf('\0', at) + 2, at + whole.length - 1) as RepoPath);
    }
    return found;
  };
}

/** How links of the document at `path` fare in the tree. */
export function surroundingsOf(tree: ReadonlyTree, path: RepoPath): Surroundings {
  return { isGone: goneFrom(tree), linkTarget: (target) => linkTarget(tree, path, target) };
}

function linkTarget(tree: ReadonlyTree, path: RepoPath, target: string): string | null {
  const [file = '', fragment] = target.split('#');
  if (file === '' || /^[a-z][\w+.-]*:|^\/\//i.test(target)) return target;
  const found = file.startsWith('/') ? resolveIn(null, file.slice(1)) : resolveIn(parentOf(path), file);
  if (found === null) return target;
  if (tree.has(found)) return mendFragment(tree, found, file, fragment) ?? target;
  if (tree.hasFolder(found)) return target;
  const moved = /^auth_setup\.md$/i.test(nameOf(found)) ? findGuides(tree)[0] : undefined;
  return moved === undefined ? null : relativeTo(parentOf(path), moved);
}

/** Drops the fragment of a link to the guide when the guide has no such heading any more. */
function mendFragment(tree: ReadonlyTree, found: RepoPath, file: string, fragment: string | undefined): string | null {
  const text = fragment === undefined || !GUIDE.test(found) ? null : tree.tryReadText(found);
  if (text === null || fragment === undefined) return null;
  return anchorsOf(readMarkdown(text)).has(fragment) ? null : file;
}

function relativeTo(folder: RepoPath | null, path: RepoPath): string {
  if (folder === null) return path;
  if (path.startsWith(`${folder}/`)) return path.slice(folder.length + 1);
  return `${'../'.repeat(folder.split('/').length)}${path}`;
}

/** Selects the documents among `paths` that a step has to rewrite. */
export function selectDocuments(
  tree: ReadonlyTree,
  ctx: StepContext<OauthOnlyParams>,
  paths: readonly RepoPath[],
  profile: DocumentKit['profile'],
  section: string,
): Applicability<readonly DocumentRevision[]> {
  if (paths.length === 0) return { kind: 'skip', why: 'there is no such document' };
  const revisions: DocumentRevision[] = [];
  for (const path of paths) {
    const text = tree.tryReadText(path);
    if (tree.mode(path) === 'link' && leadsToRemovedLogin(tree, path)) revisions.push({ path, revision: null });
    if (text === null) continue;
    const guide = findGuides(tree).find((found) => found !== path);
    const link = guide === undefined ? '' : relativeTo(parentOf(path), guide);
    const kit = readKit(ctx, profile, section, { ...variablesOf(tree, ctx.params.dockerfile), guide: link });
    const revision = reviseDocument(text, kit, surroundingsOf(tree, path), profile === 'readme' && isUntold(tree));
    if (revision !== null && (revision.text !== text || revision.remarks.length > 0))
      revisions.push({ path, revision });
  }
  return revisions.length > 0
    ? { kind: 'applies', input: revisions }
    : { kind: 'done', why: 'nothing in it speaks of the removed login' };
}

/** Whether a link is one to a document of the checkout that speaks of the removed login. */
function leadsToRemovedLogin(tree: ReadonlyTree, path: RepoPath): boolean {
  const target = resolveIn(parentOf(path), linkTargetOf(tree, path));
  const text = target === null || !tree.has(target) ? null : tree.tryReadText(target);
  if (text === null) return false;
  const named = describesToken(text);
  return findAuthMentions(text, goneFrom(tree)).some(
    ({ strength }) => strength === 'hard' || (strength === 'soft' && !named),
  );
}

const linkTargetOf = (tree: ReadonlyTree, path: RepoPath): string => Buffer.from(tree.readBytes(path)).toString('utf8');

/** Whether the container was migrated here, with the old Dockerfile kept, and no document says how to log in now. */
function isUntold(tree: ReadonlyTree): boolean {
  if (tree.paths('Dockerfile.backup*').length === 0) return false;
  return !tree.paths('**/*.{md,markdown}').some((path) => describesToken(tree.tryReadText(path) ?? ''));
}

/** Writes the revisions and tells what is left to a person. */
export function writeDocuments(
  revisions: readonly DocumentRevision[],
  tree: RepoTree,
  ctx: StepContext<OauthOnlyParams>,
): void {
  for (const { path, revision } of revisions) {
    if (revision === null) {
      const message = `a symbolic link to ${linkTargetOf(tree, path)}, which speaks of the removed login: left alone, change that file`;
      ctx.note({ severity: 'warning', path, message });
      continue;
    }
    if (tree.readText(path) !== revision.text) tree.overwrite(path, revision.text);
    for (const { severity, message, line } of revision.remarks) ctx.note({ severity, message, path, line });
  }
}

function readKit(
  ctx: StepContext<OauthOnlyParams>,
  profile: DocumentKit['profile'],
  section: string,
  variables: Variables & { readonly guide: string },
): DocumentKit {
  const read = (name: string): string => fillIn(ctx.template(name), { ...variables }).replace(/\n+$/, '');
  return {
    profile,
    section: read(section),
    step: read('login-step.md'),
    commands: read('login-commands.md'),
    statement: read('login-statement.md'),
    failed: read('login-failed.md'),
    intro: read('auth-setup-intro.md'),
  };
}

/** Fills `{{name}}`; lines from `{{#name}}` to `{{/name}}` stay only with a value, those from `{{^name}}` only without. */
function fillIn(template: string, variables: Readonly<Record<string, string>>): string {
  const values = new Map<string, string>(Object.entries(variables));
  return template
    .replace(/\r\n/g, '\n')
    .replace(/^\{\{([#^])(\w+)\}\}\n([\s\S]*?)^\{\{\/\2\}\}\n?/gm, (_all, when: string, name: string, body: string) =>
      ((values.get(name) ?? '') !== '') === (when === '#') ? body : '',
    )
    .replace(/\{\{([\w-]+)\}\}/g, (_all, name: string) => values.get(name) ?? '');
}
