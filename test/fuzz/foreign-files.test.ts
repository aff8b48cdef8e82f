import { beforeAll, describe, expect, test } from 'vitest';
import { type RepoPath, repoPath } from '../../src/base/repo-path.ts';
import * as compose from '../../src/editors/compose.ts';
import * as dockerfile from '../../src/editors/dockerfile.ts';
import { editMarkdown, leavesOf, readMarkdown } from '../../src/editors/markdown.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import * as python from '../../src/editors/python.ts';
import { parseYaml } from '../../src/editors/yaml.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { applyEdits } from '../../src/tree/edits.ts';
import { textLimitProblem } from '../../src/tree/text-limits.ts';
import { type ForeignFiles, foreignText, installedFiles, standardLibrary } from './foreign-files.ts';

beforeAll(() => loadParsers(['python']));

/** What an editor makes of a text when what it is asked for is not there, or is so already. */
type Ask = (text: string) => Generator<EditOutcome>;

const KINDS: readonly (readonly [string, string, () => ForeignFiles, Ask])[] = [
  ['Python of the standard library', 'a.py', standardLibrary, askPython],
  ['YAML', 'a.yaml', () => installedFiles(/\.ya?ml$/), askYaml],
  ['Markdown', 'a.md', () => installedFiles(/\.(?:md|markdown)$/i), askMarkdown],
  [
    'Dockerfiles',
    'Dockerfile',
    () => installedFiles(/^(?:Dockerfile|Containerfile)(?:\.|$)|\.dockerfile$/i),
    askDockerfile,
  ],
];

function* askPython(text: string): Generator<EditOutcome> {
  python.listImports(text);
  python.listStatements(text);
  yield python.removeModuleUse(text, { modules: ['auth_integration'], names: ['add_auth_routes'] });
}

function* askYaml(text: string): Generator<EditOutcome> {
  parseYaml(text);
  const service = 'no-such-service';
  yield compose.removeEnv(text, { service, name: 'LITELLM_MASTER_KEY' });
  yield compose.removeServiceKey(text, { service, key: 'ports' });
}

function* askMarkdown(text: string): Generator<EditOutcome> {
  const doc = readMarkdown(text);
  yield editMarkdown(doc, []);
  for (const target of leavesOf(doc.blocks).slice(0, 1)) {
    // In place of a block, that very block; one of several lines has the marks of the lists and quotes around it in its span.
    const same = text.slice(target.span.start, target.span.end);
    if (same !== '' && !same.includes('\n') && !text.includes('\r'))
      yield editMarkdown(doc, [{ kind: 'replace', target, text: same }]);
  }
}

function* askDockerfile(text: string): Generator<EditOutcome> {
  const file = dockerfile.readDockerfile(text);
  for (const instruction of file.instructions) {
    const start = instruction.flags[0]?.start ?? instruction.args.offsets[0];
    if (start === undefined || text.includes('\r')) continue;
    yield dockerfile.setInstructionArguments(file, instruction, text.slice(start, instruction.end));
  }
}

describe('files that nobody wrote for this project come out with the same bytes', () => {
  test.for(KINDS)('%s', { timeout: 1_800_000 }, ([kind, name, find, ask], { skip }) => {
    const { paths, why } = find();
    if (why !== null) skip(why);
    const changed: string[] = [];
    let [texts, beyond] = [0, 0];
    for (const path of paths) {
      const text = foreignText(path);
      if (text === null) continue;
      texts += 1;
      // The tree gives no such text to an editor; that of YAML looks for itself.
      if (textLimitProblem(repoPath(name), text) !== null) {
        beyond += 1;
        continue;
      }
      for (const outcome of ask(text)) {
        if (outcome.kind === 'edits' && applyEdits(text, outcome.edits) !== text) changed.push(path);
      }
    }
    process.stdout.write(`${kind}: ${texts} files of ${paths.length}, ${beyond} of them beyond a limit\n`);
    expect(changed).toEqual([]);
  });
});

test('the limit is looked for by the name', () => {
  expect(textLimitProblem('a.py' as RepoPath, '('.repeat(300))).not.toBe(null);
});
