import { beforeAll, describe, expect, it } from 'vitest';
import {
  findCalls,
  findUses,
  identifiers,
  listImports,
  listStatements,
  listTopLevelNames,
  type PythonStatement,
  stringLiterals,
  syntaxErrors,
} from '../../src/editors/python.ts';
import { loadParsers } from '../../src/host/parsers.ts';

beforeAll(() => loadParsers(['python']));

const target = { modules: ['auth_integration'], names: ['add_auth_routes'] };
const usesOf = (text: string) => findUses(text, target).map(({ line, kind, word }) => `${line} ${kind} ${word}`);

describe('findUses', () => {
  it('tells the kind of each use, by line', () => {
    const text = [
      'from auth_integration import add_auth_routes as go',
      'import auth_integration',
      'app = add_auth_routes(app)',
      'auth_integration.add_auth_routes(app)',
      'x = "/app/auth_integration.py"',
      'm = importlib.import_module("auth_integration")',
      'm = __import__("auth_integration")',
      'os.system("python3 -u -m auth_integration --port 1")',
      'subprocess.run(["python", "-m", "auth_integration"])',
      '# see auth_integration',
      'y = """a',
      '   add_auth_routes here"""',
      'z = f"{add_auth_routes}"',
    ].join('\r\n');
    expect(usesOf(text)).toEqual([
      '1 import add_auth_routes',
      '2 import auth_integration',
      '3 name add_auth_routes',
      '4 name auth_integration',
      '4 attribute add_auth_routes',
      '5 string auth_integration',
      '6 import-call auth_integration',
      '7 import-call auth_integration',
      '8 python-m auth_integration',
      '9 python-m auth_integration',
      '10 comment auth_integration',
      '12 string add_auth_routes',
      '13 name add_auth_routes',
    ]);
  });

  it.each([
    'import auth_integration_v2',
    'from pkg.auth_integration import x',
    'x = "auth_integration_v2 my_auth_integration auth_integration-two pkg.auth_integration"',
    '# add_auth_routes_all',
    'f(auth_integration=1)',
    'x.auth_integration',
  ])('finds no use in %s', (text) => expect(usesOf(text)).toEqual([]));

  it('gives spans of the text, whatever stands before', () => {
    const text = '\ufeffx = "😀"; y = "go auth_integration"\r\n';
    const [use] = findUses(text, target);
    expect(text.slice(use?.start, use?.end)).toBe('auth_integration');
  });

  it('finds a dotted module as a whole', () => {
    const found = findUses('import web.auth\nweb.auth.go()\nx = "web.auth:app"\nweb.other()\n', {
      modules: ['web.auth'],
      names: [],
    });
    expect(found.map(({ line, kind }) => `${line} ${kind}`)).toEqual(['1 import', '2 attribute', '3 string']);
  });
});

describe('listImports', () => {
  const plain = { level: 0, names: null, alias: null, guarded: false, typeCheckingOnly: false, topLevel: true };

  it('tells every form', () => {
    const text = [
      'from __future__ import annotations',
      'import a, b.c as d',
      'from e import (f,  # note',
      '    g as h,)',
      'from . import i',
      'from ..j.k import *',
    ].join('\n');
    expect(listImports(text)).toEqual([
      { ...plain, module: '__future__', names: [{ name: 'annotations', alias: null }], line: 1 },
      { ...plain, module: 'a', line: 2 },
      { ...plain, module: 'b.c', alias: 'd', line: 2 },
      {
        ...plain,
        module: 'e',
        names: [
          { name: 'f', alias: null },
          { name: 'g', alias: 'h' },
        ],
        line: 3,
      },
      { ...plain, module: '', level: 1, names: [{ name: 'i', alias: null }], line: 5 },
      { ...plain, module: 'j.k', level: 2, names: [{ name: '*', alias: null }], line: 6 },
    ]);
  });

  it('tells where an import stands', () => {
    const text = [
      'try:',
      '    import a',
      'except ImportError:',
      '    import b',
      'if TYPE_CHECKING:',
      '    import c',
      'else:',
      '    import d',
      'try:',
      '    def f():',
      '        import e',
      'finally:',
      '    if typing.TYPE_CHECKING: import g',
    ].join('\n');
    const found = listImports(text).map(({ module, guarded, typeCheckingOnly, topLevel }) => [
      module,
      guarded,
      typeCheckingOnly,
      topLevel,
    ]);
    expect(found).toEqual([
      ['a', true, false, true],
      ['b', false, false, true],
      ['c', false, true, true],
      ['d', false, false, true],
      ['e', false, false, false],
      ['g', false, true, true],
    ]);
  });
});

describe('listTopLevelNames', () => {
  it('tells what the module binds, and nothing bound inside', () => {
    const text = [
      'import os.path as p, sys',
      'a, (b, *c) = 1, (2, 3)',
      'd: int = 1',
      'e.f = g[0] = 1',
      'for h in i: j = 1',
      'with k() as l: pass',
      'try: m = 1',
      'except E as n: pass',
      '@o',
      'def q(r, s=1):',
      '    t = 1',
      'class U(V):',
      '    w = 1',
      'x = [y for y in z]',
      'async def aa(): pass',
    ].join('\n');
    const names = listTopLevelNames(text).map(({ name, kind, line }) => `${line} ${kind} ${name}`);
    expect(names).toEqual([
      '1 import p',
      '1 import sys',
      '2 variable a',
      '2 variable b',
      '2 variable c',
      '3 variable d',
      '5 variable h',
      '5 variable j',
      '6 variable l',
      '7 variable m',
      '8 variable n',
      '10 function q',
      '12 class U',
      '14 variable x',
      '15 function aa',
    ]);
  });
});

describe('findCalls', () => {
  it('tells arguments, by name and by value', () => {
    const text =
      'run(app, "a" "b", *x, host=\'0.0\\x2e0\', **y)\nuvicorn . run(1)\n@app.get(r"/\\d")\ndef f(): g(i for i in j)\n';
    expect(findCalls(text, ['run', 'uvicorn.run', '*.get', 'g'])).toEqual([
      {
        callee: 'run',
        line: 1,
        args: [
          { name: null, source: 'app', value: null },
          { name: null, source: '"a" "b"', value: 'ab' },
          { name: null, source: '*x', value: null },
          { name: 'host', source: "'0.0\\x2e0'", value: '0.0.0' },
          { name: null, source: '**y', value: null },
        ],
      },
      { callee: 'uvicorn.run', line: 2, args: [{ name: null, source: '1', value: null }] },
      { callee: 'app.get', line: 3, args: [{ name: null, source: 'r"/\\d"', value: '/\\d' }] },
      { callee: 'g', line: 4, args: [{ name: null, source: '(i for i in j)', value: null }] },
    ]);
  });

  it('finds nothing by a part of a name', () => expect(findCalls('a.run()\nrunner()\n', ['run'])).toEqual([]));
});

describe('listStatements', () => {
  const told = (statements: readonly PythonStatement[]): readonly unknown[] =>
    statements.map(({ kind, text, blocks }) =>
      blocks.length === 0 ? `${kind}: ${text}` : blocks.map((block) => [block.header, told(block.statements)]),
    );

  it('gives one line for each statement, whatever its layout', () => {
    const text =
      'x  =  { \'a\':1 ,\n  "b" : [ 2 ] } ; f ( a ,\n    b = -1 ) # note\n"""doc"""\nimport  a . b  as c\npass\ny += 1\n';
    expect(told(listStatements(text))).toEqual([
      'assignment: x = {"a": 1, "b": [2]}',
      'call: f(a, b=- 1)',
      'docstring: "doc"',
      'import: import a.b as c',
      'pass: pass',
      'assignment: y += 1',
    ]);
  });

  it('tells the blocks of compound statements', () => {
    const text =
      'if a: b()\nelif c:\n  d()\nelse:\n  e()\ntry:\n  f()\nexcept (G, H) as i:\n  j()\nfinally: k()\n@l\ndef m(n=1): return n\n';
    expect(told(listStatements(text))).toEqual([
      [
        ['if a', ['call: b()']],
        ['elif c', ['call: d()']],
        ['else', ['call: e()']],
      ],
      [
        ['try', ['call: f()']],
        ['except (G, H) as i', ['call: j()']],
        ['finally', ['call: k()']],
      ],
      [['def m(n=1)', ['other: return n']]],
    ]);
  });

  it('opens the main guard, and marks what stands in it', () => {
    const text = 'a()\nif "__main__" == __name__:\n    b()\n    if c: d()\n';
    const found = listStatements(text).map(({ text: line, line: at, inMain }) => [at, line, inMain]);
    expect(found).toEqual([
      [1, 'a()', false],
      [3, 'b()', true],
      [4, 'if c', true],
    ]);
  });
});

describe('tokens', () => {
  it('tells strings with their values', () => {
    const text = '"""doc"""\na = r"\\d" \'\\u00e9\\n\' b"x" f"{y}z" f"{{}}" """a\r\nb"""\n';
    expect(stringLiterals(text).map(({ value, line, docstring }) => [value, line, docstring])).toEqual([
      ['doc', 1, true],
      ['\\d', 2, false],
      ['é\n', 2, false],
      [null, 2, false],
      [null, 2, false],
      ['{}', 2, false],
      ['a\nb', 2, false],
    ]);
  });

  it('tells names, strings and comments left out', () => {
    expect(identifiers('a.b = c(d=1) # e\n"f"\n')).toEqual([
      { line: 1, text: 'a' },
      { line: 1, text: 'b' },
      { line: 1, text: 'c' },
      { line: 1, text: 'd' },
    ]);
  });

  it('tells the lines of syntax errors', () => {
    expect(syntaxErrors('a = 1\n')).toEqual([]);
    expect(syntaxErrors('a = 1\nb = = 2\nc = 3\ndef f(:\n  pass\n')).toEqual([2, 4]);
  });

  it('reads a sum of ten thousand terms', () => {
    const text = `x = ${'a + '.repeat(10_000)}b\n`;
    expect(identifiers(text)).toHaveLength(10_002);
    expect(listStatements(text)).toHaveLength(1);
  });
});
