import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RefitError } from '../base/errors.ts';
import { repoPath } from '../base/repo-path.ts';
import { decodeText } from '../base/text.ts';
import { explainFsError, fsErrorCode, nodeFileSystem } from './fs.ts';

let knownRoot: string | null = null;

/** The folder of the installed package, from a source file or from a built one. */
export function packageRoot(): string {
  knownRoot ??= findPackageRoot();
  return knownRoot;
}

function findPackageRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); ; at = dirname(at)) {
    const manifest = join(at, 'package.json');
    if (nodeFileSystem.lstat(manifest) !== null) {
      const content: unknown = JSON.parse(nodeFileSystem.readFile(manifest).toString('utf8'));
      if (typeof content === 'object' && content !== null && 'name' in content && content.name === 'refit') return at;
    }
    if (at === dirname(at)) throw new RefitError('the package of refit is incomplete: its package.json is not found');
  }
}

/**
 * Reads the text that a bundled migration installs: `Dockerfile` is `Dockerfile.template` at the top of the package, any
 * other name a file in the migration's own `templates` folder.
 * @throws RefitError when there is no such migration or template.
 */
export function readTemplate(migrationId: string, name: string, root: string = packageRoot()): string {
  if (name === 'Dockerfile') return readText(join(root, 'Dockerfile.template'), name);
  const migrations = join(root, 'migrations');
  const folder = nodeFileSystem
    .readdir(migrations)
    .find((entry) => entry.kind === 'folder' && /^\d{4}-/.test(entry.name) && entry.name.slice(5) === migrationId);
  if (folder === undefined) throw new RefitError(`there is no bundled migration ${migrationId}`);
  return readText(join(migrations, folder.name, 'templates', repoPath(name)), name);
}

/**
 * Reads a template of a migration that lies in `folder` (absolute).
 * @throws RefitError when there is no such template.
 */
export function readTemplateIn(folder: string, name: string): string {
  return readText(join(folder, 'templates', repoPath(name)), name);
}

function readText(place: string, name: string): string {
  let bytes: Buffer;
  try {
    bytes = nodeFileSystem.readFile(place);
  } catch (error) {
    if (fsErrorCode(error) === undefined) throw error;
    throw new RefitError(`cannot read the template ${name}: ${explainFsError(error)}`, { hint: place, cause: error });
  }
  const text = decodeText(bytes);
  if (text === null) throw new RefitError(`the template ${name} is not UTF-8 text`, { hint: place });
  return text;
}
