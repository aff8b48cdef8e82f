import { importItems } from './imports.ts';
import { namedChildren, type PyNode, sourceOf, statementsOf } from './node.ts';
import { leftOf, needsParentheses, type Removal } from './removal.ts';

const NOTHING: Removal = { gone: new Set(), dropped: new Set(), replaced: new Map() };
const IMPORTS = ['import_statement', 'import_from_statement', 'future_import_statement'];

/**
 * The meaning of a text as lines: each statement's tokens under the depth it stands at, without comments and layout,
 * imports one line for each thing they bring in. With a removal, the meaning the text should have without it.
 */
export function outlineOf(text: string, root: PyNode, removal: Removal = NOTHING): readonly string[] {
  const lines: string[] = [];
  const emitBlock = (block: PyNode, depth: number): void => {
    const kept = statementsOf(block).filter((statement) => !removal.gone.has(statement));
    if (kept.length === 0 && block.type === 'block') lines.push(`${depth} pass`);
    for (const statement of kept) emitStatement(statement, depth);
  };
  const emitStatement = (statement: PyNode, depth: number): void => {
    if (IMPORTS.includes(statement.type)) {
      emitImport(statement, depth);
      return;
    }
    let tokens: string[] = [];
    const flush = (): void => {
      if (tokens.length > 0) lines.push(`${depth} ${tokens.join(' ')}`);
      tokens = [];
    };
    const stack: (PyNode | string)[] = [...statement.children].reverse();
    if (stack.length === 0) tokens.push(sourceOf(text, statement).trim());
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (typeof node === 'string') {
        tokens.push(node);
        continue;
      }
      if (node.type === 'comment' || node.type === 'line_continuation') continue;
      if (node.type === 'block') {
        flush();
        emitBlock(node, depth + 1);
      } else if (removal.replaced.has(node)) stack.push(...leftParts(node));
      else if (node.type === 'string' || node.children.length === 0) tokens.push(...stringTokens(node, stack));
      else stack.push(...[...node.children].reverse());
    }
    flush();
  };
  const leftParts = (call: PyNode): readonly (PyNode | string)[] => {
    const argument = leftOf(call, removal.replaced);
    return needsParentheses(text, call, argument) ? [')', argument, '('] : [argument];
  };
  /** An f-string is walked part by part, for what it inserts may be replaced. */
  const stringTokens = (node: PyNode, stack: (PyNode | string)[]): readonly string[] => {
    if (!node.children.some((child) => child.type === 'interpolation')) return [sourceOf(text, node)];
    stack.push(...[...node.children].reverse());
    return [];
  };
  const emitImport = (statement: PyNode, depth: number): void => {
    for (const item of importItems(text, statement)) {
      if (removal.dropped.has(item.node)) continue;
      const origin = item.name === null ? '' : `from ${'.'.repeat(item.level)}${item.module} `;
      const alias = item.alias === null ? '' : ` as ${item.alias}`;
      lines.push(`${depth} ${origin}import ${item.name ?? item.module}${alias}`);
    }
    if (namedChildren(statement).some((child) => child.type === 'ERROR')) lines.push(`${depth} error in an import`);
  };
  emitBlock(root, 0);
  return lines;
}
