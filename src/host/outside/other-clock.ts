/** How far the other clock is ahead: another year, month, day, weekday, hour and minute. */
const AHEAD_MS = 401 * 86_400_000 + 9 * 3_600_000 + 17 * 60_000;

/**
 * Gives this process another clock and, with {@link setChance}, other chance, so that a plan that depends on either comes out
 * otherwise. Nothing in it keeps code from telling: it is there to find mistakes.
 */
export function turnClockAhead(): void {
  const Real = Date;
  const now = (): number => Real.now() + AHEAD_MS;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self) as object,
    apply: () => new Real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  });
  const { performance } = globalThis;
  const elapsed = performance.now.bind(performance);
  performance.now = () => elapsed() + AHEAD_MS;
}

/** Makes `Math.random` give a fixed row of numbers, or with `mirrored` for each number its counterpart on the other side of ½. */
export function setChance(mirrored: boolean): void {
  let state = 0x2545f491;
  Math.random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // Never 1, and never ½ on both sides.
    const value = (state + 0.25) / 0x1_0000_0000;
    return mirrored ? 1 - value : value;
  };
}
