import {
  bomLength,
  defineStep,
  finalStage,
  newlineOf,
  RefitError,
  readDockerfile,
  withNewline,
} from '../../../src/authoring.ts';
import { type MendedDockerfile, mendDeadCopies } from '../dead-copies.ts';
import { mapDockerfile } from '../dockerfile-mapping.ts';
import {
  containerState,
  isBaseImage,
  type LegacyContainer,
  notReplacing,
  requirementsPath,
} from '../old-dockerfile.ts';
import { type OauthOnlyParams, PLANNED_BASE, PUBLISHED_BASE } from '../params.ts';
import { renderDockerfile } from '../render-dockerfile.ts';
import { ENTRYPOINT_PATH } from './write-entrypoint.ts';

const TEMPLATE = 'Dockerfile';

/** Replaces the Dockerfile by one on the base image. */
export const writeDockerfile = defineStep<OauthOnlyParams, LegacyContainer | MendedDockerfile>({
  id: 'write-dockerfile',
  title: 'Write the Dockerfile on the base image',
  description:
    'Writes the Dockerfile from the template: COPY lines, variables, labels, ports and the command come from the old one and the tree. Every instruction without a ' +
    'place in the new one is named with its line. A Dockerfile that is on the base image under either of its names, a repaired one too, is left alone; only a copy of the deleted login module, which would stop its build, goes.',
  version: 1,
  needs: ['python'],
  templates: [TEMPLATE],
  select: (tree, ctx) => {
    const state = containerState(tree, ctx.params.dockerfile);
    if (state.kind === 'legacy') {
      const missing = [ENTRYPOINT_PATH, requirementsPath(state)].find((path) => !tree.has(path));
      if (missing === undefined) return { kind: 'applies', input: state };
      const why = `the new Dockerfile copies ${missing}, which is not there: do not skip write-entrypoint and move-packages`;
      return { kind: 'refuse', why, path: state.path, line: state.stage.base.line };
    }
    const mended = state.kind === 'on-base' ? mendDeadCopies(tree, state.path) : null;
    if (mended !== null) return { kind: 'applies', input: mended };
    if (state.kind === 'on-base') return { kind: 'done', why: `${state.path} is on the base image (${state.base})` };
    return notReplacing(state) ?? { kind: 'skip', why: 'no Dockerfile to replace' };
  },
  run: (old, tree, ctx) => {
    if (old.kind === 'mended') {
      tree.overwrite(old.path, old.text);
      return;
    }
    const { base } = ctx.params;
    const { parts, notes } = mapDockerfile(old, tree, [ENTRYPOINT_PATH]);
    const text = renderDockerfile(ctx.template(TEMPLATE), { ...parts, base });
    mustBeWhole(text);
    const mark = old.file.text.slice(0, bomLength(old.file.text));
    tree.overwrite(old.path, mark + withNewline(text, newlineOf(old.file.text)));
    for (const note of notes) ctx.note(note);
    const at = { path: old.path, line: old.stage.base.line };
    if (base === PLANNED_BASE) {
      const message = `the base project's CI publishes ${PUBLISHED_BASE}; if ${base} cannot be pulled: --param base=${PUBLISHED_BASE}`;
      ctx.note({ ...at, severity: 'warning', message });
    }
    const stage = finalStage(readDockerfile(text));
    if (stage.kind === 'stage' && !isBaseImage(stage.base.reference)) {
      ctx.note({
        ...at,
        severity: 'warning',
        message: `${base} is not known as the base image; it has to keep the same promises`,
      });
    }
  },
});

/** The rendered text is read again: an open place here is a fault of the template, not of the checkout. */
function mustBeWhole(text: string): void {
  const file = readDockerfile(text);
  const stage = finalStage(file);
  const [problem] = file.problems;
  if (problem !== undefined)
    throw new RefitError(`the new Dockerfile does not parse: line ${problem.line}: ${problem.message}`);
  const whole = stage.kind === 'stage' && stage.lastUser?.value === 'claude' && stage.cmd?.form === 'json';
  if (!whole) throw new RefitError('the new Dockerfile lost its user or its command');
}
