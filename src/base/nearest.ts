/** The entry of `known` with the fewest single-character changes from `word`, if it is near enough to be a slip. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const contained = word.length >= 3 && candidate.includes(word);
    const distance = contained ? 1 : editDistance(word, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replace = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** `unknown KIND "word"` with the nearest known name, or the list of all when none is near. */
export function unknownName(kind: string, word: string, known: readonly string[]): { message: string; hint: string } {
  const near = nearest(word, known);
  return {
    message: `unknown ${kind} ${JSON.stringify(word)}`,
    hint: near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`,
  };
}
