import { bomLength, indexLines } from '../../base/text.ts';
import { applyEdits, sortEdits } from '../../tree/edits.ts';
import type { EditOutcome, EditRemark } from '../outcome.ts';
import { type Binding, findBindings } from './bindings.ts';
import { tryAround } from './imports.ts';
import { ancestors, type PyNode, statementAround } from './node.ts';
import { parsePython } from './parser.ts';
import { outlineOf } from './proof.ts';
import { obstacleTo, planRemoval, type Removal, type RemovalContext, unboundTargets } from './removal.ts';
import { drawRemoval } from './spans.ts';
import { errorNodes } from './tokens.ts';
import { findUses, type PythonTarget } from './uses.ts';

/** What finds them all compares each with every other. */
const MAX_IMPORTS = 2000;

/** What {@link removeModuleUse} may take with the use of a module. */
export interface RemoveModuleUseOptions {
  /**
   * What a `print` or log call must say to be taken for an announcement of what is removed; such a call goes when it
   * comes next after a removed statement. Without it none goes.
   */
  readonly announcement?: RegExp;
  /**
   * What a comment above must say to go though a statement right under it stays or blank lines stand between. Without
   * it such a comment goes when it names the target; right above and with nothing staying under it, it goes anyway.
   */
  readonly heading?: RegExp;
}

/**
 * Takes the use of `target.modules` out of a Python text: their imports, and the calls of `target.names`, functions that
 * hand their first argument back. `app = f(app)` goes whole, `a = f(b)` becomes `a = b`. With a removed statement go the
 * comment right above it and the announcement right under it; an emptied block gets `pass`; blank lines stay.
 *
 * An import that something else still uses stays with all its uses, with a remark at the line of that use. Lines of
 * remarks and refusals are lines of `text`.
 * @throws RefitError when the Python parser is not loaded.
 */
export function removeModuleUse(text: string, target: PythonTarget, options: RemoveModuleUseOptions = {}): EditOutcome {
  const words = [...target.modules.flatMap((module) => module.split('.')), ...target.names];
  if (!words.some((word) => text.includes(word))) return { kind: 'unchanged', remarks: [] };
  if ((text.match(/\bimport\b/g) ?? []).length > MAX_IMPORTS)
    return refuse(1, `it has more than ${MAX_IMPORTS} imports`);
  const root = parsePython(text);
  const lines = indexLines(text);
  const lineOf = (node: PyNode): number => lines.lineAt(Math.min(node.start, text.length));
  const broken = mentionInError(text, root, target);
  if (broken !== undefined) return refuse(lineOf(broken), 'the import or its use cannot be read: syntax error');

  const context: RemovalContext = { text, root, lines, announcement: options.announcement };
  const { removal, bindings, kept } = chooseBindings(context, findBindings(text, root, target));
  const tries = survivingTries(bindings, removal).map((node) => ({ line: lineOf(node), message: TRY_STAYS }));
  const remarks = [...kept.map((entry) => remarkOf(entry, lineOf)), ...tries, ...remarksOfLoaders(text, target)];
  remarks.sort((a, b) => a.line - b.line);
  if (bindings.length === 0) return { kind: 'unchanged', remarks };
  const [unbound] = unboundTargets(context, removal);
  if (unbound !== undefined) return refuse(lineOf(unbound), 'nothing before this line binds the name it assigns');
  const isAbout = (comment: string): boolean =>
    options.heading?.test(comment) === true || findUses(comment, target).length > 0;
  const edits = sortEdits(drawRemoval(text, root, lines, removal, isAbout));
  const touched = edits[0]?.start ?? 0;
  // Two statements on one line without a `;` between them: the text does not parse there.
  const tangled = edits.some((edit, index) => edit.start < (edits[index - 1]?.end ?? 0));
  if (tangled) return refuse(lines.lineAt(touched), 'the import or its use cannot be read: syntax error');
  const result = applyEdits(text, edits);
  // A mark further down, left by a paste, would become that of the file once the lines before it are gone.
  if (bomLength(result) !== bomLength(text))
    return refuse(lines.lineAt(touched), 'a byte-order mark stands in the middle of it');
  const problem = disprove(text, root, removal, result);
  if (problem === null) return { kind: 'edits', edits, remarks };
  const [error] = errorNodes(root);
  return refuse(error === undefined ? lines.lineAt(touched) : lineOf(error), problem);
}

function refuse(line: number, why: string): EditOutcome {
  return { kind: 'refused', line, why };
}

interface Kept {
  readonly binding: Binding;
  readonly by: PyNode;
}

/** Keeps every binding that has a use which cannot go, until all that is removed is removed with its uses. */
function chooseBindings(context: RemovalContext, all: readonly Binding[]) {
  let bindings = all;
  const kept: Kept[] = [];
  for (;;) {
    const removal: Removal = planRemoval(context, bindings);
    const next = bindings.filter((binding) => {
      const obstacle = obstacleTo(binding, removal);
      if (obstacle !== undefined) kept.push({ binding, by: obstacle.node });
      return obstacle === undefined;
    });
    if (next.length === bindings.length) return { removal, bindings, kept };
    bindings = next;
  }
}

function remarkOf({ binding, by }: Kept, lineOf: (node: PyNode) => number): EditRemark {
  const imported = binding.items.map((item) => lineOf(item.statement)).join(', ');
  if (binding.name === '*') return { line: lineOf(by), message: 'the star import stays: its names cannot be told' };
  const where = `imported on line ${imported}`;
  return { line: lineOf(by), message: `${binding.name} (${where}) is used here in another way, so its import stays` };
}

const TRY_STAYS = 'the try around the removed import stays, and now always takes the way of success';

/** The `try` statements that lose an import and stay, because they do more than import. */
function survivingTries(bindings: readonly Binding[], removal: Removal): readonly PyNode[] {
  const around = bindings.flatMap(({ items }) => items.map((item) => tryAround(item.statement)));
  const tries = around.filter((node) => node !== undefined);
  const isGone = (node: PyNode): boolean => [node, ...ancestors(node)].some((above) => removal.gone.has(above));
  return [...new Set(tries)].filter((node) => !isGone(node));
}

function remarksOfLoaders(text: string, target: PythonTarget): readonly EditRemark[] {
  return findUses(text, target)
    .filter((use) => use.kind === 'import-call' || use.kind === 'python-m')
    .map((use) => ({ line: use.line, message: `${use.word} is still loaded by its name` }));
}

/** The syntax error that a use of the target stands in, or that stands in the statement of a use. */
function mentionInError(text: string, root: PyNode, target: PythonTarget): PyNode | undefined {
  const errors = errorNodes(root);
  if (errors.length === 0) return undefined;
  const uses = findUses(text, target).filter((use) => ['import', 'name', 'attribute'].includes(use.kind));
  for (const error of errors) {
    const around = error.type === 'ERROR' ? error : statementAround(error);
    if (uses.some((use) => use.start >= around.start && use.end <= around.end)) return error;
    const statement = statementAround(error);
    const compound = [...ancestors(error), statement].includes(root) && statement.children.some(isBlock);
    const inside = uses.some((use) => use.start >= statement.start && use.end <= statement.end);
    if (inside && !compound) return error;
  }
  return undefined;
}

function isBlock(node: PyNode): boolean {
  return node.type === 'block' || node.type.endsWith('_clause');
}

/** Why the result is not the text without what was to go, or null when it is. */
function disprove(text: string, root: PyNode, removal: Removal, result: string): string | null {
  const after = parsePython(result);
  if (errorNodes(after).length > errorNodes(root).length) return 'without it the file would no longer parse';
  const expected = outlineOf(text, root, removal);
  const found = outlineOf(result, after);
  const differs = expected.length !== found.length || expected.some((line, index) => line !== found[index]);
  return differs ? 'taking it out would change other statements' : null;
}
