import type { ts } from 'ts-morph';
import { typeScript } from './compiler.ts';

/**
 * Every node below `root` and itself, in no order to rely on; with `jsDoc` also those of documentation comments. A loop, not a
 * recursion: a sum of ten thousand terms nests ten thousand deep.
 */
export function* walkCode(root: ts.Node, jsDoc = false): Generator<ts.Node> {
  const ts = typeScript();
  const waiting: ts.Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const comments = jsDoc ? (node as { readonly jsDoc?: readonly ts.JSDoc[] }).jsDoc : undefined;
    if (comments !== undefined) waiting.push(...comments);
    ts.forEachChild(node, (child) => {
      waiting.push(child);
    });
  }
}

/** The expression without what only the compiler or the eye needs: parentheses, `as`, `satisfies`, `!`, and `await`. */
export function unwrap(expression: ts.Expression): ts.Expression {
  const ts = typeScript();
  let node = expression;
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isAwaitExpression(node)
  ) {
    node = node.expression;
  }
  return node;
}

/** Everything that a function returns, nested functions left out; null for a generator or a function without a body. */
export function returnsOf(declaration: ts.FunctionLikeDeclaration): readonly ts.Expression[] | null {
  const ts = typeScript();
  const { body, asteriskToken } = declaration;
  if (body === undefined || asteriskToken !== undefined) return null;
  if (!ts.isBlock(body)) return [body];
  const found: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isReturnStatement(node) && node.expression !== undefined) found.push(node.expression);
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(body, visit);
  return found.length === 0 ? null : found;
}
