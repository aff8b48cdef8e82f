import { indexLines, type TextEdit } from '../../../src/authoring.ts';
import { NEW_DISTRIBUTION, newMember, OLD_DISTRIBUTION, OLD_MODULE, OLD_OPTIONS } from '../python/names.ts';
import { newName } from '../python/renames.ts';
import { ELSEWHERE, type ManifestMove, type ManifestText } from './model.ts';
import { newPythonRange } from './ranges.ts';

/** A command that installs Python packages which it names. */
const INSTALLS =
  /(?:^|[\s"'`(=[&|;!%@/])(?:(?:pip[\d.]*|python[\d.]*\s+-m\s+pip|uv\s+pip)\s+(?:-\S+\s+)*install\b|(?:uv|poetry|pdm|rye|pixi)\s+add\b|pipenv\s+install\b|pipx\s+(?:install|inject|runpip)\b|uv\s+(?:tool\s+)?(?:run|install)\b[^\n]*--with\b|uvx\b[^\n]*--with\b)/;
const PACKAGE =
  /(?<![\w./@:-])claude[-_.]code[-_.]sdk(\[[^\]\s]*\])?((?:[<>=!~]{1,3}|\^)[^\s"'`;&|)\]]*)?(?![\w-]|\.\w)(\s*@)?/gi;
const PYTHON_CODE = /\bpython[\d.]*\s+(?:-\w+\s+)*?-c\s+("(?:[^"\\]|\\[\s\S])*"|'[^']*')/g;
const PYTHON_MODULE = /\bpython[\d.]*\s+(?:-\w+\s+)*?-m\s+claude_code_sdk\b/g;
/** Lines that only say something to a reader. */
const SAYS = /^\s*(?:-\s+)?(?:#|\/\/|REM\b|@?echo\b|printf\b|@#|::)/i;

/** Moves packages in commands that install them, and the module in `python -c`. Messages and comments are left alone. */
export function moveCommands({ text, range }: ManifestText): ManifestMove {
  const edits: TextEdit[] = [];
  const notes: ManifestMove['notes'][number][] = [];
  const lines = indexLines(text);
  let lists = false;
  for (const { start, source } of logicalLines(text)) {
    if (SAYS.test(source)) continue;
    for (const part of commandsIn(source)) {
      if (SAYS.test(part.source) || !INSTALLS.test(part.source)) continue;
      for (const match of part.source.matchAll(PACKAGE)) {
        const [whole, extras = '', old = '', at] = match;
        const from = start + part.start + match.index;
        lists = true;
        if (at !== undefined)
          notes.push({ severity: 'todo', line: lines.lineAt(from), message: `${OLD_DISTRIBUTION} ${ELSEWHERE}` });
        else
          edits.push({
            start: from,
            end: from + whole.length,
            text: NEW_DISTRIBUTION + extras + (old === '' ? '' : newPythonRange(old, range)),
          });
      }
    }
    edits.push(...renameInCode(source, start));
  }
  for (const match of text.matchAll(/^[ \t]*(?:from|import) claude_code_sdk\b/gm)) {
    const message = `code in a script imports ${OLD_MODULE}, and it is not edited here: move it by hand`;
    notes.push({ severity: 'todo', line: lines.lineAt(match.index + match[0].length), message });
  }
  return { edits, notes, lists };
}

function renameInCode(source: string, start: number): readonly TextEdit[] {
  const found = [...source.matchAll(PYTHON_CODE), ...source.matchAll(PYTHON_MODULE)];
  return found.flatMap((code) =>
    [
      ...code[0].matchAll(
        /(?<![\w.])(?:claude_code_sdk|ClaudeCodeOptions)\b|(?<=claude_code_sdk\.)ClaudeCodeOptions\b/g,
      ),
    ].map((word) => {
      const from = start + code.index + word.index;
      const to = word[0] === OLD_OPTIONS ? newMember(OLD_OPTIONS) : newName(word[0]);
      return { start: from, end: from + word[0].length, text: to };
    }),
  );
}

/** Lines, those that a backslash continues as one; offsets stay. */
function logicalLines(text: string): readonly { readonly start: number; readonly source: string }[] {
  return [...text.matchAll(/(?:[^\n\\]|\\\r?\n|\\[^\n])+/g)].map((match) => ({ start: match.index, source: match[0] }));
}

/** The commands of a line, split where no quote is open. */
function commandsIn(source: string): readonly { readonly start: number; readonly source: string }[] {
  const found: { start: number; source: string }[] = [];
  let start = 0;
  let quote = '';
  for (let at = 0; at <= source.length; at += 1) {
    const character = source[at] ?? ';';
    if (quote === '' && /["']/.test(character)) quote = character;
    else if (character === quote) quote = '';
    else if (at === source.length || (quote === '' && /[;&|]/.test(character))) {
      found.push({ start, source: source.slice(start, at) });
      start = at + 1;
    }
  }
  if (start < source.length) found.push({ start, source: source.slice(start) });
  return found;
}
