import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import {
  addRequirement,
  normalizePackageName,
  readRequirements,
  setSpecifiers,
} from '../../src/editors/requirements.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const ODD = readFileSync(join(import.meta.dirname, '../../fixtures/editors/requirements/odd.txt'), 'utf8');

function edited(text: string, outcome: EditOutcome): string {
  if (outcome.kind !== 'edits') throw new Error(JSON.stringify(outcome));
  return applyEdits(text, outcome.edits);
}
const add = (text: string, line: string): string => edited(text, addRequirement(readRequirements(text), line));
const set = (text: string, name: string, specifiers: string): EditOutcome =>
  setSpecifiers(readRequirements(text), name, specifiers);

describe('readRequirements', () => {
  const file = readRequirements(ODD);
  it('reads every form', () => {
    expect(
      file.requirements.map(({ name, extras, specifiers, url, editable, marker, hashes, line, endLine }) => [
        name,
        extras.join(),
        specifiers.map(({ operator, version }) => operator + version).join(' '),
        url,
        editable,
        marker,
        hashes.length,
        line,
        endLine,
      ]),
    ).toEqual([
      ['litellm', 'proxy', '>=1.40.0 !=1.50', null, false, null, 0, 2, 2],
      ['typing-extensions', '', '', null, false, 'python_version < "3.11"', 0, 3, 3],
      ['zope-interface', '', '==5.*', null, false, null, 0, 4, 4],
      ['hashed', '', '==1.0', null, false, null, 2, 5, 7],
      ['sdk', '', '', 'git+https://host.example/sdk.git@main', false, null, 0, 8, 8],
      ['sdk-old', 'cli', '', 'git+https://host.example/old.git#egg=sdk_old[cli]', false, null, 0, 9, 9],
      ['local', '', '', './local#egg=local', true, null, 0, 10, 10],
      [null, '', '', './wheels/pkg-1.0-py3-none-any.whl', false, null, 0, 11, 11],
      ['grouped', '', '>=1 <2', null, false, null, 0, 12, 12],
    ]);
  });
  it('reads options and names what is neither', () => {
    expect(file.options).toEqual([
      { name: '-r', value: 'other.txt', line: 13 },
      { name: '--index-url', value: 'https://host.example/simple', line: 14 },
    ]);
    expect(file.problems).toEqual([{ line: 15, message: 'not a requirement: what is this' }]);
  });
  it('keeps the span of the specifiers', () => {
    for (const { name, specifierSpan, specifiers } of file.requirements) {
      const text = ODD.slice(specifierSpan.start, specifierSpan.end);
      expect([name, text.replace(/[\s()]/g, '')]).toEqual([
        name,
        specifiers.map(({ operator, version }) => operator + version).join(','),
      ]);
    }
  });
  it('normalises names', () => {
    expect(normalizePackageName('Foo_Bar.-baz')).toBe('foo-bar-baz');
  });
});

describe('addRequirement', () => {
  it('adds a line, without gluing it and without adding a final newline', () => {
    expect(add('a\nb', 'c>=1')).toBe('a\nb\nc>=1');
    expect(add('a\nb\n', 'c>=1')).toBe('a\nb\nc>=1\n');
    expect(add('a\r\nb\r\n', 'c')).toBe('a\r\nb\r\nc\r\n');
    expect(add('a\r\nb', 'c')).toBe('a\r\nb\r\nc');
    expect(add('', 'c')).toBe('c\n');
    expect(add('\ufeff', 'c')).toBe('\ufeffc\n');
    expect(add('# only a note', 'c')).toBe('# only a note\nc');
  });
  it('adds a URL as it is', () => {
    expect(add('a\n', 'git+https://host.example/x.git')).toBe('a\ngit+https://host.example/x.git\n');
  });
  it.each(['Claude_Code.SDK==1', 'claude-code-sdk @ https://host.example/x.whl', 'claude-code-sdk # why'])(
    'leaves a file alone that has it as %s',
    (line) => {
      expect(addRequirement(readRequirements(`${line}\n`), 'claude-code-sdk')).toEqual({
        kind: 'unchanged',
        remarks: [],
      });
    },
  );
  it('does not take a longer name for it', () => {
    expect(add('claude-code-sdk-extra\n', 'claude-code-sdk')).toBe('claude-code-sdk-extra\nclaude-code-sdk\n');
  });
  it('refuses what is not one requirement, and a last line that goes on', () => {
    expect(addRequirement(readRequirements(''), 'two words')).toMatchObject({ kind: 'refused' });
    expect(addRequirement(readRequirements(''), 'a\nb')).toMatchObject({ kind: 'refused' });
    expect(addRequirement(readRequirements('a\nb \\'), 'c')).toMatchObject({ kind: 'refused', line: 2 });
  });
});

describe('setSpecifiers', () => {
  it('keeps extras, markers, comments and everything else', () => {
    expect(edited(ODD, set(ODD, 'litellm', '>=1.40.0,!=1.82.7'))).toBe(
      ODD.replace('>=1.40.0, !=1.50', '>=1.40.0,!=1.82.7'),
    );
    expect(edited(ODD, set(ODD, 'typing-extensions', '>=4'))).toBe(
      ODD.replace('typing_extensions;', 'typing_extensions>=4;'),
    );
    expect(edited('a[x]', set('a[x]', 'a', '==1'))).toBe('a[x]==1');
    expect(edited('a[x] # why\n', set('a[x] # why\n', 'a', '==1'))).toBe('a[x]==1 # why\n');
  });
  it('leaves the same bounds alone however they are spaced', () => {
    expect(set('a >= 1 , < 2\n', 'a', '>=1,<2')).toEqual({ kind: 'unchanged', remarks: [] });
  });
  it.each([
    [ODD, 'hashed', 'hashed is bound to hashes', 5],
    [ODD, 'sdk', 'sdk comes from a URL', 8],
    [ODD, 'missing', 'missing is not in the file', 1],
    ['a\nb\nA==1\n', 'a', 'a is named 2 times', 3],
  ])('refuses what it cannot do safely (%#)', (text, name, why, line) => {
    expect(set(text, name, '>=1')).toEqual({ kind: 'refused', why, line });
  });
  it('refuses text that is no bound', () => {
    expect(set('a\n', 'a', ' b')).toMatchObject({ kind: 'refused', line: 1 });
  });
});

describe('properties', () => {
  const line = fc.constantFrom(
    'a',
    'b>=1 # c',
    '# note',
    '',
    'c[d]==2 ; python_version < "3"',
    '-r x.txt',
    'e \\',
    '  f',
    'é bad',
  );
  const text = fc
    .tuple(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.constantFrom('', '\ufeff'), fc.boolean())
    .map(([lines, newline, bom, final]) => bom + lines.join(newline) + (final ? newline : ''));
  it('adds at the end only, once', () => {
    fc.assert(
      fc.property(text, (source) => {
        const outcome = addRequirement(readRequirements(source), 'zzz>=1');
        if (outcome.kind === 'refused') return;
        const result = edited(source, outcome);
        expect(result.startsWith(source)).toBe(true);
        expect(addRequirement(readRequirements(result), 'zzz')).toEqual({ kind: 'unchanged', remarks: [] });
      }),
    );
  });
  it('setting what is there changes nothing', () => {
    fc.assert(
      fc.property(text, (source) => {
        const file = readRequirements(source);
        for (const { name, specifiers } of file.requirements) {
          const same = specifiers.map(({ operator, version }) => operator + version).join(',');
          expect(setSpecifiers(file, name ?? '', same).kind).not.toBe('edits');
        }
      }),
    );
  });
});
