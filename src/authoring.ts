/** What a migration is written with: definitions, tree types and editors. Migrations import this module only. */
export { RefitError, refusal } from './base/errors.ts';
export { compileGlobs } from './base/glob.ts';
export { comparePaths, isInside, nameOf, parentOf, type RepoPath, repoPath, resolveIn } from './base/repo-path.ts';
export { bomLength, indexLines, type LineIndex, type Newline, newlineOf, withNewline } from './base/text.ts';
export type { Check, CheckContext, CheckResult, Finding, Fix, Severity } from './checks/define.ts';
export type { EditOutcome, EditRemark } from './editors/outcome.ts';
export {
  type Applicability,
  defineMigration,
  defineStep,
  type Migration,
  type Note,
  type Phase,
  type Recognition,
  type Step,
  type StepContext,
} from './migration/define.ts';
export { applyEdits, type TextEdit } from './tree/edits.ts';
export { findMentions, HISTORY_GLOBS, isLoadBearing, type Mention, type MentionWord } from './tree/mentions.ts';
export type { FileMode, FileState, ReadonlyTree, RepoTree } from './tree/tree.ts';
