import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

/** Texts of the fixtures whose path matches, each once; the ground that mutations start from. */
export function seedTexts(pattern: RegExp): readonly string[] {
  const found = new Set<string>();
  for (const name of readdirSync(fixtures, { recursive: true, encoding: 'utf8' })) {
    if (!pattern.test(name)) continue;
    const place = join(fixtures, name);
    try {
      const text = readFileSync(place, 'utf8');
      if (text.length < 6000) found.add(text);
    } catch (error) {
      // A folder of such a name.
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EISDIR') throw error;
    }
  }
  if (found.size === 0) throw new Error(`no fixture is like ${pattern}`);
  return [...found].sort();
}

/** Characters that mean something somewhere, and some that should not be there at all. */
const COMMON = [
  ...'\n\r\t "\'\\`#:;,.=-+*/|&<>()[]{}$%@!?~^_',
  '\r\n',
  '\n\n',
  '    ',
  '\u0000',
  '\ufeff',
  '\u2028',
  '\u202e',
  '\u00a0',
  '🙂',
  '\ud800',
  'é',
  '---\n',
  '...\n',
  '$' + '{A:-b}',
  '$(x)',
  '<<EOF\n',
  'EOF\n',
  '"""',
  'a'.repeat(300),
  '['.repeat(60),
  '> '.repeat(60),
  '  '.repeat(60),
  '9'.repeat(40),
  '__proto__',
  'constructor',
];

type Mutation = readonly [kind: number, at: number, length: number, piece: string];

/** A text of the fixtures after up to eight mutations, or a soup of the same pieces. */
export function mutatedTexts(pattern: RegExp, words: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...COMMON));
  const mutation = fc.tuple(fc.nat(5), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(120), piece);
  const mutated = fc
    .tuple(fc.constantFrom(...seedTexts(pattern)), fc.array(mutation, { maxLength: 8 }))
    .map(([text, mutations]) => mutations.reduce(mutate, text));
  const soup = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
  return fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: soup });
}

function mutate(text: string, [kind, where, length, piece]: Mutation): string {
  const at = Math.floor(where * text.length);
  const end = at + length;
  switch (kind) {
    case 0:
      return text.slice(0, at) + piece + text.slice(at);
    case 1:
      return text.slice(0, at) + text.slice(end);
    case 2:
      return text.slice(0, end) + text.slice(at);
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(0, at) + piece + text.slice(end);
    default: {
      const lines = text.split('\n');
      const line = Math.floor(where * lines.length);
      return [...lines.slice(line), ...lines.slice(0, line)].join('\n');
    }
  }
}
