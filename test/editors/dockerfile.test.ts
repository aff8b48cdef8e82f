// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the file format
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  expand,
  type FinalStage,
  finalStage,
  imageLayout,
  insertAfter,
  lineOfCommand,
  parseImageReference,
  quoteInRun,
  readDockerfile,
  removeInstruction,
  resolveImagePath,
  setInstructionArguments,
  spanInFile,
} from '../../src/editors/dockerfile.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const fixture = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../fixtures/editors/dockerfile', `${name}.Dockerfile`), 'utf8');

function stageOf(text: string, baseWorkdir?: string): FinalStage {
  const stage = finalStage(readDockerfile(text), baseWorkdir === undefined ? {} : { baseWorkdir });
  if (stage.kind !== 'stage') throw new Error(stage.why);
  return stage;
}

function edited(text: string, outcome: EditOutcome): string {
  if (outcome.kind !== 'edits') throw new Error(JSON.stringify(outcome));
  return applyEdits(text, outcome.edits);
}

const at = <T>(items: readonly T[], index: number): T => {
  const item = items.at(index);
  if (item === undefined) throw new Error(`no item ${index}`);
  return item;
};

describe('readDockerfile', () => {
  it('honours the escape directive, CRLF, comments inside continuations and no final newline', () => {
    const file = readDockerfile(fixture('backtick-escape-crlf'));
    expect(file.escapeCharacter).toBe('`');
    expect(file.directives).toEqual([
      { name: 'syntax', value: 'docker/dockerfile:1' },
      { name: 'escape', value: '`' },
    ]);
    expect(file.problems).toEqual([]);
    expect(file.instructions.map(({ keyword, line, endLine, args }) => [keyword, line, endLine, args.text])).toEqual([
      ['ARG', 3, 3, 'TAG=3.11-slim'],
      ['FROM', 4, 4, 'python:${TAG}'],
      ['RUN', 5, 8, 'echo one   two'],
      ['COPY', 9, 9, 'a.txt C:\\app\\'],
      ['USER', 10, 10, 'app'],
    ]);
    expect(stageOf(file.text).base.reference).toEqual({
      text: 'python:3.11-slim',
      registry: null,
      repository: 'python',
      tag: '3.11-slim',
      digest: null,
    });
  });

  it('reads here-documents after a byte-order mark, with a FROM inside one', () => {
    const file = readDockerfile(fixture('bom-heredocs'));
    expect(file.problems).toEqual([]);
    expect(file.instructions.map(({ keyword, line, endLine }) => [keyword, line, endLine])).toEqual([
      ['FROM', 1, 1],
      ['RUN', 2, 6],
      ['COPY', 7, 11],
      ['FROM', 13, 13],
      ['ENV', 14, 14],
      ['CMD', 15, 15],
    ]);
    expect(file.instructions[2]?.heredocs).toEqual([
      { name: 'A', quoted: true, body: 'key = 1\n', line: 8 },
      { name: 'B', quoted: false, body: 'plain\n', line: 10 },
    ]);
    const stage = stageOf(file.text);
    expect(stage.env.map(({ name, value }) => [name, value])).toEqual([['NAME', 'value with blanks']]);
    expect(stage.cmd).toMatchObject({ form: 'json', words: ['run', 'it'], line: 15 });
    const run = at(stage.runs, 0);
    expect(run.commands.map(({ words }) => words.map(({ value }) => value))).toEqual([
      ['set', '-e'],
      ['FROM', 'nothing'],
      ['pip', 'install', 'a'],
    ]);
    expect(lineOfCommand(run, at(run.commands, 2).start, file.text)).toBe(5);
    expect(spanInFile(run, 0, 3)).toBeNull();
  });

  it('keeps the text of each instruction at its span', () => {
    for (const name of ['backtick-escape-crlf', 'bom-heredocs', 'stages']) {
      const { text, instructions } = readDockerfile(fixture(name));
      for (const { keyword, start, end, words } of instructions) {
        expect(text.slice(start, start + keyword.length)).toBe(keyword);
        expect(text.charAt(end)).toMatch(/^(?:|\r|\n)$/);
        for (const word of words)
          expect([word.text, JSON.stringify(word.text)]).toContain(text.slice(word.start, word.end));
      }
    }
  });

  it.each([
    ['', 'no FROM instruction', 1],
    ['# nothing\n', 'no FROM instruction', 1],
    ['# c\n\nRUN x\n', 'no FROM instruction', 3],
    ['FROM a\nFORM b\n', 'unknown instruction FORM', 2],
    ['FROM a\nRUN\n', 'RUN has no argument', 2],
    ['FROM a\nRUN <<EOF\nx\n', 'here-document EOF is never closed', 2],
    ['FROM a\nENV A=1 B 2\n', 'ENV has no value for B', 2],
    ['RUN x\nFROM a\n', 'RUN before the first FROM', 1],
  ])('names the problem of %j', (text, message, line) => {
    expect(readDockerfile(text).problems).toContainEqual({ line, message });
  });

  it('takes a shift inside a word for no here-document', () => {
    const file = readDockerfile('FROM a\nRUN echo $((1<<EOF)) && cat <<<word\nUSER b\n');
    expect(file.problems).toEqual([]);
    expect(file.instructions.map(({ keyword }) => keyword)).toEqual(['FROM', 'RUN', 'USER']);
  });

  it('takes a comment line for no instruction and a dropped one for no end', () => {
    const file = readDockerfile('FROM a\n# RUN no\nRUN one \\\n# RUN no\n\\\n two\nUSER b');
    expect(file.instructions.map(({ keyword, args }) => [keyword, args.text])).toEqual([
      ['FROM', 'a'],
      ['RUN', 'one  two'],
      ['USER', 'b'],
    ]);
  });
});

describe('finalStage', () => {
  const stage = stageOf(fixture('stages'));

  it('resolves the base through stages and ARG defaults', () => {
    expect(stage.base).toEqual({
      raw: '${IMAGE}',
      text: 'ghcr.io/example/base:2.1',
      reference: {
        text: 'ghcr.io/example/base:2.1',
        registry: 'ghcr.io',
        repository: 'example/base',
        tag: '2.1',
        digest: null,
      },
      open: [],
      line: 4,
    });
    expect(stage.chain.map(({ name }) => name)).toEqual(['common', null]);
  });

  it('carries users, workdir and variables down the chain', () => {
    expect(stage.users).toEqual([
      { value: 'root', line: 5 },
      { value: 'web', line: 26 },
    ]);
    expect(stage.lastUser).toEqual({ value: 'web', line: 26 });
    expect(stage.workdir).toBe('/srv/app');
    expect(stage.env.map(({ name, value, raw, open }) => [name, value, raw, open])).toEqual([
      ['LEVEL', 'one', 'one', []],
      ['PATH', '/opt/bin:', '"/opt/bin:$PATH"', ['PATH']],
    ]);
    expect(stage.labels.map(({ name, value }) => [name, value])).toEqual([
      ['name', 'base'],
      ['level', 'one'],
    ]);
    expect(stage.args).toEqual([
      { name: 'NAME', value: 'base', line: 15 },
      { name: 'FOLDER', value: 'app', line: 16 },
    ]);
    expect(stage.exposes.map(({ value }) => value)).toEqual(['80', '443/tcp']);
  });

  it('resolves the destinations of copies', () => {
    expect(
      stage.copies.map(({ keyword, sources, destination, toFolder, chown, from, line }) => ({
        keyword,
        sources,
        destination,
        toFolder,
        chown,
        from,
        line,
      })),
    ).toEqual([
      {
        keyword: 'COPY',
        sources: ['/dist/'],
        destination: '/srv/app/public',
        toFolder: true,
        chown: 'web:web',
        from: 'assets',
        line: 18,
      },
      {
        keyword: 'COPY',
        sources: ['one.txt', 'two.txt'],
        destination: '/srv/app',
        toFolder: true,
        chown: 'web:web',
        from: null,
        line: 19,
      },
      {
        keyword: 'ADD',
        sources: ['a b.txt'],
        destination: '/data/base.txt',
        toFolder: false,
        chown: null,
        from: null,
        line: 20,
      },
    ]);
  });

  it('reads health checks and lets an entrypoint empty an inherited command', () => {
    expect(
      stage.healthchecks.map(({ kind, words, form, flags }) => [
        kind,
        form,
        words,
        flags.map((one) => [one.name, one.value]),
      ]),
    ).toEqual([
      ['none', 'shell', [], []],
      [
        'command',
        'shell',
        ['curl', '-f', 'http://localhost/', '||', 'exit', '1'],
        [
          ['interval', '5s'],
          ['start-period', '10s'],
        ],
      ],
    ]);
    expect(stage.entrypoint).toMatchObject({
      form: 'shell',
      text: 'exec run --fast',
      words: ['exec', 'run', '--fast'],
    });
    expect(stage.cmd).toBeNull();
  });

  it('keeps a command that stands beside the entrypoint', () => {
    expect(stageOf('FROM a\nCMD x\nENTRYPOINT ["y"]\n').cmd?.text).toBe('x');
  });

  it('reads a JSON health check', () => {
    const [check] = stageOf('FROM a\nHEALTHCHECK --retries=3 CMD ["python", "-c", "1 > 0"]\n').healthchecks;
    expect(check).toMatchObject({ kind: 'command', form: 'json', words: ['python', '-c', '1 > 0'], commands: [] });
  });

  it('starts from the working directory of the base', () => {
    expect(stageOf('FROM a\nCOPY x y/\n', '/app').copies[0]?.destination).toBe('/app/y');
    expect(stageOf('FROM a\nCOPY x y/\n').copies[0]?.destination).toBe('/y');
  });

  it('does not see a global argument that the stage does not name', () => {
    const read = stageOf('ARG X=1\nFROM a\nENV Y=$X\nARG X\nENV Z=$X\n');
    expect(read.env.map(({ value, open }) => [value, open])).toEqual([
      ['', ['X']],
      ['1', []],
    ]);
  });

  it('lists what keeps the base from being resolved', () => {
    expect(stageOf('ARG TAG\nFROM python:${TAG}\n').base).toMatchObject({ reference: null, open: ['TAG'] });
    expect(stageOf('FROM scratch\n').base).toMatchObject({ reference: null, text: 'scratch' });
  });

  it('answers with a reason without FROM', () => {
    expect(finalStage(readDockerfile('\n\nARG X=1\n'))).toEqual({ kind: 'none', why: 'no FROM instruction', line: 3 });
  });

  it('does not take a later stage for a parent', () => {
    expect(stageOf('FROM b AS a\nFROM a AS b\n').base.text).toBe('b');
  });
});

describe('expand', () => {
  const variables = new Map([
    ['A', 'one'],
    ['EMPTY', ''],
  ]);
  it.each([
    ['$A-${A}', 'one-one', []],
    ['${EMPTY:-x}|${EMPTY-x}|${NONE:-$A}|${NONE-y}', 'x||one|y', []],
    ['${A:+x}|${EMPTY:+x}|${EMPTY+x}|${NONE+x}', 'x||x|', []],
    ['${NONE:-${A}/b}', 'one/b', []],
    ['$NONE', '', ['NONE']],
    ['\'$A\' "$A" \\$A', '$A one $A', []],
    ['${A#o}', '${A#o}', ['${A#o}']],
    ['cost $', 'cost $', []],
  ])('%s', (word, text, open) => {
    expect(expand(word, variables)).toEqual({ text, open });
  });
});

describe('parseImageReference', () => {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  it.each([
    ['python', null, 'python', null, null],
    ['python:3.11', null, 'python', '3.11', null],
    ['a/b/c', null, 'a/b/c', null, null],
    ['localhost/b:1', 'localhost', 'b', '1', null],
    ['host:5000/b', 'host:5000', 'b', null, null],
    [`mirror.example/x/y:t@${digest}`, 'mirror.example', 'x/y', 't', digest],
    [`y@${digest}`, null, 'y', null, digest],
  ])('%s', (text, registry, repository, tag, wanted) => {
    expect(parseImageReference(text)).toEqual({ text, registry, repository, tag, digest: wanted });
  });
  it.each(['', 'a/B', 'a:b c', 'a@sha256:1', '${X}', 'a//b', 'a/', ':t'])('refuses %j', (text) => {
    expect(parseImageReference(text)).toBeNull();
  });
});

describe('imageLayout', () => {
  const paths = ['a.py', 'config/deep/x.yaml', 'config/main.yaml', 'lib/one.py', 'lib/two.txt', 'other/b.py'];
  const layout = (lines: string): readonly (readonly [string, string])[] =>
    imageLayout(stageOf(`FROM a\nWORKDIR /app\n${lines}\n`).copies, paths).map(({ image, context }) => [
      image,
      context,
    ]);

  it('copies what is in a folder, not the folder', () => {
    expect(layout('COPY config/ conf')).toEqual([
      ['/app/conf/deep/x.yaml', 'config/deep/x.yaml'],
      ['/app/conf/main.yaml', 'config/main.yaml'],
    ]);
  });
  it('puts a file under its name or into a folder', () => {
    expect(layout('COPY a.py ./\nCOPY ./a.py /b.py')).toEqual([
      ['/app/a.py', 'a.py'],
      ['/b.py', 'a.py'],
    ]);
  });
  it('follows wildcards and several sources', () => {
    expect(layout('COPY lib/*.py a.py /x/')).toEqual([
      ['/x/a.py', 'a.py'],
      ['/x/one.py', 'lib/one.py'],
    ]);
    expect(layout('COPY con* /c/')).toEqual([
      ['/c/deep/x.yaml', 'config/deep/x.yaml'],
      ['/c/main.yaml', 'config/main.yaml'],
    ]);
  });
  it('copies the whole context, and later lines win', () => {
    expect(layout('COPY . .')).toEqual(paths.map((path) => [`/app/${path}`, path]));
    expect(layout('COPY a.py /z\nCOPY other/b.py /z')).toEqual([['/z', 'other/b.py']]);
  });
  it('brings nothing from other stages', () => {
    expect(layout('COPY --from=x a.py /z')).toEqual([]);
  });
  it('resolves paths in the image', () => {
    expect(resolveImagePath('/app', '../x/./y/')).toBe('/x/y');
    expect(resolveImagePath('/app', '/')).toBe('/');
  });
});

const SAMPLE = 'FROM a:1\n# why\nRUN pip install \\\n    # first\n    one[x]>=1.2 \\\n    two\nCMD ["x"]';

describe('quoteInRun', () => {
  const quoted = (text: string): EditOutcome => {
    const file = readDockerfile(text);
    const run = at(stageOf(text).runs, 0);
    const command = at(run.commands, 0);
    const redirection = at(command.redirections, 0);
    const word = command.words.find(({ end }) => end === redirection.start);
    return quoteInRun(file, run, word?.start ?? redirection.start, redirection.end);
  };

  it('quotes a requirement inside continuations and nothing else', () => {
    expect(edited(SAMPLE, quoted(SAMPLE))).toBe(SAMPLE.replace('one[x]>=1.2', "'one[x]>=1.2'"));
  });
  it('keeps CRLF', () => {
    const text = SAMPLE.replaceAll('\n', '\r\n');
    expect(edited(text, quoted(text))).toBe(text.replace('one[x]>=1.2', "'one[x]>=1.2'"));
  });
  it('refuses a word broken over lines', () => {
    expect(quoted('FROM a\nRUN pip install one\\\n>=1\n')).toEqual({
      kind: 'refused',
      why: 'cannot edit this RUN: it is not written in one piece',
      line: 2,
    });
  });
  it('refuses a word with an expansion', () => {
    expect(quoted('FROM a\nRUN pip install one>=$V\n')).toMatchObject({ kind: 'refused', line: 2 });
  });
  it('leaves a plain word as it is', () => {
    const run = at(stageOf(SAMPLE).runs, 0);
    expect(quoteInRun(readDockerfile(SAMPLE), run, 0, 3)).toEqual({ kind: 'unchanged', remarks: [] });
  });
});

describe('setInstructionArguments', () => {
  const set = (text: string, index: number, args: string): EditOutcome => {
    const file = readDockerfile(text);
    return setInstructionArguments(file, at(file.instructions, index), args);
  };
  it('changes the arguments and flags only', () => {
    expect(edited('FROM a\ncopy  --chown=b c d \nUSER x', set('FROM a\ncopy  --chown=b c d \nUSER x', 1, 'e f'))).toBe(
      'FROM a\ncopy  e f \nUSER x',
    );
    expect(edited(SAMPLE, set(SAMPLE, 1, "pip install 'one>=1'"))).toBe(
      'FROM a:1\n# why\nRUN pip install \'one>=1\'\nCMD ["x"]',
    );
  });
  it('leaves equal arguments as they are', () => {
    expect(set(SAMPLE, 2, '["x"]')).toEqual({ kind: 'unchanged', remarks: [] });
  });
  it('refuses arguments that would bring another instruction', () => {
    expect(set(SAMPLE, 2, '["x"]\nUSER root')).toMatchObject({ kind: 'refused', line: 7 });
    expect(set('FROM a\nUSER b\nCMD c\n', 1, 'b \\')).toMatchObject({ kind: 'refused', line: 2 });
  });
  it('refuses an instruction with a here-document', () => {
    expect(set('FROM a\nRUN <<E\nx\nE\n', 1, 'y')).toMatchObject({ kind: 'refused', line: 2 });
  });
});

describe('removeInstruction and insertAfter', () => {
  const read = (text: string, index: number) => {
    const file = readDockerfile(text);
    return { file, one: at(file.instructions, index) };
  };
  it('removes the lines of one instruction', () => {
    const { file, one } = read(SAMPLE, 1);
    expect(edited(SAMPLE, removeInstruction(file, one))).toBe('FROM a:1\n# why\nCMD ["x"]');
    const last = read(SAMPLE, 2);
    expect(edited(SAMPLE, removeInstruction(last.file, last.one))).toBe(SAMPLE.slice(0, SAMPLE.indexOf('\nCMD')));
  });
  it('inserts after an instruction with the line ends of the file', () => {
    const text = SAMPLE.replaceAll('\n', '\r\n');
    const { file, one } = read(text, 1);
    expect(edited(text, insertAfter(file, one, 'USER b\nWORKDIR /c\n'))).toBe(
      text.replace('two\r\n', 'two\r\nUSER b\r\nWORKDIR /c\r\n'),
    );
  });
  it('inserts after the last line without gluing and without a new final newline', () => {
    const { file, one } = read(SAMPLE, -1);
    expect(edited(SAMPLE, insertAfter(file, one, 'USER b'))).toBe(`${SAMPLE}\nUSER b`);
  });
  it('refuses to insert into a line that goes on', () => {
    const text = 'FROM a\nRUN x \\';
    const { file, one } = read(text, 1);
    expect(insertAfter(file, one, 'USER b')).toMatchObject({ kind: 'refused' });
  });
});

describe('properties', () => {
  const line = fc.constantFrom(
    'RUN a && b',
    'RUN one \\',
    '  two',
    '# note',
    '',
    'COPY --chown=a:b x y/',
    'ENV A=1 B="2 3"',
    'CMD ["a","b"]',
    'RUN <<EOF',
    'EOF',
    'USER é😀',
    'HEALTHCHECK NONE',
    'nonsense',
  );
  const text = fc
    .tuple(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\ufeff'),
      fc.boolean(),
    )
    .map(([lines, newline, bom, final]) => `${bom}FROM a${newline}${lines.join(newline)}${final ? newline : ''}`);

  it('keeps spans in order and inside the text, and never throws', () => {
    fc.assert(
      fc.property(text, (source) => {
        const file = readDockerfile(source);
        let last = 0;
        for (const { start, end, keyword } of file.instructions) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(source.slice(start, start + keyword.length).toUpperCase()).toBe(keyword);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(source.length);
        expect(finalStage(file).kind).toBe('stage');
      }),
      { numRuns: 300 },
    );
  });

  it('sets the arguments that are there without changing a byte', () => {
    fc.assert(
      fc.property(text, (source) => {
        const file = readDockerfile(source);
        for (const one of file.instructions) {
          const from = one.flags[0]?.start ?? one.args.offsets[0] ?? one.end;
          const outcome = setInstructionArguments(file, one, source.slice(from, one.end));
          expect(outcome.kind === 'edits' ? outcome : 'as it was').toBe('as it was');
        }
      }),
    );
  });

  it('removes what it inserted: the bytes before come back', () => {
    fc.assert(
      fc.property(text, fc.nat(), (source, pick) => {
        const file = readDockerfile(source);
        const index = pick % file.instructions.length;
        const outcome = insertAfter(file, at(file.instructions, index), 'LABEL added=1');
        if (outcome.kind !== 'edits') return;
        const longer = readDockerfile(applyEdits(source, outcome.edits));
        const words = ({ instructions }: typeof file) => instructions.map(({ args }) => args.text);
        const before = words(file);
        expect(words(longer)).toEqual([...before.slice(0, index + 1), 'added=1', ...before.slice(index + 1)]);
        expect(edited(longer.text, removeInstruction(longer, at(longer.instructions, index + 1)))).toBe(source);
      }),
      { numRuns: 300 },
    );
  });
});
