import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml, resolveYamlAlias, type YamlDocument, yamlLineAt, yamlNodeAt } from '../../src/editors/yaml.ts';

function only(text: string): YamlDocument {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') throw new Error(`${parsed.line}: ${parsed.why}`);
  const [document] = parsed.documents;
  if (document === undefined || parsed.documents.length > 1) throw new Error('not one document');
  return document;
}

describe('plain values', () => {
  test('reads YAML 1.2: on is a key, 4000:4000 a text, 0o17 a number', () => {
    expect(only('on: [push]\nport: 4000:4000\nmode: 0o17\nyes: no\nnone: ~\nempty:\n').value).toEqual({
      on: ['push'],
      port: '4000:4000',
      mode: 15,
      yes: 'no',
      none: null,
      empty: null,
    });
  });

  test('resolves aliases and merge keys, own keys first, the first merged map before the second', () => {
    const text = 'a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\nd: *a\n';
    expect(only(text).value).toEqual({
      a: { x: 1, y: 1 },
      b: { y: 2, z: 2 },
      c: { x: 3, y: 1, z: 2 },
      d: { x: 1, y: 1 },
    });
  });

  test('gives each alias a copy of its own', () => {
    const value = only('a: &a [1]\nb: *a\n').value as { a: unknown; b: unknown };
    expect(value.a).not.toBe(value.b);
  });

  test('keeps a key named __proto__ as a key', () => {
    const value = only('__proto__: {polluted: true}\n').value as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect('polluted' in value).toBe(false);
  });

  test('reads no document, several documents and a document without content', () => {
    expect(parseYaml('')).toEqual({ kind: 'parsed', documents: [] });
    const parsed = parseYaml('a: 1\n---\n# nothing\n---\n- b\n');
    expect(parsed.kind === 'parsed' && parsed.documents.map(({ value, line }) => ({ value, line }))).toEqual([
      { value: { a: 1 }, line: 1 },
      { value: null, line: 2 },
      { value: ['b'], line: 5 },
    ]);
  });

  test('reads behind a byte-order mark, and CRLF as LF', () => {
    const document = only('\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n');
    expect(document.value).toEqual({ a: 1, b: 'x\ny\n' });
    expect(document.root?.start).toBe(1);
  });
});

describe('places', () => {
  const text = 'models:\n  - name: a\n    params:\n      key: &k os.environ/KEY\n  -\n    name: b\nuse: *k\n';

  test('finds the line of a key and of an item', () => {
    const document = only(text);
    expect(yamlLineAt(document, ['models'])).toBe(1);
    expect(yamlLineAt(document, ['models', 0])).toBe(2);
    expect(yamlLineAt(document, ['models', 0, 'params', 'key'])).toBe(4);
    expect(yamlLineAt(document, ['models', 1])).toBe(5);
    expect(yamlLineAt(document, ['models', 1, 'name'])).toBe(6);
    expect(yamlLineAt(document, ['models', 2])).toBeNull();
    expect(yamlLineAt(document, [])).toBe(1);
  });

  test('gives a node with its span, style and anchor, and lists the anchors', () => {
    const document = only(text);
    const node = yamlNodeAt(document, ['models', 0, 'params', 'key']);
    expect(node).toMatchObject({ kind: 'scalar', value: 'os.environ/KEY', anchor: 'k', style: 'plain' });
    expect(node && text.slice(node.start, node.end)).toBe('os.environ/KEY');
    expect(document.anchors).toEqual([{ name: 'k', line: 4 }]);
    const alias = yamlNodeAt(document, ['use']);
    expect(alias?.kind).toBe('alias');
    expect(alias && resolveYamlAlias(alias)).toBe(node);
  });

  test('keeps the text of a number and reads a plain text over two lines as one', () => {
    const document = only('version: 1.10\nsaid: one\n  two\n');
    expect(yamlNodeAt(document, ['version'])).toMatchObject({ value: 1.1, source: '1.10' });
    expect(yamlNodeAt(document, ['said'])).toMatchObject({ value: 'one two', source: 'one two' });
  });

  test('ends a node before a trailing comment and an empty value at its colon', () => {
    const source = 'a:   # nothing\n\nb: [1]   # list\n';
    const root = only(source).root;
    if (root?.kind !== 'map') throw new Error('no map');
    expect(root.entries.map(({ end }) => source.slice(0, end))).toEqual(['a:', 'a:   # nothing\n\nb: [1]']);
    expect(root.entries.map(({ colonEnd }) => colonEnd)).toEqual([2, 18]);
  });
});

describe('refusals', () => {
  test.each([
    ['duplicate-key', 'a: 1\nb: 2\na: 3\n', 3],
    ['tab', 'a:\n\tb: 1\n', 2],
    ['syntax', 'a: 1\nb: [1\n', 2],
    ['syntax', 'a: b: c\n', 1],
    ['alias', 'a: 1\nb: *nowhere\n', 2],
    ['alias', 'a: 1\nb: &b [1, *b]\n', 2],
    ['alias', 'a: *later\nb: &later 1\n', 1],
  ])('%s: %j', (problem, text, line) => {
    const parsed = parseYaml(text);
    expect(parsed).toMatchObject({ kind: 'refused', problem });
    expect(parsed.kind === 'refused' && parsed.line).toBe(line);
  });

  test('aliases that expand without bound', () => {
    const levels = 'abcdefghi'.split('');
    const text = levels.map(
      (name, at) => `${name}: &${name} [${Array(9).fill(at === 0 ? '1' : `*${levels[at - 1]}`)}]\n`,
    );
    expect(parseYaml(text.join(''))).toMatchObject({ kind: 'refused', problem: 'limit' });
  });

  test('collections that nest without bound', () => {
    const nested = `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`;
    expect(parseYaml(nested)).toMatchObject({
      kind: 'refused',
      problem: 'limit',
      why: 'more than 100 brackets are open in it',
      line: 1,
    });
  });

  test('never throws', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '&x ',
      '*x',
      '<<: ',
      '"',
      "'",
      '|',
      '\t',
      '#',
      '? ',
      '---\n',
      '!t ',
      '\r\n',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(['parsed', 'refused']).toContain(parseYaml(pieces.join('')).kind);
      }),
      { numRuns: 1000 },
    );
  });
});
