import { afterAll, describe, inject, test } from 'vitest';
import { closeSession, type Engine, openSession, type Session } from '../../src/container/engine.ts';
import type { LabState } from './setup.ts';
import type { BaseShape } from './shapes.ts';
import { lendRealNames, type StandIn, standInBase } from './stand-in-base.ts';

/** What a group of container tests works with. Nothing of it may be used before the tests run. */
export interface Lab {
  readonly engine: Engine;
  /** All that the group creates belongs to it and is removed after the last test. */
  readonly session: Session;
  /** The stand-in base, built once for all groups; it also answers to the published names. */
  base(shape: BaseShape['name']): Promise<StandIn>;
}

/**
 * A group of tests that need an engine, and the compose plug-in where told: that is no part of Debian's engine, so its absence is
 * named and fails nothing. Without one they are listed as not run, with the reason; in CI that is a
 * failure, so a green run there means that containers ran.
 */
export function describeLab(name: string, define: (lab: Lab) => void, needs?: 'compose'): void {
  const state: LabState = inject('lab') ?? { kind: 'none', reason: 'these tests have a configuration of their own' };
  if (state.kind === 'engine' && needs === 'compose' && state.engine.composeVersion === null) {
    const reason = `${state.engine.program} has no compose plug-in`;
    describe.skip(`${name} (not run: ${reason})`, () => define(unavailable(reason)));
  } else if (state.kind === 'engine') {
    describe(name, () => {
      const session = openSession(state.engine);
      afterAll(async () => {
        const left = await closeSession(session);
        if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
      });
      define({ engine: state.engine, session, base: (shape) => lendBase(state.engine, shape) });
    });
  } else if (process.env['CI'] === 'true') {
    test(`${name}: needs a container engine`, () => {
      throw new Error(`container tests cannot run: ${state.reason}`);
    });
  } else {
    describe.skip(`${name} (not run: ${state.reason})`, () => {
      define(unavailable(state.reason));
    });
  }
}

async function lendBase(engine: Engine, shape: BaseShape['name']): Promise<StandIn> {
  const base = await standInBase(engine, shape);
  await lendRealNames(engine, base);
  return base;
}

// Stands in while the skipped tests are listed; none of their bodies runs.
function unavailable(reason: string): Lab {
  const fail = (): never => {
    throw new Error(`there is no container engine: ${reason}`);
  };
  return {
    get engine() {
      return fail();
    },
    get session() {
      return fail();
    },
    base: fail,
  };
}
