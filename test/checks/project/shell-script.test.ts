// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the shell
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blankHeredocs,
  fillVariables,
  readShellScript,
  type ShellNode,
} from '../../../src/checks/project/shell-script.ts';

/** A script as brackets: `[a | b]` for arms, `?` where none may run, `*(…)` for a loop. */
function shown(nodes: readonly ShellNode[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'command') return node.command.words.map(({ value }) => value).join(' ') || '=';
      if (node.kind === 'loop') return `*(${shown(node.body)})`;
      return `[${node.arms.map(shown).join(' | ')}]${node.exhaustive ? '' : '?'}`;
    })
    .join('; ');
}

describe('readShellScript', () => {
  it.each([
    ['a\nb c; d', 'a; b c; d'],
    ['a && b || c', 'a; [b]?; [c]?'],
    ['if a; then b; elif c; then d; else e; fi; f', 'a; [b | c; d | e]; f'],
    ['if ! a >&2\nthen\n  b\nfi', 'a; [b]?'],
    ['while a; do b; done < file\nc', '*(a; b); c'],
    ['case "$1" in\n  a|b) c ;;\n  *) d; e ;;\nesac\nf', '[c | d; e]; f'],
    ['case x in (a) b;; esac', '[b]?'],
    ['{ a; b; } 2>&1\n(c)', 'a; b; c'],
    ['f() { a; }\nfunction g { b; }\nf', 'f'],
    ['a |\n  b', 'a; b'],
    ['a \\\n  b\nc', 'a b; c'],
    ["cat <<EOF\nit's if then\nEOF\nb", 'cat; b'],
    ['# a\nX=1 b # c', 'b'],
    ['fi\na', 'a'],
  ])('reads %j', (text, expected) => {
    expect(shown(readShellScript(text).body)).toBe(expected);
  });

  it('knows functions, lines and variables', () => {
    const script = readShellScript('A=/x\nB="${A}/y"\nlog_in() {\n  run "$B"\n}\nexport C="${C:-4000}"\n\nlog_in\n');
    expect([...script.functions].map(([name, body]) => [name, shown(body)])).toEqual([['log_in', 'run $B']]);
    expect(script.commands.map(({ line }) => line)).toEqual([1, 2, 4, 6, 8]);
    expect([...script.variables]).toEqual([
      ['A', '/x'],
      ['B', '/x/y'],
      ['C', '4000'],
    ]);
    expect(fillVariables('$B-${D:-d}-${E}', script.variables)).toBe('/x/y-d-${E}');
  });

  it('reads any text to its end and keeps its lines', () => {
    const piece = fc.constantFrom(
      'if',
      'then',
      'fi',
      'case',
      'in',
      'esac',
      '{',
      '}',
      '(',
      ')',
      ';;',
      ';',
      '\n',
      '&&',
      'a',
      '"',
      "'",
      '<<E',
      'E',
      'do',
      'done',
      'f()',
      '$(',
      '#',
      '`',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((all) => all.join(' ')),
        (text) => {
          const lines = text.split('\n').length;
          expect(readShellScript(text).commands.every(({ line }) => line >= 1 && line <= lines)).toBe(true);
          expect(blankHeredocs(text).replace(/[^\n]/g, '')).toBe(text.replace(/[^\n]/g, ''));
          expect(blankHeredocs(text).length).toBe(text.length);
        },
      ),
      // A function whose body the end cuts off.
      { examples: [['f()'], ['f()\n']] },
    );
  });
});
