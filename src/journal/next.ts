// Pure: no disk, no clock; the time of an event travels in the event.

/** Where a run stands. Declared once; type, shape check and tests derive from it. */
export const RUN_STATES = [
  'prepared',
  'applying',
  'applied',
  'undoing',
  'undone',
  'rolling-back',
  'rolled-back',
] as const;
export type RunState = (typeof RUN_STATES)[number];

export const RUN_EVENTS = [
  'write-started',
  'write-finished',
  'undo-started',
  'undo-finished',
  'rollback-started',
  'rollback-finished',
] as const;
export type RunEventType = (typeof RUN_EVENTS)[number];

/** What happened to a run, when (ISO 8601, UTC) and, where a person should know, why. */
export interface RunEvent {
  readonly type: RunEventType;
  readonly at: string;
  readonly why?: string;
}

/**
 * The state that follows `state` on `event`, or null when that pair is not allowed.
 *
 *     prepared ─ write-started → applying ─ write-finished → applied ─ rollback-started → rolling-back
 *        └──────── undo-started ────┤                                                          │ rollback-finished
 *                                   ↓                                                          ↓
 *                                undoing ─ undo-finished → undone                         rolled-back
 */
export function nextState(state: RunState, event: RunEventType): RunState | null {
  switch (event) {
    case 'write-started':
      return state === 'prepared' ? 'applying' : null;
    case 'write-finished':
      return state === 'applying' ? 'applied' : null;
    case 'undo-started':
      return state === 'prepared' || state === 'applying' ? 'undoing' : null;
    case 'undo-finished':
      return state === 'undoing' ? 'undone' : null;
    case 'rollback-started':
      return state === 'applied' ? 'rolling-back' : null;
    case 'rollback-finished':
      return state === 'rolling-back' ? 'rolled-back' : null;
    default: {
      const unknown: never = event;
      throw new TypeError(`no such event: ${String(unknown)}`);
    }
  }
}

/** Whether a run in this state was left before its end, so that the next command must deal with it first. */
export function isInterrupted(state: RunState): boolean {
  switch (state) {
    case 'prepared':
    case 'applying':
    case 'undoing':
    case 'rolling-back':
      return true;
    case 'applied':
    case 'undone':
    case 'rolled-back':
      return false;
    default: {
      const unknown: never = state;
      throw new TypeError(`no such state: ${String(unknown)}`);
    }
  }
}
