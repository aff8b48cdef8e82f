import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { removeModuleUse } from '../../src/editors/python.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { applyEdits } from '../../src/tree/edits.ts';
import { compileErrors } from './python-oracle.ts';

const target = { modules: ['auth_integration'], names: ['add_auth_routes'] };
const options = { announcement: /auth\w* routes/i };
const remove = (text: string) => removeModuleUse(text, target, options);

function resultOf(text: string): string {
  const outcome = remove(text);
  if (outcome.kind !== 'edits') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`);
  return applyEdits(text, outcome.edits);
}

beforeAll(() => loadParsers(['python']));

/** What it shows, before, after. */
const REMOVED: readonly (readonly [string, string, string])[] = [
  ['a plain import', 'import os\nimport auth_integration\nx = 1\n', 'import os\nx = 1\n'],
  [
    'the four lines together',
    'app = make()\n\n# Add auth\nfrom auth_integration import add_auth_routes\napp = add_auth_routes(app)\nprint("Added auth routes")\n\nrun(app)\n',
    'app = make()\n\n\nrun(app)\n',
  ],
  [
    'a module under another name',
    'import auth_integration as ai\napp = f()\napp = ai.add_auth_routes(app)\nrun(app)\n',
    'app = f()\nrun(app)\n',
  ],
  [
    'a call through the module',
    'import auth_integration\napp = f()\nauth_integration.add_auth_routes(app)\n',
    'app = f()\n',
  ],
  [
    'a function under another name',
    'from auth_integration import add_auth_routes as go\napp = f()\napp = go(app)\n',
    'app = f()\n',
  ],
  [
    'a keyword argument',
    'from auth_integration import add_auth_routes\napp = f()\napp = add_auth_routes(app=app)\n',
    'app = f()\n',
  ],
  ['first of a list', 'import auth_integration, os\n', 'import os\n'],
  ['middle of a list', 'import os, auth_integration as a, sys\n', 'import os, sys\n'],
  ['last of a list', 'import os, auth_integration\n', 'import os\n'],
  [
    'a line of a parenthesised list, the other name used',
    'from auth_integration import (\n    add_auth_routes,  # pages\n    helper,\n)\nhelper()\n',
    'from auth_integration import (\n    helper,\n)\nhelper()\n',
  ],
  [
    'an item of a parenthesised line',
    'from auth_integration import (helper, add_auth_routes)\nhelper()\n',
    'from auth_integration import (helper)\nhelper()\n',
  ],
  [
    'a whole parenthesised import',
    'from auth_integration import (\n    add_auth_routes,\n    PAGE,\n)\nx = 1\n',
    'x = 1\n',
  ],
  ['a backslash', 'from auth_integration import \\\n    add_auth_routes, \\\n    PAGE\nx = 1\n', 'x = 1\n'],
  [
    'an item behind a backslash',
    'from auth_integration import helper, \\\n    add_auth_routes\nhelper()\n',
    'from auth_integration import helper\nhelper()\n',
  ],
  ['first on a line', 'import auth_integration; x = 1\n', 'x = 1\n'],
  ['between on a line', 'import os; import auth_integration; x = 1\n', 'import os; x = 1\n'],
  ['last on a line, with a comment', 'x = 1; import auth_integration  # pages\n', 'x = 1  # pages\n'],
  ['last on a line, closed', 'x = 1; import auth_integration;\n', 'x = 1;\n'],
  ['alone on a line, closed', 'import auth_integration;\nx = 1\n', 'x = 1\n'],
  ['all of a line', 'import auth_integration; import auth_integration as b\nx = 1\n', 'x = 1\n'],
  [
    'two of four on a line',
    'a = 1; import auth_integration; b = 1; auth_integration.add_auth_routes(a)\n',
    'a = 1; b = 1\n',
  ],
  ['an emptied if', 'if a:\n    import auth_integration\nelse:\n    b()\n', 'if a:\n    pass\nelse:\n    b()\n'],
  [
    'an emptied else',
    'if a:\n    b()\nelse:\n    import auth_integration  # pages\n',
    'if a:\n    b()\nelse:\n    pass\n',
  ],
  [
    'an emptied elif and case',
    'if a:\n    b()\nelif c:\n    import auth_integration\nmatch d:\n    case 1:\n        import auth_integration\n',
    'if a:\n    b()\nelif c:\n    pass\nmatch d:\n    case 1:\n        pass\n',
  ],
  ['an emptied line of if', 'if a: import auth_integration\n', 'if a: pass\n'],
  ['part of a line of if', 'if a: import auth_integration; b()\n', 'if a: b()\n'],
  [
    'an emptied function with a comment left',
    'def f():\n\t# kept\n\n\timport auth_integration\n\n\t# kept too\n',
    'def f():\n\t# kept\n\n\tpass\n\n\t# kept too\n',
  ],
  [
    'an emptied function, tabs',
    'class A:\n\tdef f(self):\n\t\timport auth_integration\n\t\tauth_integration.add_auth_routes(self.app)\n',
    'class A:\n\tdef f(self):\n\t\tpass\n',
  ],
  [
    'an emptied with and finally',
    'with a:\n  import auth_integration\ntry:\n  b()\nfinally:\n  import auth_integration\n',
    'with a:\n  pass\ntry:\n  b()\nfinally:\n  pass\n',
  ],
  [
    'type checking only',
    'if TYPE_CHECKING:\n    from auth_integration import add_auth_routes\n',
    'if TYPE_CHECKING:\n    pass\n',
  ],
  [
    'a relative import',
    'from .auth_integration import add_auth_routes\nfrom . import auth_integration, b\n',
    'from . import b\n',
  ],
  ['CRLF', 'x = 1\r\n\r\n# Pages\r\nimport auth_integration\r\ny = 2\r\n', 'x = 1\r\n\r\n# Pages\r\ny = 2\r\n'],
  ['an emptied CRLF body', 'if a:\r\n    import auth_integration\r\nb()\r\n', 'if a:\r\n    pass\r\nb()\r\n'],
  ['mixed line ends', 'x = 1\nimport auth_integration\r\ny = 2\n', 'x = 1\ny = 2\n'],
  [
    'a byte-order mark',
    '\ufeffimport auth_integration\nx = "é😀"\nauth_integration.add_auth_routes(x)\n',
    '\ufeffx = "é😀"\n',
  ],
  ['no final newline', 'x = 1\nimport auth_integration', 'x = 1'],
  ['no final newline, CRLF', 'x = 1\r\nimport auth_integration\r\nimport auth_integration', 'x = 1'],
  ['no final newline elsewhere', 'import auth_integration\nx = 1', 'x = 1'],
  ['no final newline in an emptied body', 'def f():\n  import auth_integration', 'def f():\n  pass'],
  ['a whole file', 'import auth_integration\n', ''],
  [
    'a call with effects in its argument',
    'from auth_integration import add_auth_routes\nadd_auth_routes(make())\napp = add_auth_routes(make())\n',
    'make()\napp = make()\n',
  ],
  [
    'a target of another name',
    'from auth_integration import add_auth_routes\napp = f()\napp2 = add_auth_routes(app)\n',
    'app = f()\napp2 = app\n',
  ],
  [
    'a call inside a call',
    'from auth_integration import add_auth_routes\nrun(add_auth_routes(app), port=1)\n',
    'run(app, port=1)\n',
  ],
  [
    'a call inside itself',
    'from auth_integration import add_auth_routes\na = add_auth_routes(add_auth_routes(b))\n',
    'a = b\n',
  ],
  [
    'a returned call',
    'from auth_integration import add_auth_routes\ndef make():\n    return add_auth_routes(App())\n',
    'def make():\n    return App()\n',
  ],
  [
    'an argument that needs its parentheses',
    'from auth_integration import add_auth_routes\nx = add_auth_routes(\n    a or\n    b,\n    True,\n)\n',
    'x = (a or\n    b)\n',
  ],
  [
    'a call inside an f-string',
    'from auth_integration import add_auth_routes\nprint(f"{add_auth_routes(app)}")\n',
    'print(f"{app}")\n',
  ],
  [
    'an attribute',
    'from auth_integration import add_auth_routes\nclass A:\n    def f(self):\n        self.app = add_auth_routes(self.app)\n        run(self.app)\n',
    'class A:\n    def f(self):\n        run(self.app)\n',
  ],
  [
    'a fallback and its guard',
    'app = f()\ntry:\n    from auth_integration import add_auth_routes\nexcept ImportError:\n    add_auth_routes = None\n\nif add_auth_routes is not None:\n    app = add_auth_routes(app)\n    print("Added auth routes")\nrun(app)\n',
    'app = f()\n\nrun(app)\n',
  ],
  [
    'a fallback before the try',
    'app = f()\nadd_auth_routes = None\ntry:\n    from auth_integration import add_auth_routes\nexcept ModuleNotFoundError:\n    pass\nif callable(add_auth_routes):\n    add_auth_routes(app)\n',
    'app = f()\n',
  ],
  [
    'a stand-in function',
    'app = f()\ntry:\n    from auth_integration import add_auth_routes\nexcept Exception:\n    def add_auth_routes(app):\n        return app\napp = add_auth_routes(app)\n',
    'app = f()\n',
  ],
  [
    'a try that says so',
    'app = f()\ntry:\n    from auth_integration import add_auth_routes\n    app = add_auth_routes(app)\nexcept ImportError as e:\n    logger.warning("no pages: %s", e)\nrun(app)\n',
    'app = f()\nrun(app)\n',
  ],
  [
    'two lines of comment that are one sentence',
    'x = 1\n# Add the pages, so that\n# people can log in\nimport auth_integration\n',
    'x = 1\n',
  ],
  [
    'a comment that heads more',
    '# Local modules\nimport auth_integration\nimport other\n',
    '# Local modules\nimport other\n',
  ],
  [
    'a comment that names it above others',
    '# The add_auth_routes pages\nimport auth_integration\nimport other\n',
    'import other\n',
  ],
  [
    'a comment apart',
    '# Local modules\n\nimport auth_integration\nimport other\n',
    '# Local modules\n\nimport other\n',
  ],
  [
    'a comment of another depth',
    'def f():\n    g()\n    # about g\nimport auth_integration\n',
    'def f():\n    g()\n    # about g\n',
  ],
  [
    'a first line that is no comment on it',
    '#!/usr/bin/env python3\nimport auth_integration\nx = 1\n',
    '#!/usr/bin/env python3\nx = 1\n',
  ],
  [
    'a rule of dashes',
    '# ------ server ------\nimport auth_integration\n\nx = 1\n',
    '# ------ server ------\n\nx = 1\n',
  ],
  [
    'messages right under it only',
    'import auth_integration\nprint("auth routes 1")\nprint(f"auth routes {n}")\nprint("ready")\nprint("auth routes 2")\n',
    'print("ready")\nprint("auth routes 2")\n',
  ],
  [
    'no message with an effect',
    'import auth_integration\nprint("auth routes", count())\n',
    'print("auth routes", count())\n',
  ],
  ['a syntax error elsewhere', 'import auth_integration\n\ndef broken(:\n    pass\n', '\ndef broken(:\n    pass\n'],
  [
    'a local of the same name in another function',
    'def f():\n    from auth_integration import add_auth_routes\n    g()\ndef h(add_auth_routes):\n    add_auth_routes(1, f())\n',
    'def f():\n    g()\ndef h(add_auth_routes):\n    add_auth_routes(1, f())\n',
  ],
];

/** Nothing to remove, or nothing that can be: text and the lines of the remarks. */
const KEPT: readonly (readonly [string, string, readonly number[]])[] = [
  ['nothing there', 'import os\n', []],
  ['an empty file', '', []],
  [
    'another module of a longer name',
    'import auth_integration_v2\nfrom my_auth_integration import add_auth_routes\n',
    [],
  ],
  ['a module of another package', 'from pkg.auth_integration import add_auth_routes\nadd_auth_routes(app)\n', []],
  ['a function of its own', 'def add_auth_routes(app):\n    return app\napp = add_auth_routes(app)\n', []],
  ['words in strings and comments', 'x = "import auth_integration"  # add_auth_routes\n', []],
  [
    'used as a value',
    'from auth_integration import add_auth_routes\nhooks = [add_auth_routes]\napp = 1\napp = add_auth_routes(app)\n',
    [2],
  ],
  ['another member of the module', 'import auth_integration\napp.include_router(auth_integration.router)\n', [2]],
  ['handed on', '__all__ = ["add_auth_routes"]\nfrom auth_integration import add_auth_routes\n', [1]],
  ['all names', 'from auth_integration import *\n', [1]],
  ['in a class body', 'class A:\n    from auth_integration import add_auth_routes\n', [2]],
  [
    'bound twice',
    'from auth_integration import add_auth_routes\nfrom other import add_auth_routes\nadd_auth_routes(app)\n',
    [2],
  ],
  ['awaited', 'from auth_integration import add_auth_routes\nasync def f(app):\n    await add_auth_routes(app)\n', [3]],
  [
    'a guard with more behind it',
    'from auth_integration import add_auth_routes\nif add_auth_routes:\n    add_auth_routes(app)\n    other()\n',
    [2],
  ],
  [
    'a guard with an else',
    'from auth_integration import add_auth_routes\nif add_auth_routes:\n    add_auth_routes(app)\nelse:\n    other()\n',
    [2],
  ],
  ['loaded by name', 'import importlib\nm = importlib.import_module("auth_integration")\n', [2]],
  ['the parent package in use', 'import auth_integration.pages\nauth_integration.other()\n', [2]],
];

/** Text, line of the refusal. */
const REFUSED: readonly (readonly [string, string, number])[] = [
  ['a target that nothing binds', 'from auth_integration import add_auth_routes\napp = add_auth_routes(app)\n', 2],
  [
    'a target bound only later',
    'from auth_integration import add_auth_routes\napp = add_auth_routes(app)\napp = 1\n',
    2,
  ],
  ['an import that does not parse', 'x = 1\nfrom auth_integration import (add_auth_routes\ny = 1\n', 2],
  ['two statements with nothing between', 'import auth_integration import auth_integration\n', 1],
  ['what it cannot take out of its line, and finds by comparing', 'x = 1; \\\n  import auth_integration\n', 2],
  ['a bracket left open before it', 'x = (1\nfrom auth_integration import add_auth_routes\n', 1],
];

describe('removeModuleUse', () => {
  it.each(REMOVED)('removes %s', (_name, before, after) => {
    expect(resultOf(before)).toBe(after);
    expect(remove(after).kind, 'a second run').toBe('unchanged');
  });

  it.each(KEPT)('leaves %s', (_name, text, remarkLines) => {
    const outcome = remove(text);
    expect(outcome.kind).toBe('unchanged');
    expect(outcome.kind === 'refused' ? [] : outcome.remarks.map(({ line }) => line)).toEqual(remarkLines);
  });

  it.each(REFUSED)('refuses %s', (_name, text, line) => {
    const outcome = remove(text);
    expect(outcome).toMatchObject({ kind: 'refused', line });
  });

  it('takes no message without being told what one says', () => {
    const text = 'import auth_integration\nprint("Added auth routes")\n';
    const outcome = removeModuleUse(text, target);
    expect(outcome.kind === 'edits' && applyEdits(text, outcome.edits)).toBe('print("Added auth routes")\n');
  });

  it('names what keeps an import, and cuts what can go beside it', () => {
    const text = 'from auth_integration import helper, add_auth_routes\napp = helper()\napp = add_auth_routes(app)\n';
    const outcome = remove(text);
    expect(outcome.kind === 'edits' && applyEdits(text, outcome.edits)).toBe(
      'from auth_integration import helper\napp = helper()\n',
    );
    expect(outcome.kind === 'edits' && outcome.remarks).toEqual([
      { line: 2, message: 'helper (imported on line 1) is used here in another way, so its import stays' },
    ]);
  });

  it('tells of a try that does more than import', () => {
    const text =
      'try:\n    import auth_integration\n    PAGES = True\nexcept ImportError:\n    PAGES = False\nif PAGES:\n    auth_integration.add_auth_routes(app)\n';
    const outcome = remove(text);
    expect(outcome.kind === 'edits' && applyEdits(text, outcome.edits)).toBe(
      'try:\n    PAGES = True\nexcept ImportError:\n    PAGES = False\nif PAGES:\n    pass\n',
    );
    expect(outcome.kind === 'edits' && outcome.remarks.map(({ line }) => line)).toEqual([1]);
  });

  it('removes a module of a package, and only that', () => {
    const text = 'import web.auth\nimport web.auth_two\nfrom web import auth, pages\nweb.auth.go(app)\n';
    const outcome = removeModuleUse(text, { modules: ['web.auth'], names: ['go'] });
    expect(outcome.kind === 'edits' && applyEdits(text, outcome.edits)).toBe(
      'import web.auth_two\nfrom web import pages\n',
    );
  });

  it('writes Python that compiles wherever Python is at hand', () => {
    const compiles = REMOVED.filter(([name]) => name !== 'a syntax error elsewhere');
    const results = compiles.flatMap(([, before, after]) => [before, after]);
    expect(compileErrors(results)).toEqual(results.map(() => null));
  });
});

const fixtures = resolve(import.meta.dirname, '../../fixtures/editors/python');
const cases = readdirSync(fixtures).filter((name) => name.endsWith('.before.py'));

describe('fixtures of the Python editor', () => {
  it('are there', () => expect(cases.length).toBeGreaterThan(4));

  it.each(cases)('%s', (name) => {
    const before = readFileSync(join(fixtures, name), 'utf8');
    const after = readFileSync(join(fixtures, name.replace('.before.', '.after.')), 'utf8');
    expect(resultOf(before)).toBe(after);
    expect(compileErrors([before, after])).toEqual([null, null]);
  });
});

it('refuses a removal that would turn a mark in the middle into the byte-order mark of the file', () => {
  const target = { modules: ['auth_integration'], names: [] };
  expect(removeModuleUse('import auth_integration\n\ufeffimport os\n', target)).toMatchObject({ kind: 'refused' });
  expect(removeModuleUse('\ufeffimport auth_integration\nimport os\n', target)).toMatchObject({ kind: 'edits' });
});
