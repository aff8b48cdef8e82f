/** Reads Python text and takes the use of a module out of it. Pure: text in, facts or edits out. */
export { type CallArgument, findCalls, type PythonCall } from './python/calls.ts';
export { type PythonBinding, type PythonCode, readPythonCode } from './python/code.ts';
export { type ImportedName, type ImportItem, listImports, localName, type PythonImport } from './python/imports.ts';
export {
  ancestors as pythonAncestors,
  childAt as pythonChild,
  closest as closestPython,
  namedChildren as pythonChildren,
  type PyNode,
  scopeOf as pythonScope,
  statementAround as pythonStatement,
  walk as walkPython,
} from './python/node.ts';
export { isPythonLoaded, loadPython, needPython, type PythonWasm, providePython } from './python/parser.ts';
export { type RemoveModuleUseOptions, removeModuleUse } from './python/remove-module-use.ts';
export {
  listStatements,
  listTopLevelNames,
  type PythonBlock,
  type PythonStatement,
  type StatementKind,
  type TopLevelName,
} from './python/statements.ts';
export { stringValue as pythonString } from './python/strings.ts';
export { identifiers, type PythonString, type PythonToken, stringLiterals, syntaxErrors } from './python/tokens.ts';
export { findUses, type PythonTarget, type PythonUse, type UseKind } from './python/uses.ts';
