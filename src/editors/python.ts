/** Reads Python text and takes the use of a module out of it. Pure: text in, facts or edits out. */
export { type CallArgument, findCalls, type PythonCall } from './python/calls.ts';
export { type ImportedName, listImports, type PythonImport } from './python/imports.ts';
export { isPythonLoaded, loadPython, type PythonWasm } from './python/parser.ts';
export { type RemoveModuleUseOptions, removeModuleUse } from './python/remove-module-use.ts';
export {
  listStatements,
  listTopLevelNames,
  type PythonBlock,
  type PythonStatement,
  type StatementKind,
  type TopLevelName,
} from './python/statements.ts';
export { identifiers, type PythonString, type PythonToken, stringLiterals, syntaxErrors } from './python/tokens.ts';
export { findUses, type PythonTarget, type PythonUse, type UseKind } from './python/uses.ts';
