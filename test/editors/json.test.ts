import { describe, expect, it } from 'vitest';
import {
  addJsonEntry,
  addJsonItem,
  type JsonObject,
  jsonNodeAt,
  readJson,
  replaceJson,
} from '../../src/editors/json.ts';
import { applyEdits } from '../../src/tree/edits.ts';

function read(text: string) {
  const result = readJson(text);
  if (result.kind === 'refused') throw new Error(`${result.line}: ${result.why}`);
  return result.document;
}

describe('readJson', () => {
  it('reads what tools take: comments, trailing commas, a byte-order mark', () => {
    const document = read('\ufeff// one\r\n{ "a": [1, -2.5e3, true, null, "\\u0041\\n",], /* two */ "b": {}, }\r\n');
    expect(jsonNodeAt(document.root, ['a', 4])).toEqual({ kind: 'scalar', value: 'A\n', start: 40, end: 50, line: 2 });
    expect(jsonNodeAt(document.root, ['b'])?.kind).toBe('object');
    expect(jsonNodeAt(document.root, ['b', 'c'])).toBe(null);
  });
  it('takes the last of two entries with one name, and tells of it', () => {
    const document = read('{\n"a": 1,\n"a": 2\n}');
    expect(jsonNodeAt(document.root, ['a'])).toMatchObject({ value: 2 });
    expect(document.duplicates).toEqual([{ name: 'a', line: 3 }]);
  });
  it.each([
    ['', 1, 'not valid JSON'],
    ['{\n"a": 1', 2, 'a comma or } is missing'],
    ['{ a: 1 }', 1, 'a key in double quotes is missing'],
    ['{ "a" 1 }', 1, 'a colon is missing'],
    ['[1 2]', 1, 'a comma or ] is missing'],
    ['{}\n{}', 2, 'something follows the value'],
    ['"a\nb"', 1, 'not valid JSON'],
    ['['.repeat(1000), 1, 'collections nest too deep'],
  ])('refuses %j', (text, line, why) => {
    expect(readJson(text)).toEqual({ kind: 'refused', line, why });
  });
});

describe('JSON edits', () => {
  it.each([
    ['{ "b": 1 }', '{ "a": 2, "b": 1 }'],
    ['{\n\t"b":1\n}', '{\n\t"a":2,\n\t"b":1\n}'],
    ['{\r\n  "x": 0,\r\n  "b": 1\r\n}', '{\r\n  "x": 0,\r\n  "a": 2,\r\n  "b": 1\r\n}'],
  ])('adds an entry to %j as its neighbour is laid out', (text, after) => {
    const document = read(text);
    expect(applyEdits(text, [addJsonEntry(document, document.root as JsonObject, 'b', 'a', '2')])).toBe(after);
  });
  it.each([
    ['[1, 2]', '[1, 0, 2]'],
    ['[\n  1,\n  2\n]', '[\n  1,\n  0,\n  2\n]'],
  ])('adds an item to %j', (text, after) => {
    const document = read(text);
    const item = jsonNodeAt(document.root, [1]);
    if (item === null) throw new Error('no item');
    expect(applyEdits(text, [addJsonItem(document, item, '0')])).toBe(after);
  });
  it('replaces a value and nothing else', () => {
    const document = read('{ "a" : 1 /* one */ }');
    const node = jsonNodeAt(document.root, ['a']);
    if (node === null) throw new Error('no node');
    expect(applyEdits(document.text, [replaceJson(node, '2')])).toBe('{ "a" : 2 /* one */ }');
  });
});
