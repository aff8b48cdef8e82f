import { join, relative, resolve } from 'node:path';
import { RefitError, refusal } from '../base/errors.ts';
import { repoPath } from '../base/repo-path.ts';
import { addListMember, loadTypeScript, parseCode } from '../editors/typescript.ts';
import {
  hasOwnRefit,
  listFolder,
  readAuthorFile,
  readScaffold,
  replaceFile,
  runAuthorTests,
  type TestsRun,
  writeNewFiles,
} from '../host/scaffold.ts';
import { applyEdits } from '../tree/edits.ts';
import type { TextAnswer } from './answer.ts';

export const SCAFFOLDS = ['migration', 'step', 'check'] as const;
type Scaffold = (typeof SCAFFOLDS)[number];

/** What to make, in which folder. */
export interface NewOptions {
  readonly what: Scaffold;
  /** lower-case words joined by "-" */
  readonly name: string;
  /** Absolute. */
  readonly cwd: string;
}

const MIGRATION = 'migration.ts';
const FIRST_STEP = 'first-step';

/** The names that one unit goes by in the templates. */
interface Names {
  readonly name: string;
  readonly Title: string;
  readonly camel: string;
  readonly id: string;
}

/**
 * Makes the files of a migration, a step or a check, registers it, runs its test and shows that the migration has it.
 * Nothing that exists is written over: a migration goes into a new folder, a step or check into that of its migration.
 * @throws RefitError for a name that is none, files that exist, a list it cannot be added to, and a test that fails.
 */
export async function runNew(options: NewOptions): Promise<TextAnswer> {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(options.name))
    throw new RefitError(`${JSON.stringify(options.name)} is no name`, {
      hint: 'lower-case words joined by "-", as rename-readme',
    });
  return options.what === 'migration' ? newMigration(options) : newUnit(options, options.what);
}

async function newMigration({ name, cwd }: NewOptions): Promise<TextAnswer> {
  const folder = join(cwd, name);
  const names = namesOf(name, name);
  const step = namesOf(FIRST_STEP, FIRST_STEP);
  const files = {
    // Under another name among the templates: package tools take a nested package.json for one of a package.
    'package.json': fill('migration/package.json.txt', names),
    'tsconfig.json': fill('migration/tsconfig.json', names),
    [MIGRATION]: await register(fill('migration/migration.ts', names), 'step', step),
    'test/fixtures.test.ts': fill('migration/test/fixtures.test.ts', names),
    ...filesOf('step', step),
  };
  writeIn(folder, files);
  // Writes what is expected of the first fixture; the run below compares with it.
  await runAuthorTests(folder, ['test/fixtures.test.ts'], { UPDATE_FIXTURES: FIRST_STEP });
  const tests = await prove(folder, ['test/fixtures.test.ts', `test/${FIRST_STEP}.test.ts`]);
  return tell({ cwd, folder, files: Object.keys(files), tests, registered: null, start: `cd ${name} && ` });
}

async function newUnit({ what, name, cwd }: NewOptions, kind: 'step' | 'check'): Promise<TextAnswer> {
  const path = join(cwd, MIGRATION);
  const text = readAuthorFile(path);
  if (text === null)
    throw refusal(`there is no ${MIGRATION} here to add a ${what} to`, {
      hint: 'refit new migration NAME makes one; stand in its folder, or name it with --cwd',
    });
  const names = namesOf(name, kind === 'check' ? nextCheckId(cwd, name) : name);
  const files = filesOf(kind, names);
  const registered = await register(text, kind, names);
  writeIn(cwd, files);
  replaceFile(path, registered);
  // Only the fixture that is new: what is expected of the others stays, and turns red where the step changes them.
  if (kind === 'step') await runAuthorTests(cwd, ['test/fixtures.test.ts'], { UPDATE_FIXTURES: name });
  const own = [`test/${name}.test.ts`];
  const tests = await prove(cwd, kind === 'step' ? [...own, 'test/fixtures.test.ts'] : own);
  return tell({ cwd, folder: cwd, files: Object.keys(files), tests, registered: names.camel, start: '' });
}

function filesOf(kind: 'step' | 'check', names: Names): Readonly<Record<string, string>> {
  const { name } = names;
  return {
    [`${kind}s/${name}.ts`]: fill(`${kind}/${kind}.ts`, names),
    [`test/${name}.test.ts`]: fill(`${kind}/${kind}.test.ts`, names),
    ...(kind === 'step' ? { [`fixtures/${name}/before/example.txt`]: `an old-${name}\n` } : {}),
  };
}

async function register(text: string, kind: 'step' | 'check', { name, camel }: Names): Promise<string> {
  await loadTypeScript();
  const parsed = parseCode(repoPath(MIGRATION), text);
  const member = { name: camel, from: `./${kind}s/${name}.ts`, list: `${kind}s` };
  const edits = parsed.kind === 'parsed' ? addListMember(parsed.file, member) : null;
  if (edits !== null) return applyEdits(text, edits);
  throw refusal(
    `nothing was written: ${MIGRATION} does not parse, has no list called ${kind}s, or has a ${camel} already`,
    {
      hint: `write the list in it as  ${kind}s: []`,
    },
  );
}

/** `X01-no-old-word`: the next number that no file of a check in the folder has. */
function nextCheckId(cwd: string, name: string): string {
  const used = listFolder(join(cwd, 'checks')).flatMap((file) => {
    const id = /\bid: '[A-Z](\d\d)-/.exec(readAuthorFile(join(cwd, 'checks', file)) ?? '');
    return id === null ? [] : [Number(id[1])];
  });
  return `X${String(Math.max(0, ...used) + 1).padStart(2, '0')}-${name}`;
}

function namesOf(name: string, id: string): Names {
  const words = name.split('-');
  const camel = words.map((word, index) => (index === 0 ? word : word[0]?.toUpperCase() + word.slice(1))).join('');
  return { name, Title: `${name[0]?.toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`, camel, id };
}

function fill(template: string, names: Names): string {
  return readScaffold(template).replace(/__(name|Title|camel|id)__/g, (_whole, key: keyof Names) => names[key]);
}

function writeIn(folder: string, files: Readonly<Record<string, string>>): void {
  writeNewFiles(Object.fromEntries(Object.entries(files).map(([path, text]) => [join(folder, path), text])));
}

async function prove(folder: string, files: readonly string[]): Promise<TestsRun> {
  const tests = await runAuthorTests(folder, files);
  if (tests.failed === 0 && tests.passed > 0) return tests;
  throw new RefitError(`everything is written, and ${tests.failed} of ${tests.passed + tests.failed} tests fail`, {
    details: tests.output.split('\n').filter((line) => /^\s*not ok/.test(line)),
    hint: `npm test in ${folder}`,
  });
}

interface Made {
  readonly cwd: string;
  readonly folder: string;
  readonly files: readonly string[];
  readonly tests: TestsRun;
  readonly registered: string | null;
  /** What has to be typed before a command in the folder. */
  readonly start: string;
}

function tell({ cwd, folder, files, tests, registered, start }: Made): TextAnswer {
  const shown = files.map((file) => relative(cwd, resolve(folder, file)));
  const installed = hasOwnRefit(folder);
  const lines = [
    ...shown.map((file) => `  + create  ${file}`),
    ...(registered === null ? [] : [`  ~ update  ${MIGRATION}  has ${registered} now`]),
    '',
    `Tests: ${tests.passed} passed, ${tests.failed} failed`,
    '',
    'Next',
    ...(installed
      ? []
      : [
          `  ${start}npm install --save-dev refit`,
          '      for the types; the tests above ran with the refit that made them',
        ]),
    `  ${start}npm test`,
    '      after each change; UPDATE_FIXTURES=1 before it writes what is expected anew',
    `  refit plan REPOSITORY --migration ${relative(cwd, join(folder, MIGRATION)).replace(/^(?![./])/, './')} --trust`,
    '      try it',
  ];
  return {
    text: `${lines.join('\n')}\n`,
    json: { formatVersion: 1, created: shown, registered, tests: { passed: tests.passed, failed: tests.failed } },
  };
}
