import type { ts } from 'ts-morph';
import { newlineOf } from '../../base/text.ts';
import type { TextEdit } from '../../tree/edits.ts';
import type { CodeFile } from './code-set.ts';
import { typeScript } from './compiler.ts';
import { walkCode } from './walk.ts';

/** A name to import and to put into a list of the file. */
export interface ListMember {
  /** Imported from `from`, as written there. */
  readonly name: string;
  readonly from: string;
  /** The property whose value is the list: the last one of that name that is an array literal. */
  readonly list: string;
}

/** Imports a name and adds it at the end of a list; null where the file has no such list or holds the name already. */
export function addListMember(
  { source, text }: CodeFile,
  { name, from, list }: ListMember,
): readonly TextEdit[] | null {
  const ts = typeScript();
  let found: ts.ArrayLiteralExpression | null = null;
  for (const node of walkCode(source)) {
    if (!ts.isPropertyAssignment(node) || node.name.getText(source) !== list) continue;
    if (ts.isArrayLiteralExpression(node.initializer)) found = node.initializer;
  }
  const lastImport = source.statements.filter((statement) => ts.isImportDeclaration(statement)).at(-1);
  if (found === null || lastImport === undefined || new RegExp(`\\b${name}\\b`).test(text)) return null;
  const last = found.elements.at(-1);
  const member: TextEdit =
    last === undefined
      ? { start: found.getStart(source) + 1, end: found.end - 1, text: name }
      : { start: last.end, end: last.end, text: `, ${name}` };
  const line = `${newlineOf(text)}import { ${name} } from '${from}';`;
  return [{ start: lastImport.end, end: lastImport.end, text: line }, member];
}
