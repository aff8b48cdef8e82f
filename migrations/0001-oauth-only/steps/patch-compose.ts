import {
  type Applicability,
  applyEdits,
  basesOf,
  type ComposeMount,
  type ComposePlace,
  type ComposeProject,
  changeMountTarget,
  comparePaths,
  defineStep,
  type EditOutcome,
  indexLines,
  isBeside,
  isOnNewBase,
  NEW_LOGIN,
  type Note,
  OLD_LOGIN,
  parentOf,
  providerPlaces,
  type ReadonlyTree,
  type RepoPath,
  setEnv,
  type TextEdit,
} from '../../../src/authoring.ts';
import { type MovedMount, mountNotes, overrulingNotes, ownershipNotes } from '../compose/notes.ts';
import { extendersOf, planToken, TOKEN, TOKEN_VALUE } from '../compose/token.ts';
import { chooseDockerfile, containerState, type OldHome, oldHome, readOwnCompose } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';

/** Edits of one file, one set after the other: offsets of a set count in the text that the set before it left. */
interface Patch {
  readonly path: RepoPath;
  readonly edits: readonly (readonly TextEdit[])[];
}

interface ComposePatches {
  readonly patches: readonly Patch[];
  readonly notes: readonly Note[];
}

/** Moves the login mount of the provider service to the home of the new user, and passes the token in. */
export const patchCompose = defineStep<OauthOnlyParams, ComposePatches>({
  id: 'patch-compose',
  title: 'Move the login volume and pass the token in compose files',
  description:
    `In every compose file, for the services that run the provider: the mount target ${OLD_LOGIN}, or the login in the home of the user that the old image ran as, becomes ${NEW_LOGIN}, and ` +
    `${TOKEN} is passed in where that keeps the user's value. Other mounts, services and keys stay as they are, to the byte; ` +
    'what a person should look at is named with its line. A file that cannot be edited safely (aliases, anchors, merge keys on ' +
    'the way) stops the run when Compose loads it by itself, and is named otherwise.',
  version: 1,
  select: (tree, ctx) => selectPatches(tree, ctx.params.dockerfile),
  run: ({ patches, notes }, tree, ctx) => {
    for (const { path, edits } of patches) for (const set of edits) tree.edit(path, set);
    for (const note of notes) ctx.note(note);
  },
});

/** Collects while the services are gone through; `text` of a file is its state after the edits so far. */
interface Work {
  readonly project: ComposeProject;
  readonly texts: Map<RepoPath, string>;
  readonly edits: Map<RepoPath, (readonly TextEdit[])[]>;
  readonly moved: MovedMount[];
  readonly notes: Note[];
  readonly unsafe: Unsafe[];
  readonly home: OldHome;
}

interface Unsafe {
  readonly path: RepoPath;
  readonly line: number;
  readonly why: string;
  /** Whether Compose reads the file without being told to. */
  readonly loaded: boolean;
}

function selectPatches(tree: ReadonlyTree, dockerfile: string | undefined): Applicability<ComposePatches> {
  const project = readOwnCompose(tree, dockerfile);
  if (project.files.length + project.unreadable.length === 0) return { kind: 'skip', why: 'there is no compose file' };
  const choice = chooseDockerfile(tree, dockerfile);
  const oldImage = choice.kind !== 'one' || !isOnNewBase(tree, choice.path);
  const work: Work = {
    project,
    texts: new Map(),
    edits: new Map(),
    moved: [],
    notes: [],
    unsafe: unreadableFiles(project),
    home: oldHome(containerState(tree, dockerfile)),
  };
  const places = providerPlaces(project);
  for (const place of places) moveLogin(place, work);
  for (const place of places) passToken(place, work, oldImage);
  const fatal = work.unsafe.find(({ loaded }) => loaded);
  if (fatal !== undefined) {
    const { path, line, why } = fatal;
    return {
      kind: 'refuse',
      path,
      line,
      why: `${path} cannot be edited safely: ${why}; change the line by hand, then plan again`,
    };
  }
  return outcomeOf(work, places, oldImage);
}

function outcomeOf(work: Work, places: readonly ComposePlace[], oldImage: boolean): Applicability<ComposePatches> {
  const patches = [...work.edits]
    .map(([path, edits]) => ({ path, edits }))
    .sort((a, b) => comparePaths(a.path, b.path));
  const todo = work.unsafe.map(({ path, line, why }): Note => {
    return { severity: 'todo', path, line, message: `change ${OLD_LOGIN} to ${NEW_LOGIN} by hand: ${why}` };
  });
  const changing = patches.length > 0 || (oldImage && places.length > 0);
  const advice = changing ? [...mountNotes(work.project, work.moved), ...places.flatMap(overrulingNotes)] : [];
  const notes = [...todo, ...work.notes, ...ownershipNotes(work.moved, work.home), ...advice].map((note) =>
    movedNote(note, work),
  );
  if (patches.length + notes.length > 0) return { kind: 'applies', input: { patches, notes } };
  if (places.length === 0) return { kind: 'skip', why: 'no service of a compose file runs the provider' };
  return { kind: 'done', why: `the login is mounted at ${NEW_LOGIN} or not at all, and the token arrives` };
}

/** A note at the line that its place has after the edits. */
function movedNote(note: Note, { project, edits }: Work): Note {
  const text = project.files.find(({ path }) => path === note.path)?.text;
  if (text === undefined || note.path === undefined || note.line === undefined) return note;
  let after = text;
  let offset = indexLines(text).startOf(note.line);
  for (const set of edits.get(note.path) ?? []) {
    const before = set.filter(({ end }) => end <= offset);
    after = applyEdits(after, set);
    offset += before.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), 0);
  }
  return { ...note, line: indexLines(after).lineAt(offset) };
}

function unreadableFiles({ unreadable }: ComposeProject): Unsafe[] {
  return unreadable.flatMap(({ path, text, role, why, line }): readonly Unsafe[] => {
    // In a folder of its own it may be anything; at the root it is the deployment, and cannot tell is unsafe.
    const loaded = role !== 'other' && parentOf(path) === null;
    return loaded || text.includes(OLD_LOGIN) ? [{ path, line, why, loaded }] : [];
  });
}

const targetOf = ({ target }: ComposeMount): string => (target.resolved ?? target.text).replace(/\/+$/, '');

function moveLogin(place: ComposePlace, work: Work): void {
  const { file, service } = place;
  const from = [OLD_LOGIN, work.home.login].find((login) => service.mounts.some((mount) => targetOf(mount) === login));
  const old = service.mounts.filter((mount) => targetOf(mount) === from);
  const first = old[0];
  if (first === undefined || from === undefined) return;
  const sharer = extendersOf(place, work.project).find((other) => !other.file.providers.has(other.service.name));
  if (sharer !== undefined) {
    const why = `${service.name} is also extended by ${sharer.service.name}, which is not the provider`;
    work.unsafe.push({ path: file.path, line: first.line, why, loaded: file.role !== 'other' });
    return;
  }
  const change = { service: service.name, from, to: NEW_LOGIN };
  const refusal = applyTo(place, work, (text) => changeMountTarget(text, change));
  if (refusal === null) work.moved.push(...old.map((mount) => ({ place, mount })));
  else work.unsafe.push({ path: file.path, ...refusal, loaded: file.role !== 'other' });
}

function passToken(place: ComposePlace, work: Work, oldImage: boolean): void {
  const { file, service } = place;
  const plan = planToken(place, work.project, isMoved(place, work), oldImage);
  if (plan.kind === 'elsewhere') {
    const { path } = plan.envFile;
    const { file: loading, service: loader } = plan.place;
    const message = `${loader.name} loads ${path.text}: put ${TOKEN} there; a line in environment would override it, so none was added`;
    work.notes.push({ severity: 'info', path: loading.path, line: path.line, message });
    return;
  }
  if (plan.kind === 'none') return;
  const variable = { service: service.name, name: TOKEN, value: TOKEN_VALUE };
  const refusal = applyTo(place, work, (text) => setEnv(text, variable));
  if (refusal === null) return;
  const { line, why } = refusal;
  if (plan.supplied) {
    const message = `no ${TOKEN} line was added, .env brings it in: ${why}`;
    work.notes.push({ severity: 'info', path: file.path, line, message });
  } else {
    work.notes.push({
      severity: 'todo',
      path: file.path,
      line,
      message: `pass ${TOKEN} to ${service.name} by hand: ${why}`,
    });
  }
}

/** Whether this service, or for the base file the same one in a file beside it, has its login moved in this run. */
function isMoved({ file, service }: ComposePlace, { moved, project }: Work): boolean {
  return moved.some(({ place }) => {
    if (place.service === service) return true;
    if (basesOf({ file, service }, project.files).some((base) => base.service === place.service)) return true;
    return file.role === 'base' && isBeside(place.file, file) && place.service.name === service.name;
  });
}

/** Runs an editor on the present state of a file and keeps its edits; gives the refusal when there is one. */
function applyTo(
  { file }: ComposePlace,
  work: Work,
  edit: (text: string) => EditOutcome,
): { readonly why: string; readonly line: number } | null {
  const text = work.texts.get(file.path) ?? file.text;
  const outcome = edit(text);
  if (outcome.kind === 'refused') return outcome;
  if (outcome.kind === 'unchanged') return null;
  work.texts.set(file.path, applyEdits(text, outcome.edits));
  work.edits.set(file.path, [...(work.edits.get(file.path) ?? []), outcome.edits]);
  return null;
}
