import { join, relative } from 'node:path';
import { RefitError } from '../../base/errors.ts';
import { comparePaths } from '../../base/repo-path.ts';
import { fsErrorCode, nodeFileSystem } from '../fs.ts';
import { packageRoot } from '../template.ts';
import { coverMigration } from './cover.ts';
import { findMigration, isFile, modulesAbove, readManifest } from './find.ts';
import { readTrust } from './trust.ts';
import { CODE_ENDINGS, readOutsideWord } from './word.ts';

/** A migration that could be loaded from here, found without running any of it. */
export interface SurveyedMigration {
  readonly kind: 'local' | 'installed';
  /** What `--migration` takes. */
  readonly word: string;
  /** For an installed one. */
  readonly version?: string;
  readonly description?: string;
  /** SHA-256 of its code; null where that cannot be read. */
  readonly hash: string | null;
  /** `unreadable`: `why` says what is wrong. */
  readonly trust: 'trusted' | 'changed' | 'unknown' | 'unreadable';
  readonly why?: string;
}

/** Where a checkout keeps migrations of its own. */
const OWN_FOLDER = '.refit/migrations';

/**
 * The migrations that are no part of refit, as seen from `folder`: what its `.refit/config.yaml` names (`configured`), what
 * lies in its `.refit/migrations/`, and the packages `refit-migration-…` installed there, above or beside refit.
 */
export function surveyMigrations(
  folder: string,
  configured: string | undefined,
  trustFile: string,
): readonly SurveyedMigration[] {
  const named = configured === undefined ? null : readOutsideWord(configured);
  const local = [...(named?.kind === 'path' ? [named.word] : []), ...listOwn(folder)];
  const installed = [...(named?.kind === 'package' ? [named.word] : []), ...listInstalled(folder)];
  return [
    ...[...new Set(local)].map((word) => ({ kind: 'local', word, ...judge(word, folder, trustFile) }) as const),
    ...[...new Set(installed)].map((word) => ({ kind: 'installed', word, ...judge(word, folder, trustFile) }) as const),
  ];
}

function judge(word: string, from: string, trustFile: string): Omit<SurveyedMigration, 'kind' | 'word'> {
  try {
    const outside = readOutsideWord(word);
    if (outside === null) return { hash: null, trust: 'unreadable', why: 'no name of a file, folder or package' };
    const covered = coverMigration(findMigration(outside, from));
    const { version, description } = readManifest(covered.found.folder) ?? {};
    return {
      ...(outside.kind === 'package' && typeof version === 'string' ? { version } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      hash: covered.hash,
      trust: readTrust(covered, trustFile).kind,
    };
  } catch (error) {
    if (!(error instanceof RefitError) && fsErrorCode(error) === undefined) throw error;
    return { hash: null, trust: 'unreadable', why: (error as Error).message };
  }
}

function listOwn(folder: string): readonly string[] {
  const own = join(folder, OWN_FOLDER);
  return entriesOf(own)
    .filter((name) => CODE_ENDINGS.some((end) => name.endsWith(end)) || isFile(join(own, name, 'package.json')))
    .map((name) => `./${relative(folder, join(own, name))}`);
}

function listInstalled(folder: string): readonly string[] {
  const names = [...modulesAbove(folder), ...modulesAbove(packageRoot())].flatMap((modules) =>
    entriesOf(modules).flatMap((name) =>
      name.startsWith('@') ? entriesOf(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
    ),
  );
  return names.filter((name) => readOutsideWord(name)?.kind === 'package').sort(comparePaths);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return nodeFileSystem
      .readdir(folder)
      .map(({ name }) => name)
      .sort(comparePaths);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    return [];
  }
}
