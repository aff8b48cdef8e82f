import { describe, expect, it } from 'vitest';
import { isInterrupted, nextState, RUN_EVENTS, RUN_STATES } from '../../src/journal/next.ts';

const ALLOWED: Readonly<Record<string, string>> = {
  'prepared write-started': 'applying',
  'applying write-finished': 'applied',
  'prepared undo-started': 'undoing',
  'applying undo-started': 'undoing',
  'undoing undo-finished': 'undone',
  'applied rollback-started': 'rolling-back',
  'rolling-back rollback-finished': 'rolled-back',
};

describe('nextState', () => {
  const pairs = RUN_STATES.flatMap((state) => RUN_EVENTS.map((event) => ({ state, event })));
  it.each(pairs)('$state on $event', ({ state, event }) => {
    expect(nextState(state, event)).toBe(ALLOWED[`${state} ${event}`] ?? null);
  });
});

describe('isInterrupted', () => {
  it('holds for every state that an event leads out of, but for applied', () => {
    expect(RUN_STATES.filter(isInterrupted)).toEqual(['prepared', 'applying', 'undoing', 'rolling-back']);
  });
});
