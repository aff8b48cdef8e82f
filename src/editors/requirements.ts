/** Reads pip requirements files and edits them by span. Pure. */
import { bomLength, newlineOf } from '../base/text.ts';
import { applyEdits, type TextEdit } from '../tree/edits.ts';
import type { EditOutcome } from './outcome.ts';
import { type Requirement, type RequirementsFile, readRequirements } from './requirements/read.ts';

export {
  normalizePackageName,
  type Requirement,
  type RequirementsFile,
  type RequirementsOption,
  readRequirements,
  type VersionSpecifier,
} from './requirements/read.ts';

/**
 * Adds one requirement line at the end. Unchanged when the package is there in whatever version; lines are never glued and the
 * file keeps ending with or without a line end, as it did.
 */
export function addRequirement(file: RequirementsFile, line: string): EditOutcome {
  const added = readRequirements(line).requirements;
  const [wanted] = added;
  if (wanted === undefined || added.length !== 1 || /[\r\n]/.test(line)) {
    return { kind: 'refused', why: `not one requirement: ${line}`, line: 1 };
  }
  const there = file.requirements.some((one) =>
    wanted.name === null ? one.url === wanted.url : one.name === wanted.name,
  );
  if (there) return { kind: 'unchanged', remarks: [] };
  const edit = appendLine(file.text, line);
  return prove(file, edit, [...file.requirements.map(meaning), meaning(wanted)]);
}

/** Appends a line: after a new line end when the file has none at its end. */
function appendLine(text: string, line: string): TextEdit {
  const newline = newlineOf(text);
  const at = text.length;
  if (at === bomLength(text) || text.endsWith('\n')) return { start: at, end: at, text: line + newline };
  return { start: at, end: at, text: newline + line };
}

/**
 * Puts `specifiers` (`>=1.40.0,!=1.82.7`) in place of the package's own; name, extras, marker and comment stay. Refuses a package
 * that is missing, named twice, taken from a URL, or bound to hashes.
 */
export function setSpecifiers(file: RequirementsFile, name: string, specifiers: string): EditOutcome {
  const found = file.requirements.filter((one) => one.name === name);
  const [target] = found;
  if (target === undefined) return { kind: 'refused', why: `${name} is not in the file`, line: 1 };
  const refuse = (why: string): EditOutcome => ({ kind: 'refused', why, line: found.at(-1)?.line ?? target.line });
  if (found.length > 1) return refuse(`${name} is named ${found.length} times`);
  if (target.url !== null) return refuse(`${name} comes from a URL`);
  if (target.hashes.length > 0) return refuse(`${name} is bound to hashes`);
  const [wanted] = readRequirements(`${name}${specifiers}`).requirements;
  if (wanted === undefined || wanted.marker !== null) return refuse(`not version specifiers: ${specifiers}`);
  const expected = { ...target, specifiers: wanted.specifiers };
  if (meaning(expected) === meaning(target)) return { kind: 'unchanged', remarks: [] };
  return prove(
    file,
    { ...target.specifierSpan, text: specifiers },
    file.requirements.map((one) => meaning(one === target ? expected : one)),
  );
}

function meaning(one: Requirement): string {
  const { name, extras, specifiers, url, editable, marker, hashes } = one;
  return JSON.stringify([name, extras, specifiers, url, editable, marker, hashes]);
}

function prove(file: RequirementsFile, edit: TextEdit, expected: readonly string[]): EditOutcome {
  const now = readRequirements(applyEdits(file.text, [edit]));
  const same =
    now.problems.length === file.problems.length &&
    JSON.stringify(now.options.map(({ name, value }) => [name, value])) ===
      JSON.stringify(file.options.map(({ name, value }) => [name, value])) &&
    JSON.stringify(now.requirements.map(meaning)) === JSON.stringify(expected);
  if (same) return { kind: 'edits', edits: [edit], remarks: [] };
  const line = file.text.slice(0, edit.start).split('\n').length;
  return { kind: 'refused', why: 'the edit would change other lines too', line };
}
