import {
  addRequirement,
  defineStep,
  type ReadonlyTree,
  type RepoPath,
  type Requirement,
  readRequirements,
  type StepContext,
  setSpecifiers,
} from '../../../src/authoring.ts';
import { applyOutcome } from '../apply-outcome.ts';
import { containerState, type LegacyContainer, notReplacing, requirementsPath } from '../old-dockerfile.ts';
import type { OauthOnlyParams } from '../params.ts';
import { type HandPackage, type HandPackages, packagesByHand } from '../pip-packages.ts';

/** Published versions that carried a credential stealer. */
const COMPROMISED = ['1.82.7', '1.82.8'];

interface Move {
  readonly dockerfile: RepoPath;
  readonly path: RepoPath;
  /** Null when there is no such file. */
  readonly text: string | null;
  readonly byHand: HandPackages;
}

/** Gathers in the requirements file what the old image installed in two places. */
export const movePackages = defineStep<OauthOnlyParams, Move>({
  id: 'move-packages',
  title: 'Move packages installed by hand into the requirements file',
  description:
    'Adds what the old Dockerfile installed with pip by name or URL to the requirements file, each once, and excludes the two LiteLLM versions that ' +
    'carried a credential stealer; lower bounds, extras, markers and comments stay. A package that is there keeps its version.',
  version: 1,
  select: (tree) => {
    const state = containerState(tree);
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
    byHand: packagesByHand(state.stage, state.file.text),
  };
}

type Noter = Pick<StepContext<OauthOnlyParams>, 'note'>;

function rewrite(move: Move, ctx: Noter): string {
  const { byHand, path, dockerfile } = move;
  let text = move.text ?? '';
  for (const one of byHand.packages) text = addPackage(text, one, move, ctx);
  for (const { text: what, line } of byHand.left) {
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
