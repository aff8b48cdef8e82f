import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import type { Note } from '../../src/migration/define.ts';
import { type FixtureCase, listFixtureCases } from '../../src/testing/fixture-case.ts';
import { describeProof } from './proof.ts';

const CODE = /\.[cm]?[jt]sx?$/;

const FIXTURES = join(import.meta.dirname, '../../fixtures/agent-sdk');

/** Cases that the migration changes and that have code for a compiler. */
const cases = listFixtureCases(FIXTURES).filter(
  ({ folder }) => existsSync(join(folder, 'after')) && codeIn(join(folder, 'before')).length > 0,
);

function codeIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => CODE.test(path))
    .sort();
}

/** The list whose package the case's package.json files ask for once it is migrated. */
function listAfter({ folder }: FixtureCase): 'new-zod-3' | 'new-zod-4' {
  const manifests = readdirSync(join(folder, 'after'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('package.json'))
    .map((path) => readFileSync(join(folder, 'after', path), 'utf8'));
  return manifests.some((text) => /claude-agent-sdk":\s*"[^"]*0\.1\.77/.test(text)) ? 'new-zod-3' : 'new-zod-4';
}

/** What a compiler says of a file, without its line: what moved is the same error. */
interface CodeError {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** The errors in copies of these folders, each checked beside the packages in `installed`, all at once. */
function typeErrors(
  installed: string,
  folders: ReadonlyMap<string, string>,
  edit: (text: string) => string = (text) => text,
): readonly CodeError[] {
  const place = mkdtempSync(join(installed, 'types-'));
  try {
    for (const [name, folder] of folders) cpSync(folder, join(place, name), { recursive: true });
    const roots = [...folders].flatMap(([name, folder]) => codeIn(folder).map((path) => join(place, name, path)));
    for (const root of roots) writeFileSync(root, edit(readFileSync(root, 'utf8')));
    const program = ts.createProgram(roots, {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Preserve,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      moduleDetection: ts.ModuleDetectionKind.Force,
      jsx: ts.JsxEmit.Preserve,
      types: ['node'],
      typeRoots: [join(installed, 'node_modules/@types')],
      strict: true,
      allowJs: true,
      checkJs: true,
      noEmit: true,
      skipLibCheck: true,
      experimentalDecorators: true,
    });
    return ts.getPreEmitDiagnostics(program).map((found) => {
      const [name = '', ...rest] = relative(place, found.file?.fileName ?? place).split('/');
      return {
        name,
        path: rest.join('/'),
        text: `TS${found.code} ${ts.flattenDiagnosticMessageText(found.messageText, '\n')}`,
      };
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function foldersOf(chosen: readonly FixtureCase[], side: 'before' | 'after'): ReadonlyMap<string, string> {
  return new Map(chosen.map(({ name, folder }) => [name, join(folder, side)]));
}

function show({ name, path, text }: CodeError): string {
  return `${name}/${path} ${text.split('\n')[0]}`;
}

/** As the error reads once the package has its new name; where the file stood is no part of it. */
function renamed(error: CodeError): string {
  return show(error)
    .replaceAll('claude-code', 'claude-agent-sdk')
    .replace(/(?:~|\^)\d[\d.]*/, '');
}

function notesOn(error: CodeError): readonly Note[] {
  const fixture = cases.find(({ name }) => name === error.name);
  const notes = JSON.parse(readFileSync(join(fixture?.folder ?? '', 'expected.notes.json'), 'utf8')) as readonly Note[];
  return notes.filter(({ path }) => path === error.path);
}

/** What the compiler says after and not before, and the plan says too: options that are not seen whole, code left alone. */
const EXPECTED = [
  "bad-input/dist/main.js TS2307 Cannot find module '@anthropic-ai/claude-code' or its corresponding type declarations.",
  "bad-input/src/broken.ts TS2307 Cannot find module '@anthropic-ai/claude-code' or its corresponding type declarations.",
  ...unknownKey('options-direct/src/direct.ts', 'appendSystemPrompt'),
  ...unknownKey('options-unseen/src/unseen.ts', 'appendSystemPrompt'),
  ...missingKey('options-unseen/src/unseen.ts', 'customSystemPrompt'),
  ...unknownKey('options-unseen/src/unseen.ts', 'appendSystemPrompt'),
  ...missingKey('options-unseen/src/unseen.ts', 'appendSystemPrompt'),
  `options-unseen/src/unseen.ts TS2344 Type '"customSystemPrompt" | "appendSystemPrompt"' does not satisfy the constraint 'keyof Options'.`,
  ...missingKey('options-unseen/src/unseen.ts', 'appendSystemPrompt'),
];

function unknownKey(path: string, key: string): readonly string[] {
  const text = `Object literal may only specify known properties, but '${key}' does not exist in type 'Options'.`;
  return [`${path} TS2561 ${text} Did you mean to write 'systemPrompt'?`];
}

function missingKey(path: string, key: string): readonly string[] {
  return [`${path} TS2551 Property '${key}' does not exist on type 'Options'. Did you mean 'systemPrompt'?`];
}

describeProof('npm', 'fixtures, type-checked with the real packages', (packages) => {
  it('have the same errors or fewer once they are migrated, and each that is new has its note', () => {
    const before = new Set(typeErrors(packages.old, foldersOf(cases, 'before')).map(renamed));
    const after = (['new-zod-3', 'new-zod-4'] as const).flatMap((list) => {
      const chosen = cases.filter((one) => listAfter(one) === list);
      return typeErrors(packages[list], foldersOf(chosen, 'after'));
    });
    const more = after.filter((error) => !before.has(renamed(error)));
    expect(more.map(show).sort()).toEqual([...EXPECTED].sort());
    expect(more.filter((error) => notesOn(error).length === 0)).toEqual([]);
  });

  it('have more where only the package is renamed: the check can fail', () => {
    const direct = cases.filter(({ name }) => name === 'options-direct');
    const renamedOnly = typeErrors(packages['new-zod-3'], foldersOf(direct, 'before'), (text) =>
      text.replaceAll('@anthropic-ai/claude-code', '@anthropic-ai/claude-agent-sdk'),
    );
    expect(renamedOnly.length).toBeGreaterThan(5);
    expect(renamedOnly.map(show)).toContain(unknownKey('options-direct/src/direct.ts', 'customSystemPrompt')[0]);
  });
});
