import {
  assignmentTo,
  type CodeSet,
  findOrigins,
  referencesOf,
  type ts,
  typeScript,
  type WrittenObject,
} from '../../../../src/authoring.ts';

/** A place where an option gets its value, or is used in another way. */
export interface KeyUse {
  readonly key: string;
  /** `property` of a written object, `write` through a name that holds it, `other`: read, deleted, a method. */
  readonly kind: 'property' | 'write' | 'other';
  readonly node: ts.Node;
  /** What the option is set to; null where `kind` is `other`. */
  readonly value: ts.Expression | null;
  /** Whether every way to the query comes by here. */
  readonly sure: boolean;
}

/** Everything that is known of one options object. */
export interface OptionsSite {
  readonly literal: ts.ObjectLiteralExpression;
  readonly uses: readonly KeyUse[];
  /** Spread or assigned into it, and not seen whole. */
  readonly unseen: readonly ts.Expression[];
}

/** Follows what is spread, assigned and written into `origin`. */
export function readSite(set: CodeSet, origin: WrittenObject): OptionsSite {
  const uses: KeyUse[] = [];
  const unseen: ts.Expression[] = [];
  readObject({ set, uses, unseen, seen: new Set() }, origin, true);
  return { literal: origin.node, uses, unseen };
}

interface Reading {
  readonly set: CodeSet;
  readonly uses: KeyUse[];
  readonly unseen: ts.Expression[];
  readonly seen: Set<ts.Node>;
}

function readObject(reading: Reading, origin: WrittenObject, sure: boolean): void {
  if (reading.seen.has(origin.node)) return;
  reading.seen.add(origin.node);
  readLiteral(reading, origin.node, sure);
  for (const symbol of origin.through) readWrites(reading, symbol, origin.node);
  for (const expression of origin.merged) readSpread(reading, expression, sure);
}

function readLiteral(reading: Reading, literal: ts.ObjectLiteralExpression, sure: boolean): void {
  const ts = typeScript();
  for (const property of literal.properties) {
    if (ts.isSpreadAssignment(property)) {
      readSpread(reading, property.expression, sure);
      continue;
    }
    const key = keyOf(property.name);
    if (key === null)
      reading.unseen.push(ts.isComputedPropertyName(property.name) ? property.name.expression : literal);
    else if (ts.isPropertyAssignment(property)) {
      reading.uses.push({ key, kind: 'property', node: property, value: property.initializer, sure });
    } else if (ts.isShorthandPropertyAssignment(property)) {
      reading.uses.push({ key, kind: 'property', node: property, value: property.name, sure });
    } else reading.uses.push({ key, kind: 'other', node: property, value: null, sure });
  }
}

/** The name of a property, also in quotes or in brackets around a text. */
export function keyOf(name: ts.PropertyName): string | null {
  const ts = typeScript();
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  return ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression) ? name.expression.text : null;
}

function readSpread(reading: Reading, expression: ts.Expression, sure: boolean): void {
  const origins = findOrigins(reading.set, expression);
  const isSure = sure && origins.length === 1;
  for (const origin of origins) {
    if (origin.kind === 'object') readObject(reading, origin, isSure);
    else if (origin.kind === 'unknown') reading.unseen.push(expression);
  }
}

function readWrites(reading: Reading, symbol: ts.Symbol, literal: ts.Node): void {
  const ts = typeScript();
  for (const name of referencesOf(reading.set, symbol)) {
    const { parent } = name;
    const holder = ts.isPropertyAccessExpression(parent) && parent.name === name ? parent : name;
    const use = holder.parent;
    if (ts.isCallExpression(use) && use.arguments[0] === holder && use.expression.getText() === 'Object.assign') {
      for (const expression of use.arguments.slice(1)) readSpread(reading, expression, false);
    }
    const isAccess =
      (ts.isPropertyAccessExpression(use) || ts.isElementAccessExpression(use)) && use.expression === holder;
    const key = isAccess ? keyOfAccess(use) : null;
    if (key === null) continue;
    const assignment = assignmentTo(use);
    const sure = assignment !== null && standsBeside(assignment, literal);
    if (assignment !== null) reading.uses.push({ key, kind: 'write', node: use, value: assignment.right, sure });
    else reading.uses.push({ key, kind: 'other', node: use, value: null, sure: false });
  }
}

function keyOfAccess(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string | null {
  const ts = typeScript();
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : null;
}

/** Whether the assignment is a statement of the block in which the object is written: no branch leads around it. */
function standsBeside(assignment: ts.BinaryExpression, literal: ts.Node): boolean {
  const ts = typeScript();
  if (!ts.isExpressionStatement(assignment.parent)) return false;
  const block = assignment.parent.parent;
  for (let at: ts.Node = literal; at !== undefined; at = at.parent) {
    if (at === block) return true;
    if (ts.isBlock(at) || ts.isFunctionLike(at) || ts.isSourceFile(at)) return false;
  }
  return false;
}
