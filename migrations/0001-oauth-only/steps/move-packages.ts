import {
  addRequirement,
  defineStep,
  type ReadonlyTree,
  type RepoPath,
  type Requirement,
  readRequirements,
  repoPath,
  type StepContext,
  setSpecifiers,
} from '../../../src/authoring.ts';
import { applyOutcome } from '../apply-outcome.ts';
import {
  containerState,
  installingRuns,
  type LegacyContainer,
  notReplacing,
  requirementsPath,
} from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';
import { type HandPackage, type HandPackages, packagesByHand } from '../pip-packages.ts';
import { type ProjectDependencies, readProjectDependencies } from '../pyproject.ts';
import { installsProject } from '../python-installs.ts';

/** Published versions that carried a credential stealer. */
const COMPROMISED = ['1.82.7', '1.82.8'];

interface Move {
  readonly dockerfile: RepoPath;
  readonly path: RepoPath;
  /** Null when there is no such file. */
  readonly text: string | null;
  readonly byHand: HandPackages;
  /** What the project itself declares, when the old image installed it. */
  readonly project: ProjectMove | null;
}

interface ProjectMove extends ProjectDependencies {
  readonly path: RepoPath;
  /** The lock file beside it, null when there is none. */
  readonly lock: RepoPath | null;
}

/** Gathers in the requirements file what the old image installed in two places. */
export const movePackages = defineStep<OauthOnlyParams, Move>({
  id: 'move-packages',
  title: 'Move packages installed by hand into the requirements file',
  description:
    'Adds what the old Dockerfile installed with pip by name or URL to the requirements file, each once, and excludes the two LiteLLM versions that ' +
    'carried a credential stealer; lower bounds, extras, markers and comments stay. A package that is there keeps its version.',
  version: 1,
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind !== 'legacy') return notReplacing(state) ?? { kind: 'skip', why: 'no Dockerfile is replaced' };
    const move = planMove(tree, state);
    if (move.text === null && tree.has(move.path)) {
      return { kind: 'refuse', why: 'not a text file that can be edited', path: move.path };
    }
    const silent = { note: () => undefined };
    if (rewrite(move, silent) === move.text) return { kind: 'done', why: `${move.path} holds every package` };
    return { kind: 'applies', input: move };
  },
  run: (move, tree, ctx) => {
    const text = rewrite(move, ctx);
    if (tree.has(move.path)) tree.overwrite(move.path, text);
    else tree.create(move.path, text);
  },
});

function planMove(tree: ReadonlyTree, state: LegacyContainer): Move {
  const path = requirementsPath(state);
  return {
    dockerfile: state.path,
    path,
    text: tree.tryReadText(path),
    byHand: packagesByHand(installingRuns(state), state.file.text),
    project: planProject(tree, state),
  };
}

const LOCKS = ['uv.lock', 'poetry.lock', 'pdm.lock'];

function planProject(tree: ReadonlyTree, state: LegacyContainer): ProjectMove | null {
  const path = repoPath('pyproject.toml');
  const commands = installingRuns(state).flatMap((run) => run.commands);
  const installs = commands.some(({ words }) => installsProject(words.map(({ value }) => value)));
  const text = installs ? tree.tryReadText(path) : null;
  return text === null ? null : { ...readProjectDependencies(text), path, lock: tree.paths(...LOCKS)[0] ?? null };
}

type Noter = Pick<StepContext<OauthOnlyParams>, 'note'>;

function rewrite(move: Move, ctx: Noter): string {
  const { byHand, path, dockerfile } = move;
  let text = addProject(move, ctx);
  for (const one of byHand.packages) text = addPackage(text, one, move, ctx);
  for (const { text: what, line } of byHand.left) {
    if (move.project !== null && /^(?:-e )?\.\/?(?:\[.*\])?$/.test(what)) continue;
    ctx.note({ severity: 'todo', path: dockerfile, line, message: `installed by hand and not moved: ${what}` });
  }
  const litellm = readRequirements(text).requirements.filter(({ name }) => name === 'litellm');
  if (litellm.length === 0 && !readRequirements(text).options.some(({ name }) => /^(?:-r|--requirement)$/.test(name))) {
    ctx.note({
      severity: 'warning',
      path,
      message: 'nothing installed LiteLLM, the old base image may have brought it: added',
    });
    return applyOutcome(text, addRequirement(readRequirements(text), `litellm[proxy]${exclusions([])}`), path);
  }
  return excludeCompromised(text, litellm, path, ctx);
}

/** The text with what the project declares: the new image installs from one file. */
function addProject({ text, project, path }: Move, ctx: Noter): string {
  if (project === null) return text ?? '';
  let all = text ?? '';
  for (const { requirement, line } of project.packages) {
    const outcome = addRequirement(readRequirements(all), requirement);
    if (outcome.kind === 'refused') leaveOut(requirement, line);
    else all = applyOutcome(all, outcome, path);
  }
  for (const { text: what, line } of project.left) leaveOut(what, line);
  if (all !== (text ?? '')) {
    const message = `its dependencies stand in ${path} too, which the new image installs: keep the two in step`;
    ctx.note({ severity: 'info', path: project.path, message });
    if (project.lock !== null) {
      const pins = `the new image installs from ${path} and not from this file; to keep its versions, export them to ${path}`;
      ctx.note({ severity: 'warning', path: project.lock, message: pins });
    }
  }
  return all;

  function leaveOut(what: string, line: number): void {
    const message = `not moved to ${path}, which the new image installs: ${what}`;
    ctx.note({ severity: 'todo', path: (project as ProjectMove).path, line, message });
  }
}

function addPackage(text: string, one: HandPackage, { path, dockerfile }: Move, ctx: Noter): string {
  const file = readRequirements(text);
  const outcome = addRequirement(file, one.requirement);
  const at = { path: dockerfile, line: one.line };
  if (outcome.kind === 'unchanged') {
    const there = file.requirements.find(({ name }) => name === one.name)?.text ?? one.requirement;
    if (there !== one.requirement && /[<>=~!@]/.test(one.requirement)) {
      ctx.note({
        ...at,
        severity: 'info',
        message: `installed ${one.requirement}; ${path} says ${there}, which stays`,
      });
    }
    return text;
  }
  if (one.unquoted) {
    const message = `${one.requirement} stood without quotes, so the shell dropped its bound; in ${path} the bound holds`;
    ctx.note({ ...at, severity: 'info', message });
  }
  if (one.url) ctx.note({ ...at, severity: 'warning', message: urlMessage(one.requirement) });
  return applyOutcome(text, outcome, path);
}

function urlMessage(requirement: string): string {
  const pinned = /@[0-9a-f]{40}(?:#|$)/.test(requirement);
  return `${requirement} comes from a URL${pinned ? '' : ', unpinned,'} and is not the published package; moved as it is`;
}

function excludeCompromised(text: string, litellm: readonly Requirement[], path: RepoPath, ctx: Noter): string {
  const [one, ...others] = litellm;
  if (one === undefined || exclusions(one.specifiers) === '') return text;
  const pinned = one.specifiers.find(({ operator, version }) => /^={2,3}$/.test(operator) && !version.endsWith('*'));
  const at = { path, line: one.line };
  if (pinned !== undefined) {
    if (COMPROMISED.includes(pinned.version)) {
      ctx.note({
        ...at,
        severity: 'todo',
        message: `LiteLLM ${pinned.version} carried a credential stealer: pin another`,
      });
    }
    return text;
  }
  const span = text.slice(one.specifierSpan.start, one.specifierSpan.end).replace(/^\((.*)\)$/s, '$1');
  const wanted = `${span}${span === '' ? '' : ','}${exclusions(one.specifiers)}`;
  const outcome = others.length > 0 ? null : setSpecifiers(readRequirements(text), 'litellm', wanted);
  if (outcome === null || outcome.kind === 'refused') {
    const why = outcome === null ? 'it is named more than once' : outcome.why;
    ctx.note({ ...at, severity: 'todo', message: `exclude LiteLLM ${COMPROMISED.join(' and ')} here: ${why}` });
    return text;
  }
  return applyOutcome(text, outcome, path);
}

/** The bounds that keep the compromised versions out and are not there yet. */
function exclusions(specifiers: Requirement['specifiers']): string {
  const excluded = (version: string): boolean =>
    specifiers.some((one) => one.operator === '!=' && one.version === version) ||
    specifiers.some((one) => /^<=?$/.test(one.operator) && isBelow(one.version, COMPROMISED[0] as string));
  return COMPROMISED.filter((version) => !excluded(version))
    .map((version) => `!=${version}`)
    .join(',');
}

function isBelow(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let at = 0; at < 3; at += 1) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
