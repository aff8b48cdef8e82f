import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { RepoPath } from '../../src/base/repo-path.ts';
import { addJsonEntry, addJsonItem, type JsonNode, readJson, replaceJson } from '../../src/editors/json.ts';
import { readManifest } from '../../src/editors/python-manifest.ts';
import {
  addProperties,
  parseCode,
  removeProperty,
  type ts,
  typeScript,
  walkCode,
} from '../../src/editors/typescript.ts';
import { applyEdits, type TextEdit } from '../../src/tree/edits.ts';
import type { Target } from './target.ts';
import { mutatedTexts } from './texts.ts';

function plainJson(node: JsonNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainJson);
  // As JSON.parse does it, where `__proto__` is a name like any other.
  const plain = {};
  for (const { name, value } of node.entries)
    Object.defineProperty(plain, name, {
      value: plainJson(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return plain;
}

function* nodesBelow(node: JsonNode): Generator<JsonNode> {
  yield node;
  if (node.kind === 'list') for (const item of node.items) yield* nodesBelow(item);
  if (node.kind === 'object') for (const { value } of node.entries) yield* nodesBelow(value);
}

function strictJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What Node reads is read, as the same value; and what an edit gives is read again, with one more of what was added. */
function fuzzJson(text: string): void {
  const reading = readJson(text);
  const strict = strictJson(text.replace(/^\ufeff/, ''));
  if (reading.kind === 'refused') {
    if (strict !== null && !/too deep/.test(reading.why)) throw new Error(`refused, and it is JSON: ${reading.why}`);
    return;
  }
  const { document } = reading;
  if (strict !== null && !isDeepStrictEqual(plainJson(document.root), strict.value)) throw new Error('another value');
  const again = (edit: TextEdit): void => {
    const after = readJson(applyEdits(text, [edit]));
    if (after.kind === 'refused') throw new Error(`after an edit: ${after.why}`);
  };
  for (const node of [...nodesBelow(document.root)].slice(0, 20)) {
    again(replaceJson(node, '"x"'));
    const [item] = node.kind === 'list' ? node.items : [];
    if (item !== undefined) again(addJsonItem(document, item, '"x"'));
    if (node.kind === 'object') again(addJsonEntry(document, node, node.entries[0]?.name ?? 'none', 'x y', '1'));
  }
}

function objectsIn(text: string): readonly ts.ObjectLiteralExpression[] | null {
  const parsed = parseCode('a.ts' as RepoPath, text);
  if (parsed.kind === 'broken') return null;
  return [...walkCode(parsed.file.source)].filter(typeScript().isObjectLiteralExpression);
}

/** An edit of one object leaves the code readable, and that object with one property more, or fewer. */
function fuzzObjects(text: string): void {
  for (const object of objectsIn(text)?.slice(0, 10) ?? []) {
    const { properties } = object;
    const insist = (edits: readonly TextEdit[], count: number): void => {
      const after = applyEdits(text, edits);
      const now = objectsIn(after)?.find((one) => one.getStart() === object.getStart());
      if (now?.properties.length !== count)
        throw new Error(`${now?.properties.length} properties, not ${count}: ${after}`);
    };
    insist(addProperties(text, object, ['added: 1']), properties.length + 1);
    const first = properties[0];
    if (first !== undefined) insist([removeProperty(text, first)], properties.length - 1);
  }
}

const MANIFESTS = ['pyproject.toml', 'setup.cfg', 'setup.py', 'Pipfile', 'uv.lock', 'Pipfile.lock'] as const;

const texts = (
  name: string,
  ciRuns: number,
  seeds: RegExp,
  words: readonly string[],
  act: (text: string) => void,
): Target => ({
  name,
  ciRuns,
  property: () => fc.property(mutatedTexts(seeds, words), (text) => act(text)),
});

export const codeTargets: readonly Target[] = [
  texts(
    'json',
    500,
    /\.json$/,
    ['{"a": 1}', '[1, 2]', '"b": ', ',\n', '// c\n', '/* d */', '\\u00', '1e5', 'null'],
    fuzzJson,
  ),
  texts(
    'typescript',
    60,
    /\.[cm]?tsx?$/,
    [
      '{ a: 1 }',
      '{ ...b }',
      '{}',
      ', ',
      '// c\n',
      '/* d */',
      'a,',
      'a() {},',
      '[x]: 1,',
      '`$' + '{y}`',
      'query({ options: {} });\n',
      '?? {',
      '}',
    ],
    fuzzObjects,
  ),
  texts(
    'python-manifest',
    300,
    /pyproject\.toml$|setup\.(?:cfg|py)$|Pipfile$|requirements.*\.txt$/,
    [
      '[project]\n',
      'dependencies = [\n',
      '"litellm>=1"',
      '[tool.poetry.dependencies]\n',
      'install_requires=[',
      '[options]\n',
      ']\n',
    ],
    (text) => {
      for (const name of MANIFESTS) readManifest(name as RepoPath, text);
    },
  ),
];
