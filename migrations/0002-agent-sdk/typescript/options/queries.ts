import {
  addProperties,
  findOrigins,
  indentAt,
  LINE,
  newlineOf,
  type ts,
  typeScript,
  unitOf,
  walkCode,
} from '../../../../src/authoring.ts';
import { SDK } from '../sdk-declarations.ts';
import { type Changes, wordsAt } from './changes.ts';
import { type KeyUse, keyOf, readSite } from './keys.ts';
import { isOldKey } from './prompt.ts';
import { rewriteSite, WRITTEN_OUT, writtenOut } from './site.ts';

const MISSING = WRITTEN_OUT.join(', ');

/** Every call of the SDK's `query`, by whatever name. */
export function findQueries(changes: Changes): readonly ts.CallExpression[] {
  const ts = typeScript();
  const { set } = changes;
  return set.files.flatMap(({ source }) => {
    const found: ts.CallExpression[] = [];
    for (const node of walkCode(source)) {
      if (!ts.isCallExpression(node)) continue;
      const declaration = set.checker.getResolvedSignature(node)?.declaration;
      const isSdk = declaration !== undefined && set.declarationsOf(declaration) === SDK;
      if (isSdk && ts.isFunctionDeclaration(declaration) && declaration.name?.text === 'query') found.push(node);
    }
    return found.sort((a, b) => a.pos - b.pos);
  });
}

/** Follows the options of one query to where they are written, and rewrites them there. */
export function rewriteQuery(changes: Changes, call: ts.CallExpression): void {
  const [input] = call.arguments;
  if (input === undefined) return;
  for (const origin of findOrigins(changes.set, input)) {
    if (origin.kind === 'object') rewriteInput(changes, origin.node);
    else noteUnseenOptions(changes, origin.node, origin.kind === 'unknown' ? origin.why : 'it may be left out');
  }
}

function rewriteInput(changes: Changes, input: ts.ObjectLiteralExpression): void {
  const ts = typeScript();
  const properties = input.properties.map((property) => ({
    property,
    key: property.name === undefined ? null : keyOf(property.name),
  }));
  const abort = properties.find(({ key }) => key === 'abortController')?.property;
  if (abort !== undefined) {
    changes.note(
      abort,
      'warning',
      'abortController beside prompt has had no effect for long: it is an option, options.abortController',
    );
  }
  const options = properties.find(({ key }) => key === 'options')?.property;
  if (options !== undefined && ts.isPropertyAssignment(options)) rewriteOptions(changes, options.initializer);
  else if (options !== undefined && ts.isShorthandPropertyAssignment(options)) rewriteOptions(changes, options.name);
  else if (options !== undefined || properties.some(({ key }) => key === null)) {
    noteUnseenOptions(changes, input, 'they come in by a spread or a method');
  } else addOptions(changes, input);
}

/** Uses of options that only the old SDK has, in what reaches a query. */
export function findOldKeys(changes: Changes): readonly KeyUse[] {
  const ts = typeScript();
  const inputs = findQueries(changes).flatMap((call) => findOrigins(changes.set, call.arguments[0] ?? call));
  const values = inputs.flatMap((origin) => {
    if (origin.kind !== 'object') return [];
    return origin.node.properties.flatMap((property) => {
      if (property.name === undefined || keyOf(property.name) !== 'options') return [];
      if (ts.isPropertyAssignment(property)) return [property.initializer];
      return ts.isShorthandPropertyAssignment(property) ? [property.name] : [];
    });
  });
  const sites = values.flatMap((value) => findOrigins(changes.set, value));
  const uses = sites.flatMap((site) => (site.kind === 'object' ? readSite(changes.set, site).uses : []));
  const old = uses.filter(({ key, kind }) => isOldKey(key) && kind !== 'other');
  return [...new Map(old.map((use) => [use.node, use])).values()];
}

function rewriteOptions(changes: Changes, value: ts.Expression): void {
  for (const origin of findOrigins(changes.set, value)) {
    if (origin.kind === 'object') rewriteSite(changes, readSite(changes.set, origin), true);
    else if (origin.kind === 'unknown') noteUnseenOptions(changes, origin.node, origin.why);
    else if (origin.node.getText() === 'undefined') replaceAbsent(changes, origin.node);
    else noteUnseenOptions(changes, origin.node, 'they may be left out');
  }
}

function noteUnseenOptions(changes: Changes, node: ts.Node, why: string): void {
  changes.note(
    node,
    'todo',
    `the options of this query are not seen whole (${why}): set ${MISSING} where they are made, as the old SDK did by itself`,
  );
}

function replaceAbsent(changes: Changes, node: ts.Node): void {
  const text = objectText(changes, node, node.getStart());
  changes.edit(node, { start: node.getStart(), end: node.end, text });
}

/** A new object with what the old SDK chose by itself, on lines of its own where one would be too long. */
function objectText(changes: Changes, node: ts.Node, at: number): string {
  const { text } = changes.fileOf(node);
  const properties = writtenOut(wordsAt(changes, node, false));
  const indent = indentAt(text, at);
  const column = at - text.lastIndexOf('\n', at - 1);
  const oneLine = `{ ${properties.join(', ')} }`;
  if (column + oneLine.length <= LINE) return oneLine;
  const newline = newlineOf(text);
  return `{${properties.map((property) => `${newline}${indent}${unitOf(text)}${property},`).join('')}${newline}${indent}}`;
}

function addOptions(changes: Changes, input: ts.ObjectLiteralExpression): void {
  const last = input.properties.at(-1);
  if (last === undefined) return;
  const { text } = changes.fileOf(input);
  const value = objectText(changes, input, last.getStart());
  for (const edit of addProperties(text, input, [`options: ${value}`], 'as it is')) changes.edit(input, edit);
}
