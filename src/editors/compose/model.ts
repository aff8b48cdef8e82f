/** What a compose text says, read without Docker. Lines count from 1; `viaAlias` marks what an alias or merge key supplies. */
export interface ComposeFile {
  /** How many YAML documents the text holds. */
  readonly documents: number;
  /** In the order of the text; a service that several documents define comes once for each. */
  readonly services: readonly ComposeService[];
  readonly volumes: readonly ComposeVolume[];
}

/** One service. */
export interface ComposeService {
  readonly name: string;
  /** Index of the YAML document, from 0. */
  readonly document: number;
  readonly line: number;
  readonly viaAlias: boolean;
  /** Every key of the service, also those that have no field here. */
  readonly keys: readonly { readonly name: string; readonly line: number; readonly viaAlias: boolean }[];
  readonly image: ComposeText | null;
  readonly build: ComposeBuild | null;
  readonly environment: readonly ComposeVariable[];
  readonly environmentStyle: 'list' | 'map' | null;
  readonly envFiles: readonly ComposeEnvFile[];
  readonly mounts: readonly ComposeMount[];
  readonly ports: readonly ComposePort[];
  readonly extends: ComposeExtends | null;
  readonly dependsOn: readonly { readonly service: string; readonly condition: string | null; readonly line: number }[];
  readonly command: ComposeCommand | null;
  readonly entrypoint: ComposeCommand | null;
  readonly healthcheck: ComposeHealthcheck | null;
  readonly user: ComposeText | null;
  /** Without one of these being asked for, Compose does not start the service with the others; empty: always. */
  readonly profiles: readonly string[];
}

/** A scalar with its place, before and after interpolation. */
export interface ComposeText {
  /** As written, with `${…}` kept. */
  readonly text: string;
  /** With defaults filled in and `$$` as `$`; null when it depends on a variable without default. */
  readonly resolved: string | null;
  readonly line: number;
  readonly viaAlias: boolean;
}

/** How a service builds its image. */
export interface ComposeBuild {
  readonly context: ComposeText | null;
  readonly dockerfile: ComposeText | null;
  readonly target: ComposeText | null;
  readonly args: readonly ComposeVariable[];
  /** Whether the Dockerfile is written inside the compose file. */
  readonly inline: boolean;
  readonly line: number;
  readonly viaAlias: boolean;
}

/** One variable of `environment` or of build `args`. */
export interface ComposeVariable {
  readonly name: string;
  /** Null when only the name is given: the value then comes from the caller's environment. */
  readonly value: string | null;
  /** As written in the file, quotes kept; for a list the whole item. */
  readonly raw: string;
  readonly line: number;
  readonly viaAlias: boolean;
}

/** One file of `env_file`. */
export interface ComposeEnvFile {
  readonly path: ComposeText;
  readonly required: boolean;
}

/** One entry of `volumes` of a service. */
export interface ComposeMount {
  readonly style: 'short' | 'long';
  readonly type: string;
  /** Null for an anonymous volume. */
  readonly source: ComposeText | null;
  readonly target: ComposeText;
  /** Access mode of the short form (`ro`, `rw,z`); null when none is given. */
  readonly mode: string | null;
  readonly readOnly: boolean;
  readonly line: number;
  readonly viaAlias: boolean;
}

/** One entry of `ports` or `expose`. */
export interface ComposePort {
  /** Null when only the container port is given, or for `expose`. */
  readonly published: string | null;
  readonly target: string;
  readonly raw: string;
  readonly line: number;
  /** Whether it comes from `expose`, which opens it to other services only. */
  readonly exposeOnly: boolean;
}

/** What a service takes over from another. */
export interface ComposeExtends {
  readonly service: string;
  /** Null when the service lies in the same file. */
  readonly file: string | null;
  readonly line: number;
}

/** `command`, `entrypoint` or a health check test. */
export interface ComposeCommand {
  /** A string as written, or the words of a list. */
  readonly words: string | readonly string[];
  readonly line: number;
  readonly viaAlias: boolean;
}

/** The health check of a service. */
export interface ComposeHealthcheck {
  readonly test: ComposeCommand | null;
  readonly disabled: boolean;
  /** As written; null when not set. */
  readonly startPeriod: string | null;
  readonly line: number;
  readonly viaAlias: boolean;
}

/** One entry of the top-level `volumes`. */
export interface ComposeVolume {
  readonly name: string;
  readonly document: number;
  readonly external: boolean;
  readonly line: number;
}

/** A compose text, read, or why it is not. */
export type ComposeResult =
  | { readonly kind: 'read'; readonly file: ComposeFile }
  | { readonly kind: 'refused'; readonly why: string; readonly line: number };
