import { beforeAll, describe, expect, it } from 'vitest';
import type { RepoPath } from '../../src/base/repo-path.ts';
import {
  addProperties,
  findModuleNames,
  findOrigins,
  loadTypeScript,
  openCodeSet,
  parseCode,
  removeProperty,
  type ts,
  typeScript,
  walkCode,
} from '../../src/editors/typescript.ts';
import { applyEdits } from '../../src/tree/edits.ts';

beforeAll(loadTypeScript);

function parse(text: string, path = 'a.ts') {
  const parsed = parseCode(path as RepoPath, text);
  if (parsed.kind === 'broken') throw new Error(parsed.why);
  return parsed.file;
}

function firstObject(text: string): ts.ObjectLiteralExpression {
  const found = [...walkCode(parse(text).source)].filter(typeScript().isObjectLiteralExpression);
  const [first] = found.sort((a, b) => a.pos - b.pos);
  if (first === undefined) throw new Error('no object');
  return first;
}

describe('findModuleNames', () => {
  const uses = (text: string, path?: string) =>
    findModuleNames(parse(text, path), (name) => name === 'm').map(({ use, line }) => `${line} ${use}`);

  it.each([
    ["import 'm'; import a from 'm'; import type { B } from 'm';", ['1 import', '1 import', '1 import']],
    ["export * from 'm'; export type { B } from 'm';", ['1 export', '1 export']],
    ["import a = require('m'); require('m'); require.resolve('m');", ['1 require', '1 require', '1 resolve']],
    ["import('m'); type A = typeof import('m');", ['1 dynamic-import', '1 import-type']],
    ["vi.mock('m', f); jest.requireActual('m'); mock.module('m', f);", ['1 mock', '1 mock', '1 mock']],
    ["proxyquire('./x', { m: 1, 'm': 2 });", ['1 mock']],
    ["declare module 'm' { export interface A {} }", ['1 augmentation']],
    ['/// <reference types="m" />', ['1 reference']],
    ["log('m'); const a = ['m', `m`]; run('x', 'm');", ['1 text', '1 text', '1 text', '1 text']],
    ["log('m/x', 'am'); // 'm'", []],
    ["log('\\x6d');", []],
  ])('tells the use of each name in %j', (text, expected) => {
    expect(uses(text)).toEqual(expected);
  });
  it('reads JSDoc types in JavaScript, where they are types, and not in TypeScript', () => {
    const text = "/** @type {import('m').A} */\nlet a;";
    expect([uses(text, 'a.js'), uses(text, 'a.ts')]).toEqual([['1 import-type'], []]);
  });
  it('gets through an expression that nests ten thousand deep', () => {
    expect(uses(`${"'m' + ".repeat(10_000)}'m'`)).toHaveLength(10_001);
  });
});

describe('parseCode', () => {
  it('tells the line of what does not parse', () => {
    expect(parseCode('a.ts' as RepoPath, 'let a;\nlet b = {;\n')).toMatchObject({ kind: 'broken', line: 2 });
  });
  it.each([
    ['a.js', '@old class A { @Inject() b; constructor(@Inject() c) {} }'],
    ['a.jsx', '/** @jsx h */ const a = <b {...c}>d</b>;'],
    ['a.ts', 'const a = <b>c; @d() class E {}'],
    ['a.cts', 'import a = require("b"); export = a;'],
  ])('reads %s', (path, text) => {
    expect(parseCode(path as RepoPath, text).kind).toBe('parsed');
  });
});

describe('addProperties', () => {
  const add = (text: string) => applyEdits(text, addProperties(text, firstObject(text), ['x: 1', 'y: 2']));
  const long = "'a value that is long enough to make the line too long when more is added behind it'";

  it.each([
    ['f({})', 'f({ x: 1, y: 2 })'],
    ['f({ a })', 'f({ a, x: 1, y: 2 })'],
    ['f({ a, })', 'f({ a, x: 1, y: 2, })'],
    ['f({ a, ...b })', 'f({ a, x: 1, y: 2, ...b })'],
    ['f({\n  a,\n})', 'f({\n  a,\n  x: 1,\n  y: 2,\n})'],
    ['f({\r\n\ta // why\r\n})', 'f({\r\n\ta, // why\r\n\tx: 1,\r\n\ty: 2\r\n})'],
    ['f({\n  a, // why\n})', 'f({\n  a, // why\n  x: 1,\n  y: 2,\n})'],
    ['f({\n  a /* , */ ,\n})', 'f({\n  a /* , */ ,\n  x: 1,\n  y: 2,\n})'],
    ['f({\n  ...b,\n  a,\n})', 'f({\n  x: 1,\n  y: 2,\n  ...b,\n  a,\n})'],
    [`f({ a: ${long} })`, `f({\n  a: ${long},\n  x: 1,\n  y: 2,\n})`],
    [`\tf({ ...b, a: ${long} })`, `\tf({\n\t\tx: 1,\n\t\ty: 2,\n\t\t...b,\n\t\ta: ${long},\n\t})`],
    ['f({ /* none */ })', 'f({ /* none */\n  x: 1,\n  y: 2,\n})'],
  ])('adds to %j', (text, after) => {
    expect(add(text)).toBe(after);
  });
});

describe('removeProperty', () => {
  it.each([
    ['f({ a: 1, b: 2 })', 'f({ b: 2 })'],
    ['f({\n  a: 1,\n  b: 2,\n})', 'f({\n  b: 2,\n})'],
    ['f({ a: 1 })', 'f({ })'],
  ])('takes the first out of %j', (text, after) => {
    const [first] = firstObject(text).properties;
    if (first === undefined) throw new Error('no property');
    expect(applyEdits(text, [removeProperty(text, first)])).toBe(after);
  });
});

describe('findOrigins', () => {
  function origins(files: Readonly<Record<string, string>>): readonly string[] {
    const set = openCodeSet({
      files: new Map(Object.entries(files)) as unknown as ReadonlyMap<RepoPath, string>,
      resolve: (specifier) => ({ kind: 'file', path: specifier.replace('./', '') as RepoPath }),
    });
    const call = set.files
      .flatMap(({ source }) => [...walkCode(source)])
      .filter(typeScript().isCallExpression)
      .find(({ expression }) => expression.getText() === 'sink');
    const [argument] = call?.arguments ?? [];
    if (argument === undefined) throw new Error('no sink');
    return findOrigins(set, argument).map(({ kind, node }) => `${kind} ${node.getText()}`);
  }
  const one = (text: string) => origins({ 'a.ts': text });

  it.each([
    ['sink({ a: 1 })', ['object { a: 1 }']],
    ['const a = { b: 1 } as const; sink((a)!)', ['object { b: 1 }']],
    ['let a = { b: 1 }; a = { b: 2 }; sink(a)', ['object { b: 1 }', 'object { b: 2 }']],
    ['sink(c ? { a: 1 } : undefined)', ['object { a: 1 }', 'absent undefined']],
    ['declare const d: any; sink(d ?? { a: 1 })', ['unknown d', 'object { a: 1 }']],
    ['const f = () => ({ a: 1 }); sink(f())', ['object { a: 1 }']],
    ['async function f() { return { a: 1 }; } sink(await f())', ['object { a: 1 }']],
    ['function g(a = { b: 1 }) { sink(a); } g(); g({ b: 2 })', ['object { b: 2 }', 'object { b: 1 }']],
    ['export function g(a: object) { sink(a); } g({ b: 2 })', ['unknown a']],
    ['class A { #a = { b: 1 }; f() { sink(this.#a); } }', ['object { b: 1 }']],
    ['class A { a = { b: 1 }; f() { sink(this.a); } }', ['unknown this.a']],
    ['sink(Object.assign({ a: 1 }, b))', ['object { a: 1 }']],
    ['const a = () => a(); sink(a())', ['unknown a()']],
  ])('follows %j', (text, expected) => {
    expect(one(text)).toEqual(expected);
  });
  it('follows a helper into another file of the set', () => {
    const files = {
      'a.ts': "import { f as g } from './b.ts'; sink(g());",
      'b.ts': 'export const f = () => ({ b: 1 });',
    };
    expect(origins(files)).toEqual(['object { b: 1 }']);
  });
});
