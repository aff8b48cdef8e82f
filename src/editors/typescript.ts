/** Reads TypeScript and JavaScript through the compiler: facts with their spans, never printed code. Pure. */
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
export { findModuleNames, type ModuleName, type ModuleNameUse } from './typescript/module-names.ts';
