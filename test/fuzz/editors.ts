import fc from 'fast-check';
import { bomLength } from '../../src/base/text.ts';
import * as compose from '../../src/editors/compose.ts';
import * as dockerfile from '../../src/editors/dockerfile.ts';
import { addVariable, commentOut, readDotenv } from '../../src/editors/dotenv.ts';
import { addIgnoreLines, judgePath, readIgnoreFile, removeIgnoreLine } from '../../src/editors/ignore-file.ts';
import { editMarkdown, leavesOf, readMarkdown, walkBlocks, walkSections } from '../../src/editors/markdown.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import * as python from '../../src/editors/python.ts';
import { addRequirement, readRequirements, setSpecifiers } from '../../src/editors/requirements.ts';
import { quoteShellWord, splitCommands } from '../../src/editors/shell-words.ts';
import { readToml } from '../../src/editors/toml.ts';
import { parseYaml } from '../../src/editors/yaml.ts';
import { applyEdits } from '../../src/tree/edits.ts';
import type { Target } from './target.ts';
import { mutatedTexts } from './texts.ts';

/** What an edit gives: it can be applied, and what it gives can be read again. */
function carryOut(text: string, outcome: EditOutcome, read: (text: string) => unknown): void {
  if (outcome.kind === 'refused' && !(outcome.line >= 1)) throw new Error(`refused at line ${outcome.line}`);
  if (outcome.kind !== 'edits') return;
  const after = applyEdits(text, outcome.edits);
  if (after === text) throw new Error('an edit that changes nothing is told as one');
  if (bomLength(after) !== bomLength(text)) throw new Error('the byte-order mark is not kept');
  read(after);
}

const services = ['litellm', 'db', 'proxy', 'x'];
const yamlWords = [
  'services:\n',
  '  litellm:\n',
  '    environment:\n',
  '- ',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!binary ',
  '|\n',
  '>-\n',
  '? ',
  '{a: b}',
  '[a, b]',
  '%YAML 1.2\n',
  ...services,
];
const yamlFiles = /\.ya?ml$/;

function fuzzCompose(text: string): void {
  const reading = compose.readCompose(text);
  const names = reading.kind === 'refused' ? services : [...services, ...reading.file.services.map(({ name }) => name)];
  for (const service of new Set(names)) {
    const target = { service, name: 'CLAUDE_CODE_OAUTH_TOKEN' };
    carryOut(text, compose.setEnv(text, { ...target, value: 'a: b # c' }), compose.readCompose);
    carryOut(text, compose.removeEnv(text, { service, name: 'LITELLM_MASTER_KEY' }), compose.readCompose);
    carryOut(text, compose.setServiceKey(text, { service, key: 'user', value: '1000' }), compose.readCompose);
    carryOut(text, compose.removeServiceKey(text, { service, key: 'ports' }), compose.readCompose);
  }
}

function fuzzDockerfile(text: string): void {
  const file = dockerfile.readDockerfile(text);
  dockerfile.finalStage(file);
  for (const instruction of file.instructions.slice(0, 12)) {
    carryOut(text, dockerfile.removeInstruction(file, instruction), dockerfile.readDockerfile);
    carryOut(text, dockerfile.insertAfter(file, instruction, 'USER claude\n'), dockerfile.readDockerfile);
    carryOut(text, dockerfile.setInstructionArguments(file, instruction, 'a b'), dockerfile.readDockerfile);
  }
}

function fuzzMarkdown(text: string): void {
  const doc = readMarkdown(text);
  const targets = [...walkSections(doc.sections), ...leavesOf(doc.blocks), ...walkBlocks(doc.blocks)].slice(0, 8);
  for (const target of targets) {
    carryOut(text, editMarkdown(doc, [{ kind: 'remove', target }]), readMarkdown);
    carryOut(text, editMarkdown(doc, [{ kind: 'replace', target, text: 'new' }]), readMarkdown);
    carryOut(text, editMarkdown(doc, [{ kind: 'insert', where: 'after', target, text: 'new\n' }]), readMarkdown);
  }
}

function fuzzPython(text: string): void {
  python.listImports(text);
  python.listStatements(text);
  python.listTopLevelNames(text);
  python.stringLiterals(text);
  python.findCalls(text, ['print', 'app.include_router']);
  const target = { modules: ['auth_integration', 'os'], names: ['add_auth_routes', 'setup'] };
  python.findUses(text, target);
  const options = { announcement: /login/, heading: /auth/ };
  carryOut(text, python.removeModuleUse(text, target, options), python.syntaxErrors);
}

function fuzzDotenv(text: string): void {
  const file = readDotenv(text);
  carryOut(
    text,
    addVariable(file, { name: 'NEW', value: 'x', comment: 'why', after: file.entries[0]?.name ?? 'A' }),
    readDotenv,
  );
  carryOut(text, commentOut(file, file.entries.slice(0, 2)), readDotenv);
}

function fuzzIgnoreFile(text: string): void {
  const file = readIgnoreFile(text);
  for (const dialect of ['git', 'docker'] as const) judgePath(file.patterns, 'a/b c/d.py', dialect);
  carryOut(text, addIgnoreLines(file, ['.env', '!keep']), readIgnoreFile);
  const [first] = file.patterns;
  if (first !== undefined) carryOut(text, removeIgnoreLine(file, first), readIgnoreFile);
}

function fuzzRequirements(text: string): void {
  const file = readRequirements(text);
  carryOut(text, addRequirement(file, 'new-package>=1,<2'), readRequirements);
  carryOut(text, setSpecifiers(file, 'litellm', '>=1.40'), readRequirements);
}

/** One target for each editor: it never throws, whatever the text, and what it gives can be applied and read. */
export const editorTargets: readonly Target[] = [
  target('yaml', yamlFiles, yamlWords, (text) => parseYaml(text), 500),
  target('compose', /compose.*\.ya?ml$/, yamlWords, fuzzCompose, 100),
  target(
    'dockerfile',
    /Dockerfile/,
    [
      'FROM a\n',
      'RUN x \\\n',
      'COPY --from=a . .\n',
      '# escape=`\n',
      'ENV A=b C="d"\n',
      'RUN ["a", "b"]\n',
      'ONBUILD ',
    ],
    fuzzDockerfile,
    200,
  ),
  target(
    'markdown',
    /\.md$/,
    ['# a\n', '- ', '1. ', '| a | b |\n|---|---|\n', '```\n', '<!--', '-->', '[a](b)', '<details>\n', '***\n'],
    fuzzMarkdown,
    60,
  ),
  target(
    'python',
    /\.py$/,
    [
      'import auth_integration\n',
      'from auth_integration import add_auth_routes\n',
      'app = add_auth_routes(app)\n',
      'if True:\n',
      'try:\n',
      'except E:\n',
      'def f():\n',
      'f"{a}"',
      'lambda: 0',
      '\\\n',
      '; ',
    ],
    fuzzPython,
    150,
  ),
  target('dotenv', /\.env/, ['export A=b\n', 'A="b\nc"\n', "'", '#', '=', 'A\n'], fuzzDotenv, 500),
  target('ignore-file', /ignore$/, ['!', '**/', '*', '[a-z]', '\\ ', '/', '[!', '{a,b}'], fuzzIgnoreFile, 500),
  target(
    'requirements',
    /requirements.*\.txt$/,
    [
      'litellm==1.0\n',
      '-r other.txt\n',
      '--hash=sha256:00\n',
      '; python_version<"3"',
      ' @ https://x',
      '\\\n',
      '[extra]',
    ],
    fuzzRequirements,
    500,
  ),
  target(
    'shell-words',
    /\.sh$/,
    ['if ', 'fi\n', 'case x in a) ;; esac', '<<-EOF\n', '$((', '))', '`', '&&', '||', '2>&1'],
    (text) => {
      splitCommands(text);
      quoteShellWord(text);
    },
    500,
  ),
  target(
    'toml',
    /\.toml$|requirements.*\.txt$/,
    ['[a]\n', '[[b]]\n', 'a = "b"\n', "'''", '"""', 'a.b = {c = 1}\n', '2020-01-01', '[1, 2]'],
    (text) => readToml(text),
    500,
  ),
];

function target(
  name: string,
  seeds: RegExp,
  words: readonly string[],
  act: (text: string) => unknown,
  ciRuns: number,
): Target {
  return {
    name,
    ciRuns,
    property: () =>
      fc.property(mutatedTexts(seeds, words), (text) => {
        act(text);
      }),
  };
}
