import type { RepoPath } from '../base/repo-path.ts';
import type { CheckWords, Finding, Severity } from '../checks/define.ts';
import type { Bench } from './bench.ts';

/** What a check needs: the image alone, short runs of it, the server, or a real login. Each includes the former. */
export type ContainerLevel = 'image' | 'run' | 'service';

/** How far `verify` goes; `static` needs no engine. */
export type VerifyLevel = 'static' | ContainerLevel;

const ORDER: readonly VerifyLevel[] = ['static', 'image', 'run', 'service'];

/** Whether a level asked for includes what `needed` is about. */
export function reaches(asked: VerifyLevel, needed: ContainerLevel): boolean {
  return ORDER.indexOf(asked) >= ORDER.indexOf(needed);
}

/** A finding without what the check itself says of all its findings. */
export type ContainerFinding = Omit<Finding, 'check' | 'severity' | 'fix' | 'waived'> & {
  /** Milder than the check's own; the check's own unless given. */
  readonly severity?: Severity;
};

/** What a container check answers. `cannot` is a check that applies and could not run: never a pass. */
export type ContainerAnswer =
  | { readonly kind: 'holds' }
  | { readonly kind: 'findings'; readonly findings: readonly ContainerFinding[] }
  | { readonly kind: 'not-applicable' | 'not-asked' | 'cannot'; readonly why: string };

/** What is said of a container check wherever it is listed; its `id` is that of the check list and a slug: `R09-health-program`. */
export interface ContainerCheckWords extends CheckWords {
  readonly level: ContainerLevel;
}

/**
 * A check of the built image, of short runs of it, or of the running server. It gets what all share from the bench, and
 * says `holds` only for what it has seen.
 */
export interface ContainerCheck extends ContainerCheckWords {
  /** Runs after all others, in the order of the list: it reads what they left, or ends what they share. */
  readonly last?: true;
  /**
   * What it waits for that takes long and is shared: the list of all files, the packages loaded in the image, or the stack of
   * compose. It is begun first and waited for late. Other checks of the level `service` read the running server.
   */
  readonly reads?: 'files' | 'loaded' | 'stack';
  /** @throws RefitError for a fault of the engine; the check is then errored. */
  run(bench: Bench): Promise<ContainerAnswer>;
}

/** The answer for a list of findings. */
export function answerOf(findings: readonly ContainerFinding[]): ContainerAnswer {
  return findings.length === 0 ? { kind: 'holds' } : { kind: 'findings', findings };
}

/** Where a finding points to: a line of the Dockerfile, of a compose file or of a script. */
export interface SourceLine {
  readonly path: RepoPath;
  readonly line: number;
}
