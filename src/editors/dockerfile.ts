/** Reads Dockerfiles and edits them by span. Pure; offsets are UTF-16 code units, lines count from 1. */
export { insertAfter, quoteInRun, removeInstruction, setInstructionArguments } from './dockerfile/edit.ts';
export { type Expansion, expand, type Variables } from './dockerfile/expand.ts';
export { finalStage } from './dockerfile/final-stage.ts';
export { type ImageReference, parseImageReference } from './dockerfile/image-reference.ts';
export { type ContextCopy, contextPath, type ImageFile, imageLayout, pathsOfSource } from './dockerfile/layout.ts';
export type {
  Dockerfile,
  DockerfileFlag,
  DockerfileHeredoc,
  DockerfileInstruction,
  DockerfileProblem,
  DockerfileStage,
  DockerfileWord,
} from './dockerfile/model.ts';
export { readDockerfile } from './dockerfile/read.ts';
export { resolveImagePath } from './dockerfile/read-instruction.ts';
export { lineOfCommand, type RunInstruction, spanInFile } from './dockerfile/run-commands.ts';
export type {
  BaseImage,
  CopyInstruction,
  DockerfileArg,
  DockerfileHealthcheck,
  DockerfileVariable,
  FinalStage,
  FinalStageOptions,
  FinalStageReading,
  ImageCommand,
  PlacedWord,
} from './dockerfile/stage-model.ts';
