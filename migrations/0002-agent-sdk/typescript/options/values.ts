import { type CodeSet, type ts, typeScript } from '../../../../src/authoring.ts';

/** Calls that give a text, whatever the rest of the program is. */
const TEXT_CALL =
  /(?:^|\.)(?:readFileSync|readFile|readTextFile|readTextFileSync|String|stringify|join|trim|trimEnd|trimStart|replace|replaceAll|concat|slice|substring|padEnd|padStart|repeat|toString|toLowerCase|toUpperCase|dedent)$/;

/** Whether `expression` may be `undefined` or `null`; where its type is not seen it may. */
export function mayBeAbsent(set: CodeSet, expression: ts.Expression): boolean {
  const ts = typeScript();
  const node = unwrapValue(expression);
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node) || ts.isTaggedTemplateExpression(node))
    return false;
  if (ts.isBinaryExpression(node)) {
    const { PlusToken, QuestionQuestionToken, BarBarToken } = ts.SyntaxKind;
    if (node.operatorToken.kind === PlusToken) return false;
    if (node.operatorToken.kind === QuestionQuestionToken || node.operatorToken.kind === BarBarToken) {
      return mayBeAbsent(set, node.right);
    }
  }
  if (ts.isConditionalExpression(node)) return mayBeAbsent(set, node.whenTrue) || mayBeAbsent(set, node.whenFalse);
  if (ts.isCallExpression(node) && !hasQuestion(node) && TEXT_CALL.test(node.expression.getText())) return false;
  if (ts.isIdentifier(node) && /^[A-Z][A-Z0-9_]+$/.test(node.text)) return false;
  const type = set.checker.getTypeAtLocation(node);
  const parts = type.isUnion() ? type.types : [type];
  return !parts.every((part) => (part.flags & ts.TypeFlags.StringLike) !== 0);
}

function hasQuestion(node: ts.Node): boolean {
  return node.getText().includes('?.');
}

function unwrapValue(expression: ts.Expression): ts.Expression {
  const ts = typeScript();
  let node = expression;
  while (ts.isParenthesizedExpression(node) || ts.isAwaitExpression(node)) node = node.expression;
  return node;
}

/** Whether `expression` may stand twice: a name or a chain of names. */
export function isRepeatable(expression: ts.Expression): boolean {
  const ts = typeScript();
  if (ts.isIdentifier(expression) || ts.isStringLiteralLike(expression)) return true;
  if (expression.kind === ts.SyntaxKind.ThisKeyword) return true;
  return ts.isPropertyAccessExpression(expression) && isRepeatable(expression.expression);
}

/** Whether `expression` needs parentheses beside `??` or `===`. */
export function needsParentheses(expression: ts.Expression): boolean {
  const ts = typeScript();
  return (
    ts.isBinaryExpression(expression) ||
    ts.isConditionalExpression(expression) ||
    ts.isArrowFunction(expression) ||
    ts.isYieldExpression(expression) ||
    ts.isAsExpression(expression) ||
    ts.isSatisfiesExpression(expression)
  );
}

/** Whether only one of the two runs: they stand in different branches of one `if` or one conditional expression. */
export function excludeEachOther(a: ts.Node, b: ts.Node): boolean {
  const ts = typeScript();
  for (let at: ts.Node = a; at.parent !== undefined; at = at.parent) {
    const { parent } = at;
    const branches = ts.isIfStatement(parent)
      ? [parent.thenStatement, parent.elseStatement]
      : ts.isConditionalExpression(parent)
        ? [parent.whenTrue, parent.whenFalse]
        : [];
    const other = branches.find((branch) => branch !== undefined && branch !== at);
    if (branches.includes(at as never) && other !== undefined && contains(other, b)) return true;
  }
  return false;
}

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.getSourceFile() === inner.getSourceFile() && outer.pos <= inner.pos && inner.end <= outer.end;
}
