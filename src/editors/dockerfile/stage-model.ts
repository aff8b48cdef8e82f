/** The shapes that reading the last stage of a Dockerfile gives. */
import type { ShellCommand } from '../shell-words.ts';
import type { ImageReference } from './image-reference.ts';
import type { DockerfileFlag, DockerfileInstruction, DockerfileStage } from './model.ts';
import type { RunInstruction } from './run-commands.ts';

/** The image that a stage, or the first stage of its chain, is built on. */
export interface BaseImage {
  /** The FROM word as written. */
  readonly raw: string;
  /** With ARG defaults put in. */
  readonly text: string;
  /** Null when it cannot be resolved to an image name, and for `scratch`. */
  readonly reference: ImageReference | null;
  /** Build arguments without a default. */
  readonly open: readonly string[];
  readonly line: number;
}

/** A COPY or ADD, variables put in. */
export interface CopyInstruction {
  readonly keyword: 'COPY' | 'ADD';
  readonly sources: readonly string[];
  /** As written, variables put in. */
  readonly written: string;
  /** Absolute path in the image, without a slash at the end. */
  readonly destination: string;
  /** Written so that it can only be a folder: a slash at the end, `.`, or several sources. */
  readonly toFolder: boolean;
  readonly chown: string | null;
  readonly chmod: string | null;
  /** Stage or image of `--from`, null for the build context. */
  readonly from: string | null;
  /** Sources that are here-documents bring their text with them. */
  readonly inline: boolean;
  readonly line: number;
  readonly instruction: DockerfileInstruction;
}

/** One variable of an ENV, or one label. */
export interface DockerfileVariable {
  readonly name: string;
  readonly value: string;
  readonly raw: string;
  /** Variables without a value in this file (`PATH` of the base): empty in `value`. */
  readonly open: readonly string[];
  readonly line: number;
}

/** One build argument of a stage. */
export interface DockerfileArg {
  readonly name: string;
  /** Null without a default. */
  readonly value: string | null;
  readonly line: number;
}

/** An ENTRYPOINT or CMD. */
export interface ImageCommand {
  readonly form: 'json' | 'shell';
  /** JSON form: the strings. Shell form: words without quotes, and operators, as the shell cuts them. */
  readonly words: readonly string[];
  /** Shell form: its simple commands, spans in `text`. Empty in JSON form. */
  readonly commands: readonly ShellCommand[];
  /** The shell text, or the words joined by blanks. */
  readonly text: string;
  readonly line: number;
  readonly instruction: DockerfileInstruction;
}

/** A HEALTHCHECK. */
export interface DockerfileHealthcheck extends ImageCommand {
  readonly kind: 'command' | 'none';
  readonly flags: readonly DockerfileFlag[];
}

/** A value and the line it stands on. */
export interface PlacedWord {
  readonly value: string;
  readonly line: number;
}

/** What the last stage makes of the image. */
export interface FinalStage {
  readonly kind: 'stage';
  /** The stages it is built from, the root one first, itself last. */
  readonly chain: readonly DockerfileStage[];
  readonly base: BaseImage;
  /** The instructions of the chain, in order. */
  readonly instructions: readonly DockerfileInstruction[];
  readonly users: readonly PlacedWord[];
  readonly lastUser: PlacedWord | null;
  /** Absolute; the base's own when the file sets none. */
  readonly workdir: string;
  readonly copies: readonly CopyInstruction[];
  readonly env: readonly DockerfileVariable[];
  readonly labels: readonly DockerfileVariable[];
  readonly args: readonly DockerfileArg[];
  readonly exposes: readonly PlacedWord[];
  readonly volumes: readonly PlacedWord[];
  readonly runs: readonly RunInstruction[];
  /** Every HEALTHCHECK; the last one counts. */
  readonly healthchecks: readonly DockerfileHealthcheck[];
  readonly entrypoint: ImageCommand | null;
  /** Null when not set, and when an ENTRYPOINT of a later stage empties it. */
  readonly cmd: ImageCommand | null;
}

/** The last stage, or why there is none. */
export type FinalStageReading = FinalStage | { readonly kind: 'none'; readonly why: string; readonly line: number };

/** What the base image is known to have. */
export interface FinalStageOptions {
  /** Working directory of the base image, `/` unless given. */
  readonly baseWorkdir?: string;
}
