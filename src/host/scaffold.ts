import { constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RefitError, refusal } from '../base/errors.ts';
import { fsErrorCode, nodeFileSystem } from './fs.ts';
import { runProcess } from './process.ts';
import { packageRoot } from './template.ts';

/** Text of a file below `templates/new/` of the package. @throws the error of the disk when the package lacks it. */
export function readScaffold(name: string): string {
  return nodeFileSystem.readFile(join(packageRoot(), 'templates/new', name)).toString('utf8');
}

/**
 * Writes files that do not exist yet: all of them, or none when one is there.
 * @param files absolute path → text.
 * @throws RefitError (refused) naming every file that exists.
 */
export function writeNewFiles(files: Readonly<Record<string, string>>): void {
  const there = Object.keys(files).filter((path) => nodeFileSystem.lstat(path) !== null);
  if (there.length > 0)
    throw refusal('nothing was written: files of these names exist', {
      details: there,
      hint: 'take another name, or move them away',
    });
  for (const [path, text] of Object.entries(files)) {
    nodeFileSystem.mkdir(dirname(path), true);
    // Another program may be quicker: then its file stays.
    const file = nodeFileSystem.open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o666);
    nodeFileSystem.write(file, Buffer.from(text));
    nodeFileSystem.close(file);
  }
}

/** Puts `text` in the place of a file's: written beside it, then renamed, so that no half of it is ever there. */
export function replaceFile(path: string, text: string): void {
  const beside = `${path}.new`;
  nodeFileSystem.writeFile(beside, Buffer.from(text), 0o644);
  nodeFileSystem.rename(beside, path);
}

/** The text of an author's file, or null when there is none. */
export function readAuthorFile(path: string): string | null {
  try {
    return nodeFileSystem.readFile(path).toString('utf8');
  } catch (error) {
    if (fsErrorCode(error) !== 'ENOENT') throw error;
    return null;
  }
}

/** Names of the files in a folder; none when there is no folder. */
export function listFolder(path: string): readonly string[] {
  const folder = nodeFileSystem.lstat(path)?.kind === 'folder';
  return folder ? nodeFileSystem.readdir(path).flatMap(({ name, kind }) => (kind === 'file' ? [name] : [])) : [];
}

/** Whether refit is installed in an author's folder. */
export function hasOwnRefit(folder: string): boolean {
  return nodeFileSystem.lstat(join(folder, 'node_modules/refit')) !== null;
}

/** How many tests of some files passed and failed, and what the runner said. */
export interface TestsRun {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

/**
 * Runs test files of an author's with Node's own runner and jiti. Where refit is not installed beside them, this one takes
 * its place, so that they can be run before `npm install`.
 * @throws RefitError when the runner does not say how it ended.
 */
export async function runAuthorTests(
  folder: string,
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestsRun> {
  const own = packageRoot();
  const require = createRequire(join(own, 'package.json'));
  const alias = hasOwnRefit(folder)
    ? {}
    : {
        JITI_ALIAS: JSON.stringify({
          'refit/authoring': join(own, 'dist/authoring.mjs'),
          'refit/testing': join(own, 'dist/testing.mjs'),
          zod: require.resolve('zod'),
        }),
      };
  const register = pathToFileURL(join(dirname(require.resolve('jiti/package.json')), 'lib/jiti-register.mjs')).href;
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^NODE_(?:OPTIONS|TEST_CONTEXT)$/.test(name) ? [] : [[name, value] as const],
  );
  const { stdout, stderr } = await runProcess(
    process.execPath,
    ['--import', register, '--test', '--test-reporter=tap', ...files],
    { cwd: folder, env: { ...Object.fromEntries(inherited), ...alias, ...env } },
  );
  const output = `${stdout.toString('utf8')}${stderr}`;
  const count = (word: string): number => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? Number.NaN);
  const [passed, failed] = [count('pass'), count('fail')];
  if (Number.isNaN(passed + failed))
    throw new RefitError('the tests did not come to an end', { details: output.trim().split('\n').slice(-10) });
  return { passed, failed, output };
}
