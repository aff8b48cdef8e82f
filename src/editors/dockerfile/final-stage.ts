/** Pure: what the last stage of a Dockerfile makes of the image, through the stages it is built from. */
import { type Expansion, expand, type Variables } from './expand.ts';
import { parseImageReference } from './image-reference.ts';
import type { Dockerfile, DockerfileInstruction, DockerfileStage } from './model.ts';
import {
  readCommand,
  readCopy,
  readHealthcheck,
  readPairs,
  resolveImagePath,
  splitAssignment,
} from './read-instruction.ts';
import { readRun } from './run-commands.ts';
import type { BaseImage, FinalStage, FinalStageOptions, FinalStageReading, PlacedWord } from './stage-model.ts';

/** Reads the last stage. `none` when there is no FROM or the stages run in a circle. */
export function finalStage(dockerfile: Dockerfile, options: FinalStageOptions = {}): FinalStageReading {
  const last = dockerfile.stages.at(-1);
  if (last === undefined) {
    return { kind: 'none', why: 'no FROM instruction', line: dockerfile.instructions[0]?.line ?? 1 };
  }
  const globals = globalVariables(dockerfile);
  const chain = stageChain(dockerfile, last, globals);
  const root = chain[0] ?? last;
  return readChain(
    dockerfile,
    chain,
    baseImage(root, globals, dockerfile.escapeCharacter),
    globals,
    options.baseWorkdir ?? '/',
  );
}

function globalVariables(dockerfile: Dockerfile): Map<string, string> {
  const variables = new Map<string, string>();
  for (const { words } of dockerfile.globalArgs) {
    for (const word of words) {
      const { name, raw } = splitAssignment(word.text);
      if (raw !== null) variables.set(name, expand(raw, variables, dockerfile.escapeCharacter).text);
    }
  }
  return variables;
}

function stageChain(dockerfile: Dockerfile, last: DockerfileStage, globals: Variables): readonly DockerfileStage[] {
  const chain = [last];
  for (;;) {
    const head = chain[0] as DockerfileStage;
    const { text } = expand(head.from.words[0]?.text ?? '', globals, dockerfile.escapeCharacter);
    // A name refers to an earlier stage only, so this always ends.
    const parent = dockerfile.stages.slice(0, head.index).findLast(({ name }) => name === text.toLowerCase());
    if (parent === undefined) return chain;
    chain.unshift(parent);
  }
}

function baseImage(stage: DockerfileStage, globals: Variables, escapeCharacter: string): BaseImage {
  const raw = stage.from.words[0]?.text ?? '';
  const { text, open } = expand(raw, globals, escapeCharacter);
  const reference = open.length > 0 || text === 'scratch' ? null : parseImageReference(text);
  return { raw, text, reference, open, line: stage.from.line };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

function readChain(
  dockerfile: Dockerfile,
  chain: readonly DockerfileStage[],
  base: BaseImage,
  globals: Variables,
  workdir: string,
): FinalStage {
  const instructions = chain.flatMap((stage) => stage.instructions);
  const stage: Mutable<FinalStage> = {
    kind: 'stage',
    chain: [...chain],
    base,
    instructions,
    users: [],
    lastUser: null,
    workdir,
    copies: [],
    env: [],
    labels: [],
    args: [],
    exposes: [],
    volumes: [],
    runs: [],
    healthchecks: [],
    entrypoint: null,
    cmd: null,
  };
  const environment = new Map<string, string>();
  for (const part of chain) {
    if (part.instructions.some(({ keyword }) => keyword === 'ENTRYPOINT')) stage.cmd = null;
    const buildArgs = new Map<string, string>();
    for (const instruction of part.instructions) {
      // ENV outranks ARG of the same name.
      const variables = new Map([...buildArgs, ...environment]);
      const value = (text: string): Expansion => expand(text, variables, dockerfile.escapeCharacter);
      readInto(stage, instruction, value, { environment, buildArgs, globals });
    }
  }
  stage.lastUser = stage.users.at(-1) ?? null;
  return stage;
}

interface Scope {
  readonly environment: Map<string, string>;
  readonly buildArgs: Map<string, string>;
  readonly globals: Variables;
}

function readInto(
  stage: Mutable<FinalStage>,
  instruction: DockerfileInstruction,
  value: (text: string) => Expansion,
  scope: Scope,
): void {
  const { keyword, words, line, args } = instruction;
  const placed = (): PlacedWord[] => words.map(({ text }) => ({ value: value(text).text, line }));
  switch (keyword) {
    case 'USER':
      stage.users.push({ value: value(args.text).text, line });
      break;
    case 'WORKDIR':
      stage.workdir = resolveImagePath(stage.workdir, value(args.text).text);
      break;
    case 'COPY':
    case 'ADD':
      stage.copies.push(readCopy(keyword, instruction, value, stage.workdir));
      break;
    case 'ENV':
    case 'LABEL': {
      const pairs = readPairs(words, args.text, value, line);
      (keyword === 'ENV' ? stage.env : stage.labels).push(...pairs);
      if (keyword === 'ENV') for (const pair of pairs) scope.environment.set(pair.name, pair.value);
      break;
    }
    case 'ARG':
      for (const { text } of words) readArg(stage, text, line, value, scope);
      break;
    case 'EXPOSE':
      stage.exposes.push(...placed());
      break;
    case 'VOLUME':
      stage.volumes.push(...placed());
      break;
    case 'RUN':
      stage.runs.push(readRun(instruction));
      break;
    case 'HEALTHCHECK':
      stage.healthchecks.push(readHealthcheck(instruction));
      break;
    case 'ENTRYPOINT':
      stage.entrypoint = readCommand(instruction);
      break;
    case 'CMD':
      stage.cmd = readCommand(instruction);
      break;
    default:
      break;
  }
}

function readArg(
  stage: Mutable<FinalStage>,
  text: string,
  line: number,
  value: (text: string) => Expansion,
  scope: Scope,
): void {
  const { name, raw } = splitAssignment(text);
  const given = raw === null ? (scope.globals.get(name) ?? null) : value(raw).text;
  if (given !== null) scope.buildArgs.set(name, given);
  stage.args.push({ name, value: given, line });
}
