import { type CodeFile, findModuleNames, symbolOf, type ts, typeScript, walkCode } from '../../../../src/authoring.ts';
import { isOldModule } from '../names.ts';
import { SDK } from '../sdk-declarations.ts';
import type { Changes } from './changes.ts';
import { keyOf, readSite } from './keys.ts';
import { isOldKey } from './prompt.ts';
import { rewriteSite } from './site.ts';

/** Options of the SDK's type that no query was seen to take: their keys are renamed, nothing is added. */
export function rewriteTypedObjects(changes: Changes): void {
  const ts = typeScript();
  for (const { source, text } of changes.set.files) {
    if (!mentionsOldKey(text)) continue;
    for (const node of walkCode(source)) {
      if (!ts.isObjectLiteralExpression(node)) continue;
      const own = node.properties.filter(({ name }) => name !== undefined && isOldKey(keyOf(name) ?? ''));
      const open = own.filter((property) => !changes.settled.has(property));
      if (open.length === 0 || !open.some((property) => isSdkOption(changes, node, property))) continue;
      rewriteSite(
        changes,
        readSite(changes.set, { kind: 'object', node, through: holderOf(changes, node), merged: [] }),
        false,
      );
    }
  }
}

function mentionsOldKey(text: string): boolean {
  return text.includes('customSystemPrompt') || text.includes('appendSystemPrompt');
}

/** The variable that the object is the first value of. */
function holderOf(changes: Changes, literal: ts.ObjectLiteralExpression): readonly ts.Symbol[] {
  const ts = typeScript();
  let at: ts.Node = literal.parent;
  while (ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isParenthesizedExpression(at)) at = at.parent;
  const symbol = ts.isVariableDeclaration(at) ? changes.set.checker.getSymbolAtLocation(at.name) : undefined;
  return symbol === undefined ? [] : [symbol];
}

/** Whether the type that the object is written for takes this property from the SDK. */
function isSdkOption(
  changes: Changes,
  literal: ts.ObjectLiteralExpression,
  property: ts.ObjectLiteralElementLike,
): boolean {
  const key = property.name === undefined ? null : keyOf(property.name);
  const type = changes.set.checker.getContextualType(literal);
  if (type === undefined || key === null) return false;
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => isFromSdk(changes, part.getProperty(key)));
}

function isFromSdk(changes: Changes, symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some((declaration) => changes.set.declarationsOf(declaration) === SDK) ?? false;
}

/** Notes every other place that names an option of the SDK which is gone. */
export function noteLeftovers(changes: Changes): void {
  const ts = typeScript();
  for (const file of changes.set.files) {
    if (!mentionsOldKey(file.text)) continue;
    const isMocked = mocksSdk(file);
    for (const node of walkCode(file.source)) {
      const key = oldKeyAt(node);
      if (key === null || isSettled(changes, node)) continue;
      if (isFromSdk(changes, symbolOf(changes.set, node)) || isInSdkType(changes, node)) {
        changes.note(node, 'todo', `${key} is no option of the new SDK: use systemPrompt here too`);
      } else if (isMocked && isExpectation(node)) {
        changes.note(
          node,
          'warning',
          `if this is about the options of the query, it is systemPrompt now and not ${key}`,
        );
      }
    }
  }
  function oldKeyAt(node: ts.Node): string | null {
    const isName = ts.isIdentifier(node) || ts.isStringLiteralLike(node);
    return isName && isOldKey(node.text) ? node.text : null;
  }
}

function isSettled(changes: Changes, node: ts.Node): boolean {
  return changes.settled.has(node) || changes.settled.has(node.parent) || changes.settled.has(node.parent.parent);
}

/** A name as a text in a type that is made from the SDK's options: `Pick<Options, '…'>`, `Options['…']`. */
function isInSdkType(changes: Changes, node: ts.Node): boolean {
  const ts = typeScript();
  if (!ts.isLiteralTypeNode(node.parent)) return false;
  let at: ts.Node = node.parent;
  while (ts.isUnionTypeNode(at.parent)) at = at.parent;
  const { parent } = at;
  const from = ts.isIndexedAccessTypeNode(parent)
    ? parent.objectType
    : ts.isTypeReferenceNode(parent)
      ? parent.typeArguments?.[0]
      : undefined;
  if (from === undefined || from === at) return false;
  return isFromSdk(changes, changes.set.checker.getTypeFromTypeNode(from).getProperty((node as ts.StringLiteral).text));
}

function mocksSdk(file: CodeFile): boolean {
  return findModuleNames(file, isOldModule).some(({ use }) => use === 'mock');
}

/** Whether the name stands in what a test expects, or reads it from a recorded call. */
function isExpectation(node: ts.Node): boolean {
  const ts = typeScript();
  for (let at: ts.Node = node; at.parent !== undefined; at = at.parent) {
    if (ts.isCallExpression(at) && /\bexpect\b|^assert\b/.test(at.expression.getText())) return true;
    if (ts.isStatement(at)) return /\.mock\b|\bmock\.calls\b/.test(at.getText());
  }
  return false;
}
