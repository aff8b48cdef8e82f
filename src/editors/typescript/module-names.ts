import type { ts } from 'ts-morph';
import type { CodeFile } from './code-set.ts';
import { typeScript } from './compiler.ts';
import { walkCode } from './walk.ts';

/** How a text names a module; `text` is any other string that holds nothing else. */
export type ModuleNameUse =
  | 'import'
  | 'export'
  | 'dynamic-import'
  | 'require'
  | 'resolve'
  | 'import-type'
  | 'mock'
  | 'augmentation'
  | 'reference'
  | 'text';

/** A place that names a module. */
export interface ModuleName {
  readonly use: ModuleNameUse;
  /** As written, without quotes. */
  readonly specifier: string;
  /** Span of the specifier, quotes excluded. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  /** The string; the file itself for a `/// <reference>`. */
  readonly node: ts.Node;
}

/** Functions of test frameworks whose first argument names a module. */
const MOCKS =
  /^(?:jest|vi|vitest)\.(?:mock|doMock|unmock|doUnmock|dontMock|setMock|deepUnmock|unstable_mockModule|unstable_unmockModule|requireActual|requireMock|importActual|importMock|createMockFromModule|genMockFromModule)$|^(?:mock|t\.mock|test\.mock)\.module$|^(?:td|quibble)\.(?:replace|replaceEsm)$|^(?:mockRequire|quibble|proxyquire|esmock)$/;
const RESOLVES = /^(?:require\w*|import\.meta|\w*[rR]equire)\.resolve$/;
/** Mock functions whose later argument is an object with modules as keys. */
const KEYED_MOCKS = /^(?:proxyquire(?:\.\w+(?:\(\))?)*|esmock(?:\.\w+)*)$/;

/** Every string of `file` that `isName` takes, with what it is used for; in JavaScript also in JSDoc types. */
export function findModuleNames(file: CodeFile, isName: (specifier: string) => boolean): readonly ModuleName[] {
  const ts = typeScript();
  const found: ModuleName[] = [];
  const add = (use: ModuleNameUse, specifier: string, start: number, node: ts.Node): void => {
    const line = file.source.getLineAndCharacterOfPosition(start).line + 1;
    // What is written with an escape is not the text that stands in the file.
    if (file.text.slice(start, start + specifier.length) !== specifier) return;
    found.push({ use, specifier, start, end: start + specifier.length, line, node });
  };
  // In TypeScript the compiler takes no type from a comment.
  const isScript = /\.[cm]?jsx?$/.test(file.path);
  for (const node of walkCode(file.source, isScript)) {
    if (ts.isStringLiteralLike(node) && isName(node.text)) {
      add(useOf(node), node.text, node.getStart(file.source) + 1, node);
    }
  }
  for (const { fileName, pos } of file.source.typeReferenceDirectives) {
    if (isName(fileName)) add('reference', fileName, pos, file.source);
  }
  return found.sort((a, b) => a.start - b.start);
}

function useOf(node: ts.StringLiteralLike): ModuleNameUse {
  const ts = typeScript();
  const { parent } = node;
  if (ts.isImportDeclaration(parent)) return 'import';
  if (ts.isExportDeclaration(parent)) return 'export';
  if (ts.isExternalModuleReference(parent)) return 'require';
  if (ts.isModuleDeclaration(parent)) return 'augmentation';
  if (ts.isLiteralTypeNode(parent) && ts.isImportTypeNode(parent.parent)) return 'import-type';
  if (parent.kind === ts.SyntaxKind.JSDocImportTag) return 'import';
  if (ts.isCallExpression(parent)) return parent.arguments[0] === node ? useInCall(parent) : 'text';
  if (ts.isPropertyAssignment(parent) && parent.name === node) return isKeyedMock(parent.parent) ? 'mock' : 'text';
  return 'text';
}

function useInCall({ expression }: ts.CallExpression): ModuleNameUse {
  const ts = typeScript();
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return 'dynamic-import';
  const callee = expression.getText().replace(/\s/g, '');
  if (RESOLVES.test(callee)) return 'resolve';
  if (MOCKS.test(callee)) return 'mock';
  return /^(?:\w*[rR]equire|module\.require|createRequire\(.*\))$/.test(callee) ? 'require' : 'text';
}

function isKeyedMock(object: ts.Node): boolean {
  const ts = typeScript();
  const call = object.parent;
  return ts.isCallExpression(call) && KEYED_MOCKS.test(call.expression.getText().replace(/\s/g, ''));
}
