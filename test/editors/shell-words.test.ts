import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lexShell, quoteShellWord, splitCommands } from '../../src/editors/shell-words.ts';

const names = (text: string): readonly (readonly string[])[] =>
  splitCommands(text).map(({ words }) => words.map(({ value }) => value));

describe('splitCommands', () => {
  it('splits at every operator and keeps which one it was', () => {
    const commands = splitCommands('a 1 && b; c | d || e & f\ng');
    expect(commands.map(({ words, then }) => [words[0]?.value, then])).toEqual([
      ['a', '&&'],
      ['b', ';'],
      ['c', '|'],
      ['d', '||'],
      ['e', '&'],
      ['f', '\n'],
      ['g', null],
    ]);
  });

  it('sees an unquoted version bound as a redirection that touches the word before it', () => {
    const [command] = splitCommands('pip install litellm[proxy]>=1.40.0 prisma');
    expect(command?.words.map(({ value }) => value)).toEqual(['pip', 'install', 'litellm[proxy]', 'prisma']);
    const [redirection] = command?.redirections ?? [];
    expect(redirection).toMatchObject({ operator: '>', descriptor: null, start: 26, end: 34 });
    expect(redirection?.target?.text).toBe('=1.40.0');
    expect(command?.words[2]?.end).toBe(redirection?.start);
  });

  it.each([`pip install 'litellm>=1.40'`, `pip install "litellm>=1.40"`, 'pip install litellm\\>=1.40'])(
    'sees no redirection in %s',
    (text) => {
      const [command] = splitCommands(text);
      expect(command?.redirections).toEqual([]);
      expect(command?.words[2]).toMatchObject({ value: 'litellm>=1.40', quoted: true });
    },
  );

  it('reads descriptors, here-strings and joined redirections', () => {
    const [command] = splitCommands('run 2>&1 >>log <<<"$text" &>all');
    expect(command?.words.map(({ value }) => value)).toEqual(['run']);
    expect(
      command?.redirections.map(({ operator, descriptor, target }) => [operator, descriptor?.text, target?.text]),
    ).toEqual([
      ['>&', '2', '1'],
      ['>>', undefined, 'log'],
      ['<<<', undefined, '"$text"'],
      ['&>', undefined, 'all'],
    ]);
  });

  it('keeps a number that stands apart from the redirection as a word', () => {
    expect(names('echo 2 >file')).toEqual([['echo', '2']]);
  });

  it('keeps substitutions, quotes and comments from splitting', () => {
    expect(names(`a "x && y" 'p; q' $(b | c "d)") \${V:-e f} # && z\nlast`)).toEqual([
      ['a', 'x && y', 'p; q', '$(b | c "d)")', `\${V:-e f}`],
      ['last'],
    ]);
    expect(names('echo a#b')).toEqual([['echo', 'a#b']]);
  });

  it('skips reserved words and sets assignments apart', () => {
    const commands = splitCommands('if ! A=1 B="2 3" test -d x; then run; fi');
    expect(commands.map(({ words }) => words.map(({ value }) => value))).toEqual([['test', '-d', 'x'], ['run']]);
    expect(commands[0]?.assignments.map(({ value }) => value)).toEqual(['A=1', 'B=2 3']);
  });

  it('keeps reserved words that are arguments', () => {
    expect(names('echo then do')).toEqual([['echo', 'then', 'do']]);
  });

  it('joins lines that end with a backslash', () => {
    expect(names('pip install \\\n  one \\\r\n  two')).toEqual([['pip', 'install', 'one', 'two']]);
  });

  it('ends an open quote at the end of the text', () => {
    expect(names(`echo "never closed`)).toEqual([['echo', 'never closed']]);
  });
});

describe('properties', () => {
  it('gives every token its exact text, in order and without overlap', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab \t\n\\"\'$(){}`;|&<>#=12é😀') }), (text) => {
        let at = 0;
        for (const token of lexShell(text)) {
          expect(token.start).toBeGreaterThanOrEqual(at);
          expect(token.end).toBeGreaterThan(token.start);
          expect(text.slice(token.start, token.end)).toBe(token.text);
          at = token.end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it('quotes any value into one word of that value', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(names(`run ${quoteShellWord(value)}`)).toEqual([['run', value]]);
      }),
    );
  });

  it('leaves plain words bare', () => {
    expect(quoteShellWord('/app/startup.py')).toBe('/app/startup.py');
    expect(quoteShellWord('a>=1')).toBe(`'a>=1'`);
  });
});
