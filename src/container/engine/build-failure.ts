import { type DockerfileInstruction, readDockerfile } from '../../editors/dockerfile.ts';

/** Why a build stopped, as far as its output tells. */
export interface BuildFailure {
  /** Line of the Dockerfile, from 1; null when the output does not lead to one. */
  readonly line: number | null;
  /** The instruction on one line, or null. */
  readonly instruction: string | null;
  /** The last 20 lines of output, without the builder's own rules and notes. */
  readonly tail: readonly string[];
}

const TAIL = 20;
const LEGACY_STEP = /^step (\d+)\/\d+ ?: (.+)$/i;
const VERTEX = /^#(\d+) \[(?:\S+ )?(\d+)\/\d+\] (.+)$/;
const VERTEX_ERROR = /^#(\d+) ERROR\b/;
const EXCERPT = /^\s*(\d+) \| >>> /;
const PARSE_ERROR = /parse error(?: on)? line (\d+)/;
const NOISE = /^(?:-+|DEPRECATED: |\s+Install the buildx component|\s+https?:\/\/)/;

/** Maps the output of a failed build (legacy builder, BuildKit or buildah) to the instruction that it stopped in. Pure. */
export function explainBuildFailure(log: readonly string[], dockerfile: string): BuildFailure {
  const tail = log.filter((line) => line.trim() !== '' && !NOISE.test(line)).slice(-TAIL);
  const { instructions } = readDockerfile(dockerfile);
  const stated = statedLine(log);
  const step = failedStep(log);
  const found =
    stated === null
      ? step && matchInstruction(instructions, step)
      : instructions.find(({ line, endLine }) => line <= stated && stated <= endLine);
  return {
    line: found?.line ?? stated,
    instruction: found ? oneLine(found) : (step?.text ?? null),
    tail,
  };
}

/** A line that the builder names itself. */
function statedLine(log: readonly string[]): number | null {
  for (const line of [...log].reverse()) {
    const match = PARSE_ERROR.exec(line);
    if (match) return Number(match[1]);
  }
  // The excerpt marks each line of the instruction; its first one counts.
  const first = log.map((line) => EXCERPT.exec(line)).find((match) => match !== null);
  return first ? Number(first[1]) : null;
}

interface FailedStep {
  readonly text: string;
  /** Its place among all instructions, where the builder counts like that. */
  readonly ordinal: number | null;
}

function failedStep(log: readonly string[]): FailedStep | null {
  const broken = log.map((line) => VERTEX_ERROR.exec(line)?.[1]).find((id) => id !== undefined);
  for (const line of [...log].reverse()) {
    const vertex = VERTEX.exec(line);
    if (vertex?.[3] !== undefined && vertex[1] === broken) return { text: vertex[3], ordinal: null };
    const legacy = LEGACY_STEP.exec(line);
    if (legacy?.[2] !== undefined) return { text: legacy[2], ordinal: Number(legacy[1]) };
  }
  return null;
}

/** By text; of several that read the same, the one at the place that the builder counted. */
function matchInstruction(
  instructions: readonly DockerfileInstruction[],
  step: FailedStep,
): DockerfileInstruction | undefined {
  const wanted = squeeze(step.text);
  const byText = instructions.filter((instruction) => oneLine(instruction) === wanted);
  const byPlace = step.ordinal === null ? undefined : instructions[step.ordinal - 1];
  if (byPlace !== undefined && (byText.length === 0 || byText.includes(byPlace))) return byPlace;
  return byText[0];
}

function oneLine(instruction: DockerfileInstruction): string {
  const flags = instruction.flags.map(({ name, value }) => (value === null ? `--${name}` : `--${name}=${value}`));
  return squeeze([instruction.keyword, ...flags, instruction.args.text].join(' '));
}

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
