import type { ts } from 'ts-morph';
import type { CodeSet } from './code-set.ts';
import { typeScript } from './compiler.ts';
import { walkCode } from './walk.ts';

/** Every name in the files of the set that stands for `symbol`, its declaration included. */
export function referencesOf(set: CodeSet, symbol: ts.Symbol): readonly ts.Identifier[] {
  const ts = typeScript();
  const name = symbol.name;
  const files = isLocal(symbol) ? set.files.filter(({ source }) => declaresIn(symbol, source)) : set.files;
  return files
    .filter(({ text }) => text.includes(name))
    .flatMap(({ source }) => {
      const found: ts.Identifier[] = [];
      for (const node of walkCode(source)) {
        if (ts.isIdentifier(node) && node.text === name && meansSymbol(set, node, symbol)) found.push(node);
      }
      return found.sort((a, b) => a.pos - b.pos);
    });
}

function meansSymbol(set: CodeSet, node: ts.Identifier, symbol: ts.Symbol): boolean {
  const ts = typeScript();
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent) && set.checker.getShorthandAssignmentValueSymbol(parent) === symbol)
    return true;
  const own = set.checker.getSymbolAtLocation(node);
  if (own === symbol) return true;
  return own !== undefined && (own.flags & ts.SymbolFlags.Alias) !== 0 && set.checker.getAliasedSymbol(own) === symbol;
}

function isLocal(symbol: ts.Symbol): boolean {
  return (symbol as { readonly parent?: ts.Symbol }).parent === undefined;
}

function declaresIn(symbol: ts.Symbol, source: ts.SourceFile): boolean {
  return symbol.declarations?.some((declaration) => declaration.getSourceFile() === source) ?? false;
}

/** The values that `name = value` gives to a variable after its declaration. */
export function assignedValues(set: CodeSet, symbol: ts.Symbol): readonly ts.Expression[] {
  return referencesOf(set, symbol).flatMap((node) => {
    const assignment = assignmentTo(node);
    return assignment === null ? [] : [assignment.right];
  });
}

/** The plain assignment whose left side is just `node`. */
export function assignmentTo(node: ts.Node): ts.BinaryExpression | null {
  const ts = typeScript();
  const { parent } = node;
  const isAssigned =
    ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  return isAssigned ? parent : null;
}

/** Every value that a class gives to one of its fields; null when others may set it too. */
export function valuesOfField(
  set: CodeSet,
  symbol: ts.Symbol,
  field: ts.PropertyDeclaration,
): readonly ts.Expression[] | null {
  const ts = typeScript();
  const isOwn =
    ts.isPrivateIdentifier(field.name) ||
    (ts.getCombinedModifierFlags(field) & (ts.ModifierFlags.Private | ts.ModifierFlags.Readonly)) !== 0;
  if (!isOwn) return null;
  const values: ts.Expression[] = field.initializer === undefined ? [] : [field.initializer];
  for (const node of walkCode(field.parent)) {
    if (!ts.isPropertyAccessExpression(node) || set.checker.getSymbolAtLocation(node.name) !== symbol) continue;
    const assignment = assignmentTo(node);
    if (assignment !== null) values.push(assignment.right);
  }
  return values.length === 0 ? null : values;
}

/** Every call of a function; null when it may be called from where it is not seen. */
export function callsOf(set: CodeSet, declaration: ts.Node): readonly ts.CallExpression[] | null {
  const ts = typeScript();
  const holder = ts.isVariableDeclaration(declaration.parent) ? declaration.parent : declaration;
  const name = (holder as { readonly name?: ts.Node }).name;
  if (name === undefined || !ts.isIdentifier(name) || isExported(holder)) return null;
  const symbol = set.checker.getSymbolAtLocation(name);
  if (symbol === undefined) return null;
  const calls: ts.CallExpression[] = [];
  for (const node of referencesOf(set, symbol)) {
    if (node === name) continue;
    const { parent } = node;
    if (!ts.isCallExpression(parent) || parent.expression !== node) return null;
    calls.push(parent);
  }
  return calls.length === 0 ? null : calls;
}

function isExported(declaration: ts.Node): boolean {
  const ts = typeScript();
  const flags = ts.getCombinedModifierFlags(declaration as ts.Declaration);
  return (flags & (ts.ModifierFlags.Export | ts.ModifierFlags.Default)) !== 0;
}
