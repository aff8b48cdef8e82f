/** Reads TypeScript and JavaScript through the compiler: facts with their spans, never printed code. Pure. */
export type { ts } from 'ts-morph';
export {
  CODE_FILE,
  type CodeFile,
  type CodeSet,
  type CodeSetInput,
  type ImportTarget,
  openCodeSet,
  type ParsedCode,
  parseCode,
} from './typescript/code-set.ts';
export { isTypeScriptLoaded, loadTypeScript, type TypeScript, typeScript } from './typescript/compiler.ts';
export { addListMember, type ListMember } from './typescript/list-members.ts';
export { findModuleNames, type ModuleName, type ModuleNameUse } from './typescript/module-names.ts';
export { addProperties, indentAt, isFirstOnLine, LINE, removeProperty, unitOf } from './typescript/object-edits.ts';
export { findOrigins, type Origin, symbolOf, type WrittenObject } from './typescript/origins.ts';
export { assignmentTo, referencesOf } from './typescript/uses.ts';
export { walkCode } from './typescript/walk.ts';
