import type { VerifyLevel } from '../../../src/container/define.ts';

/** One way to break the good image, and the checks that must see it: these and no other. */
export interface Mutation {
  readonly name: string;
  readonly failureMode?: string;
  /** How far the checks run. */
  readonly level: VerifyLevel;
  /** The checks that run, by the start of their ids: those that could see the change. All of the level unless given. */
  readonly only?: readonly string[];
  /**
   * What the layer lies on: the good image, or the same with a stand-in for the litellm command, for a fault that the real
   * one cannot be brought to.
   */
  readonly on?: 'stand-in';
  /** The Dockerfile after its FROM. */
  readonly layer: string;
  /** What the checkout has besides, where the fault is not in the image. */
  readonly tree?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** `R09`; a second one needs its reason in `why`. */
  readonly red: readonly string[];
  readonly why?: string;
  /** Checks that cannot be run on it and say so: `R08`. */
  readonly cannot?: readonly string[];
}
