import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { removeModuleUse, syntaxErrors } from '../../src/editors/python.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { applyEdits } from '../../src/tree/edits.ts';
import { compileErrors } from './python-oracle.ts';

const target = { modules: ['auth_integration'], names: ['add_auth_routes'] };
const options = { announcement: /auth routes/ };

beforeAll(() => loadParsers(['python']));

/** Lines that stay, and lines that go: `null` stands for a `pass` in their place. */
type Piece = { readonly lines: readonly string[]; readonly after: readonly string[] };

const keep = (...lines: string[]): Piece => ({ lines, after: lines });
const gone = (...lines: string[]): Piece => ({ lines, after: [] });

const KEPT: readonly Piece[] = [
  keep(''),
  keep('', ''),
  keep('# a comment of its own', ''),
  keep('x = 1  # é😀'),
  keep('from os import (path,', '        sep)'),
  keep('value = """', '# Add', '  import auth_integration', '"""'),
  keep('y = [', '    1,', '', ']'),
  keep('if x:', '    y()', '', 'elif z: pass'),
  keep('def f(a, *b):', '\treturn a', ''),
  keep('try:', '  x()', 'except E:  # why', '  pass'),
  keep('a = 1; b = 2;'),
  keep('long = 1 + \\', '    2'),
  keep('print("auth is here")', ''),
];
const GONE: readonly Piece[] = [
  gone('import auth_integration'),
  gone('import auth_integration as ai, auth_integration.pages as ap  # both'),
  gone('from auth_integration import add_auth_routes'),
  gone(
    'from auth_integration import (',
    '    add_auth_routes as go,  # it',
    ')',
    'app = go(app)',
    'print("auth routes")',
  ),
  gone('from auth_integration import \\', '  add_auth_routes', 'app = add_auth_routes(', '  app,', ')'),
  gone('auth_integration.add_auth_routes(app); import auth_integration'),
  { lines: ['import os, auth_integration'], after: ['import os'] },
  {
    lines: ['if x:', '    import auth_integration', 'else:', '    z()'],
    after: ['if x:', '    pass', 'else:', '    z()'],
  },
  {
    lines: ['def g():', '\tapp = 1', '\timport auth_integration', '\treturn app'],
    after: ['def g():', '\tapp = 1', '\treturn app'],
  },
  { lines: ['run(add_auth_routes(app))', 'import auth_integration'], after: ['run(add_auth_routes(app))'] },
];

const layout = fc.record({
  newline: fc.constantFrom('\n', '\r\n'),
  mark: fc.constantFrom('', '\ufeff'),
  end: fc.boolean(),
  kept: fc.array(fc.constantFrom(...KEPT), { maxLength: 6 }),
  // The name is imported once only: what `app = add_auth_routes(app)` means hangs on every import of it.
  gone: fc.constantFrom(...GONE),
  at: fc.nat(6),
});

function write(
  lines: readonly string[],
  { newline, mark, end }: { newline: string; mark: string; end: boolean },
): string {
  return `${mark}${lines.join(newline)}${end && lines.length > 0 ? newline : ''}`;
}

describe('removeModuleUse, on any surroundings', () => {
  it('changes the lines it is asked for and no other byte', () => {
    const compiled: string[] = [];
    fc.assert(
      fc.property(layout, (made) => {
        const at = Math.min(made.at, made.kept.length);
        const pieces = [
          keep('app = 1'),
          ...made.kept.slice(0, at),
          made.gone,
          ...made.kept.slice(at),
          keep('run(app)'),
        ];
        if (made.gone.lines[0]?.startsWith('run(')) pieces.unshift(keep('from other import add_auth_routes'));
        const before = write(
          pieces.flatMap(({ lines }) => lines),
          made,
        );
        const after = write(
          pieces.flatMap((piece) => piece.after),
          made,
        );
        const outcome = removeModuleUse(before, target, options);
        expect(outcome.kind === 'edits' ? applyEdits(before, outcome.edits) : outcome).toBe(after);
        compiled.push(after);
      }),
      { numRuns: 300 },
    );
    expect(compileErrors(compiled).filter((problem) => problem !== null)).toEqual([]);
  });

  it('leaves any text without a use as it is', () => {
    const word = fc.constantFrom(
      'import ',
      'auth',
      'from x import y',
      '(',
      ')',
      '\n',
      '\r\n',
      '  ',
      ':',
      '"""',
      '#',
      'def f',
      '\\\n',
      'é',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        expect(removeModuleUse(words.join(''), target, options)).toEqual({ kind: 'unchanged', remarks: [] });
      }),
    );
  });

  it('never makes a text worse, however broken', () => {
    const word = fc.constantFrom(
      'import auth_integration',
      'from auth_integration import add_auth_routes',
      'app = add_auth_routes(app)',
      'add_auth_routes',
      'app = 1',
      'if x:',
      'else:',
      'try:',
      'except ImportError:',
      'def f():',
      'pass',
      '(',
      ')',
      ';',
      ',',
      '\n',
      '\n    ',
      '\n\t',
      '\r\n',
      '"',
      '# c',
      '\\\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 25 }), (words) => {
        const text = words.join('');
        const outcome = removeModuleUse(text, target, options);
        if (outcome.kind !== 'edits') return;
        const result = applyEdits(text, outcome.edits);
        expect(syntaxErrors(result).length).toBeLessThanOrEqual(syntaxErrors(text).length);
        expect(result.replace(/pass/g, '').length).toBeLessThan(text.length);
      }),
      { numRuns: 500 },
    );
  });
});
