/**
 * Remembers the results of a pure function of one text, for the texts asked for last: the steps and checks of a run read
 * the same files again and again. Results are shared, so they must not be changed by whoever gets them.
 */
export function rememberByText<T>(compute: (text: string) => T, limit = 48): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = compute(text);
    if (known.size >= limit) known.delete(known.keys().next().value as string);
    known.set(text, result);
    return result;
  };
}
