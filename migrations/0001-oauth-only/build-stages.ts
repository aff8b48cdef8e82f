import { type Dockerfile, type FinalStage, finalStage, parseImageReference } from '../../src/authoring.ts';
import { judgeCommand } from './old-commands.ts';

/** A stage that the last one is not built on but copies from, read as if it were the last. */
export interface HelperStage {
  /** Its name, else its number. */
  readonly name: string;
  readonly line: number;
  readonly stage: FinalStage;
  /** Whether it did nothing but install packages, which the new image installs itself. */
  readonly onlyInstalls: boolean;
}

/** The stages of a Dockerfile beside those that the last one is built on. */
export function helperStages(file: Dockerfile, last: FinalStage): readonly HelperStage[] {
  return file.stages.flatMap((one) => {
    if (last.chain.includes(one)) return [];
    const stage = finalStage({ ...file, stages: file.stages.slice(0, one.index + 1) });
    if (stage.kind === 'none') return [];
    return [{ name: one.name ?? String(one.index), line: one.from.line, stage, onlyInstalls: onlyInstalls(stage) }];
  });
}

const BUILD_TOOLS = /^(?:apt-get|apt|apk|yum|dnf)$/;

function onlyInstalls({ runs }: FinalStage): boolean {
  return runs.every(
    ({ commands }) =>
      commands.length > 0 &&
      commands.every(({ words }) => {
        const values = words.map(({ value }) => value);
        // What a stage needed to compile packages is not in the old image either.
        return BUILD_TOOLS.test(values[0] ?? '') || judgeCommand(values, new Set()) === null;
      }),
  );
}

/** Images that are only copied from to get a program that the base image or the template brings. */
const TOOL_IMAGE = /(?:^|\/)(?:astral-sh\/uv|node)$/;

/** Whether a `COPY --from` brings only what the new image has anyhow. */
export function isBrought(from: string, helpers: readonly HelperStage[]): boolean {
  const helper = helpers.find(({ name }) => name === from.toLowerCase());
  if (helper !== undefined) return helper.onlyInstalls;
  return TOOL_IMAGE.test(parseImageReference(from)?.repository ?? '');
}
