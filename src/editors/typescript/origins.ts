import type { ts } from 'ts-morph';
import type { CodeSet } from './code-set.ts';
import { typeScript } from './compiler.ts';
import { assignedValues, callsOf, valuesOfField } from './uses.ts';
import { returnsOf, unwrap } from './walk.ts';

/** Where a value may come from. */
export type Origin =
  | WrittenObject
  /** `undefined` or `null`, or an argument that was left out. */
  | { readonly kind: 'absent'; readonly node: ts.Node }
  | { readonly kind: 'unknown'; readonly node: ts.Node; readonly why: string };

/** An object that is written out. */
export interface WrittenObject {
  readonly kind: 'object';
  readonly node: ts.ObjectLiteralExpression;
  /** The names that hold it on the way, through which others may write into it. */
  readonly through: readonly ts.Symbol[];
  /** What `Object.assign` puts over it. */
  readonly merged: readonly ts.Expression[];
}

interface Trace {
  readonly set: CodeSet;
  readonly through: readonly ts.Symbol[];
  readonly merged: readonly ts.Expression[];
  readonly depth: number;
}

const DEPTH = 12;

/**
 * Every place that the value of `expression` may come from, as far as the files of the set tell: through variables, branches,
 * helpers and the callers of a helper that only its own file can call. What cannot be followed is `unknown`, with the place.
 */
export function findOrigins(set: CodeSet, expression: ts.Expression): readonly Origin[] {
  const found = trace(expression, { set, through: [], merged: [], depth: 0 });
  const seen = new Set<ts.Node>();
  return found.filter(({ node }) => !seen.has(node) && seen.add(node));
}

function trace(expression: ts.Expression, at: Trace): readonly Origin[] {
  const ts = typeScript();
  const node = unwrap(expression);
  const unknown = (why: string): readonly Origin[] => [{ kind: 'unknown', node, why }];
  if (at.depth > DEPTH) return unknown('it is handed on too often to be followed');
  const next = { ...at, depth: at.depth + 1 };
  if (ts.isObjectLiteralExpression(node)) {
    return [{ kind: 'object', node, through: at.through, merged: at.merged }];
  }
  if (isAbsent(node)) return [{ kind: 'absent', node }];
  if (ts.isConditionalExpression(node)) return [...trace(node.whenTrue, next), ...trace(node.whenFalse, next)];
  if (ts.isBinaryExpression(node)) return traceOperator(node, next) ?? unknown('it is computed');
  if (ts.isCallExpression(node)) return traceCall(node, next);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return traceName(node, next);
  return unknown('it is computed');
}

/** `undefined`, `null` or `void 0`. */
function isAbsent(node: ts.Node): boolean {
  const ts = typeScript();
  return (
    (ts.isIdentifier(node) && node.text === 'undefined') ||
    node.kind === ts.SyntaxKind.NullKeyword ||
    ts.isVoidExpression(node)
  );
}

function traceOperator(node: ts.BinaryExpression, at: Trace): readonly Origin[] | null {
  const { SyntaxKind } = typeScript();
  const operator = node.operatorToken.kind;
  if (operator === SyntaxKind.QuestionQuestionToken || operator === SyntaxKind.BarBarToken) {
    const left = trace(node.left, at).filter(({ kind }) => kind !== 'absent');
    return [...left, ...trace(node.right, at)];
  }
  if (operator === SyntaxKind.AmpersandAmpersandToken) {
    return [{ kind: 'absent', node: node.left }, ...trace(node.right, at)];
  }
  return operator === SyntaxKind.CommaToken ? trace(node.right, at) : null;
}

function traceCall(node: ts.CallExpression, at: Trace): readonly Origin[] {
  const ts = typeScript();
  const callee = node.expression.getText();
  const [first, ...rest] = node.arguments;
  if (callee === 'Object.assign' && first !== undefined) {
    return trace(first, { ...at, merged: [...rest, ...at.merged] });
  }
  if ((callee === 'Object.freeze' || callee === 'structuredClone') && first !== undefined) return trace(first, at);
  const declaration = at.set.checker.getResolvedSignature(node)?.declaration;
  const known = declaration !== undefined && at.set.fileOf(declaration) !== undefined;
  const isFunction = known && ts.isFunctionLike(declaration) && 'body' in declaration;
  const returns = isFunction ? returnsOf(declaration as ts.FunctionLikeDeclaration) : null;
  if (returns === null) return [{ kind: 'unknown', node, why: `it is what ${callee} returns` }];
  return returns.flatMap((one) => trace(one, at));
}

function traceName(node: ts.Identifier | ts.PropertyAccessExpression, at: Trace): readonly Origin[] {
  const ts = typeScript();
  const symbol = symbolOf(at.set, node);
  const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0];
  if (symbol === undefined || declaration === undefined || at.set.fileOf(declaration) === undefined) {
    return [{ kind: 'unknown', node, why: `where ${node.getText()} comes from is not seen` }];
  }
  const held = { ...at, through: [...at.through, symbol] };
  if (ts.isVariableDeclaration(declaration) && declaration.initializer !== undefined) {
    return [...trace(declaration.initializer, held), ...traceReassigned(symbol, declaration, held)];
  }
  if (ts.isVariableDeclaration(declaration) && ts.isIdentifier(declaration.name)) {
    const values = traceReassigned(symbol, declaration, held);
    if (values.length > 0) return values;
  }
  if (ts.isPropertyAssignment(declaration)) return trace(declaration.initializer, held);
  if (ts.isPropertyDeclaration(declaration)) {
    const values = valuesOfField(at.set, symbol, declaration);
    if (values !== null) return values.flatMap((value) => trace(value, held));
  }
  if (ts.isParameter(declaration)) return traceParameter(declaration, node, held);
  return [{ kind: 'unknown', node, why: `${node.getText()} is set where it is not seen` }];
}

function traceReassigned(symbol: ts.Symbol, declaration: ts.VariableDeclaration, at: Trace): readonly Origin[] {
  const isConst = (declaration.parent.flags & typeScript().NodeFlags.Const) !== 0;
  return isConst ? [] : assignedValues(at.set, symbol).flatMap((value) => trace(value, at));
}

function traceParameter(parameter: ts.ParameterDeclaration, node: ts.Node, at: Trace): readonly Origin[] {
  const unknown: Origin = { kind: 'unknown', node, why: `${node.getText()} is given by whoever calls` };
  const index = parameter.parent.parameters.indexOf(parameter);
  const calls = parameter.dotDotDotToken === undefined ? callsOf(at.set, parameter.parent) : null;
  if (calls === null) return [unknown];
  const given = calls.flatMap((call): readonly Origin[] => {
    const argument = call.arguments[index];
    if (call.arguments.slice(0, index + 1).some((one) => typeScript().isSpreadElement(one))) return [unknown];
    return argument === undefined ? [{ kind: 'absent', node: call }] : trace(argument, at);
  });
  if (parameter.initializer === undefined) return given;
  return [...given.filter(({ kind }) => kind !== 'absent'), ...trace(parameter.initializer, at)];
}

/** What a name stands for, imports followed. */
export function symbolOf(set: CodeSet, node: ts.Node): ts.Symbol | undefined {
  const ts = typeScript();
  const { parent } = node;
  const own =
    ts.isShorthandPropertyAssignment(parent) && parent.name === node
      ? set.checker.getShorthandAssignmentValueSymbol(parent)
      : set.checker.getSymbolAtLocation(node);
  const isAlias = own !== undefined && (own.flags & ts.SymbolFlags.Alias) !== 0;
  return isAlias ? set.checker.getAliasedSymbol(own) : own;
}
