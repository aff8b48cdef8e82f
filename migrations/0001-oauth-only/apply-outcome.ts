import { applyEdits, type EditOutcome, type RepoPath, refusal } from '../../src/authoring.ts';

/**
 * The text after an edit, or the same text when there was nothing to do.
 * @throws RefitError with exit code 4 when the editor refused.
 */
export function applyOutcome(text: string, outcome: EditOutcome, path: RepoPath): string {
  if (outcome.kind === 'refused') throw refusal(`cannot edit ${path}:${outcome.line}: ${outcome.why}`);
  return outcome.kind === 'edits' ? applyEdits(text, outcome.edits) : text;
}
