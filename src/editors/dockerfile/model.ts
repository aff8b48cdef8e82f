/** The shapes that reading a Dockerfile gives. Offsets are UTF-16 code units of the file, lines count from 1. */
import type { LogicalText } from './logical-text.ts';

/** One word of an instruction. */
export interface DockerfileWord {
  /** As written; in JSON form without the quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An option between keyword and arguments: `--chown=claude:claude`. */
export interface DockerfileFlag {
  /** Without the dashes, lower case. */
  readonly name: string;
  /** Null for a flag without `=`. */
  readonly value: string | null;
  readonly start: number;
  readonly end: number;
}

/** A here-document of a RUN, COPY or ADD. */
export interface DockerfileHeredoc {
  readonly name: string;
  /** Quoted delimiter: nothing in the body is expanded. */
  readonly quoted: boolean;
  /** The body's lines, leading tabs removed when written `<<-`. */
  readonly body: string;
  /** Line of the first line of the body. */
  readonly line: number;
}

/** One instruction, with its span in the file. */
export interface DockerfileInstruction {
  /** Upper case. */
  readonly keyword: string;
  readonly line: number;
  /** Line of its last character, here-documents included. */
  readonly endLine: number;
  readonly start: number;
  /** After its last character, without the line end. */
  readonly end: number;
  readonly flags: readonly DockerfileFlag[];
  /** Everything after keyword and flags on the joined line, without here-document bodies. */
  readonly args: LogicalText;
  readonly form: 'json' | 'shell';
  readonly words: readonly DockerfileWord[];
  readonly heredocs: readonly DockerfileHeredoc[];
}

/** A FROM and what follows it. */
export interface DockerfileStage {
  readonly index: number;
  /** Name after `AS`, lower case, or null. */
  readonly name: string | null;
  readonly from: DockerfileInstruction;
  /** The instructions after its FROM. */
  readonly instructions: readonly DockerfileInstruction[];
}

/** A place where a build would stop. */
export interface DockerfileProblem {
  readonly line: number;
  readonly message: string;
}

/** A Dockerfile, read. */
export interface Dockerfile {
  readonly text: string;
  /** `\` or, by a parser directive, a backtick. */
  readonly escapeCharacter: string;
  readonly directives: readonly { readonly name: string; readonly value: string }[];
  /** All, in order, FROM and global ARG included. */
  readonly instructions: readonly DockerfileInstruction[];
  /** ARG before the first FROM. */
  readonly globalArgs: readonly DockerfileInstruction[];
  readonly stages: readonly DockerfileStage[];
  /** What a build would stop at: an unknown instruction, a missing argument, an open here-document, no FROM. */
  readonly problems: readonly DockerfileProblem[];
}
