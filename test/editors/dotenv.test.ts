// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the file format
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addVariable, commentOut, type DotenvFile, readDotenv } from '../../src/editors/dotenv.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const ODD = readFileSync(join(import.meta.dirname, '../../fixtures/editors/dotenv/odd.env'), 'utf8');

function edited(text: string, outcome: EditOutcome): string {
  if (outcome.kind !== 'edits') throw new Error(JSON.stringify(outcome));
  return applyEdits(text, outcome.edits);
}
const named = (file: DotenvFile, ...names: readonly string[]) =>
  file.entries.filter(({ name }) => names.includes(name));

describe('readDotenv', () => {
  const file = readDotenv(ODD);
  it('reads prefixes, quotes, comments, bare names, values over lines and duplicates', () => {
    expect(
      file.entries.map(({ name, value, quote, exported, references, line, endLine }) => [
        name,
        value,
        quote,
        exported,
        references.join(),
        line,
        endLine,
      ]),
    ).toEqual([
      ['PLAIN', 'one', '', false, '', 2, 2],
      ['QUOTED', 'two ${PLAIN:-x} # no', '"', true, 'PLAIN', 3, 3],
      ['SINGLE', '${RAW}', "'", false, '', 4, 4],
      ['EMPTY', '', '"', false, '', 5, 5],
      ['BARE', null, '', false, '', 6, 6],
      ['NOTHING', '', '', false, '', 7, 7],
      ['MULTI', 'a\r\nb=c\r\n', '"', false, '', 8, 10],
      ['URL', 'http://x/#frag', '', false, '', 11, 11],
      ['PLAIN', 'again', '', false, '', 13, 13],
    ]);
  });
  it('names a line that is none', () => {
    expect(file.problems).toEqual([{ line: 12, message: 'not a NAME=value line' }]);
    expect(readDotenv('A="open\nB=1').problems).toEqual([{ line: 1, message: 'the quote of A is never closed' }]);
    expect(readDotenv('A="open\nB=1').entries.map(({ name }) => name)).toEqual(['A', 'B']);
  });
});

describe('addVariable', () => {
  const wanted = { name: 'NEW', value: '', comment: 'why' };
  const add = (text: string, after?: string): string =>
    edited(text, addVariable(readDotenv(text), after === undefined ? wanted : { ...wanted, after }));
  it('adds after an anchor, with the comment on its own line', () => {
    expect(add('A=1\n\nB=2', 'A')).toBe('A=1\n# why\nNEW=\n\nB=2');
    expect(add(ODD, 'MULTI')).toBe(ODD.replace('b=c\r\n"\r\n', 'b=c\r\n"\r\n# why\r\nNEW=\r\n'));
  });
  it('adds after the last of several entries of that name', () => {
    expect(add('A=1\nA=2\nB=3\n', 'A')).toBe('A=1\nA=2\n# why\nNEW=\nB=3\n');
  });
  it('adds at the end without gluing and without a new final newline', () => {
    expect(add('A=1', 'A')).toBe('A=1\n# why\nNEW=');
    expect(add('A=1')).toBe('A=1\n# why\nNEW=');
    expect(add('A=1\r\n', 'MISSING')).toBe('A=1\r\n# why\r\nNEW=\r\n');
    expect(add('')).toBe('# why\nNEW=\n');
  });
  it('leaves a file alone that has the name', () => {
    for (const text of ['NEW=x', 'export NEW="x"\n', 'NEW']) {
      expect(addVariable(readDotenv(text), wanted)).toEqual({ kind: 'unchanged', remarks: [] });
    }
  });
  it('adds a name that only a comment has', () => {
    expect(add('# NEW=x\n')).toBe('# NEW=x\n# why\nNEW=\n');
  });
  it('refuses what is more than a line', () => {
    expect(addVariable(readDotenv(''), { name: 'NEW', value: 'a\nB=1' })).toMatchObject({ kind: 'refused' });
    expect(addVariable(readDotenv(''), { ...wanted, comment: 'a\nB=1' })).toMatchObject({ kind: 'refused' });
  });
});

describe('commentOut', () => {
  it('puts a comment sign before each line of the entries and changes nothing else', () => {
    const file = readDotenv(ODD);
    expect(edited(ODD, commentOut(file, named(file, 'EMPTY', 'SINGLE')))).toBe(
      ODD.replace('EMPTY', '# EMPTY').replace('  SINGLE', '#   SINGLE'),
    );
    expect(edited(ODD, commentOut(file, named(file, 'MULTI')))).toBe(
      ODD.replace('MULTI="a\r\nb=c\r\n"', '# MULTI="a\r\n# b=c\r\n# "'),
    );
  });
  it('keeps the byte-order mark first', () => {
    const file = readDotenv('\ufeffA=1');
    expect(edited(file.text, commentOut(file, file.entries))).toBe('\ufeff# A=1');
  });
  it('has nothing to do without entries', () => {
    expect(commentOut(readDotenv(ODD), [])).toEqual({ kind: 'unchanged', remarks: [] });
  });
});

describe('properties', () => {
  const line = fc.constantFrom(
    'A=1',
    'export B="x y" # z',
    "C='",
    'D="${A}',
    '"',
    '# E=1',
    '',
    'F',
    'G= # h',
    '???',
    'H=é😀',
  );
  const text = fc
    .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\ufeff'), fc.boolean())
    .map(([lines, newline, bom, final]) => bom + lines.join(newline) + (final ? newline : ''));
  it('adds one entry, keeps every other byte and does nothing the second time', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('A', 'B', 'F', 'none'), (source, after) => {
        const outcome = addVariable(readDotenv(source), { name: 'NEW', value: '1', comment: 'why', after });
        if (outcome.kind !== 'edits') return;
        const result = edited(source, outcome);
        const [edit] = outcome.edits;
        expect(result.slice(0, edit?.start) + result.slice((edit?.start ?? 0) + (edit?.text.length ?? 0))).toBe(source);
        expect(result).toMatch(/^\ufeff?(?:[\s\S]*\n)?# why\r?\nNEW=1(?:\r?\n|$)/);
        expect(addVariable(readDotenv(result), { name: 'NEW', value: '' }).kind).toBe('unchanged');
      }),
    );
  });
  it('leaves no entry of the names it commented out', () => {
    fc.assert(
      fc.property(text, (source) => {
        const file = readDotenv(source);
        const outcome = commentOut(file, named(file, 'A', 'B', 'G'));
        if (outcome.kind !== 'edits') return;
        const now = readDotenv(edited(source, outcome));
        expect(named(now, 'A', 'B', 'G')).toEqual([]);
        expect(edited(source, outcome).replace(/(^|\n|\ufeff)# (?=(?:export |[ABG"]))/g, '$1')).toBe(
          source.replace(/(^|\n|\ufeff)# (?=(?:export |[ABG"]))/g, '$1'),
        );
      }),
    );
  });
});
