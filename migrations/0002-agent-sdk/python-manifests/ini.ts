import { indexLines, type TextEdit } from '../../../src/authoring.ts';
import { NEW_MODULE, OLD_DISTRIBUTION, OLD_MODULE } from '../python/names.ts';
import { ELSEWHERE, type ManifestMove, type ManifestText } from './model.ts';
import { moveRequirement } from './ranges.ts';

const REQUIREMENT_KEYS =
  /^(?:install_requires|tests_require|setup_requires|requires|requires-dist|deps|extra_deps|dependencies)$/;
const MODULE_KEYS =
  /^(?:known_\w+|extra_standard_library|ignored-modules|ignored_modules|extension-pkg-allow-list|extension-pkg-whitelist|modules|module|include_external_packages|forbidden_modules|source_modules|hidden_imports)$/;

/** Moves setup.cfg, tox.ini, mypy.ini and their like: requirements, lists of modules, and sections about the module. */
export function moveIni({ text, range }: ManifestText): ManifestMove {
  const lines = indexLines(text);
  const edits: TextEdit[] = [];
  const notes: ManifestMove['notes'][number][] = [];
  let lists = false;
  let section = '';
  let key = '';
  for (let line = 1; line <= lines.lineCount; line += 1) {
    const start = lines.startOf(line);
    const source = text.slice(start, lines.endOf(line)).replace(/\r?\n$/, '');
    const head = /^\uFEFF?\[([^\]]+)\]/.exec(source);
    if (head !== null) {
      section = (head[1] ?? '').trim();
      key = '';
      edits.push(...renameIn(source, start, /^\uFEFF?\[[^\]]*\bmypy-/.test(source) || /^\[importlinter/.test(source)));
      continue;
    }
    if (/^\s*[#;]/.test(source)) continue;
    const assigned = /^([\w.-]+)\s*[=:]\s*/.exec(source);
    if (assigned !== null) key = (assigned[1] ?? '').toLowerCase();
    const from = assigned?.[0].length ?? /^\s*/.exec(source)?.[0].length ?? 0;
    const value = source
      .slice(from)
      .replace(/\s+[#;].*$/, '')
      .trimEnd();
    // A dependency of tox may be for some environments only: `py311: name`.
    const factor = /^[\w,!{}.-]+:\s+/.exec(value)?.[0].length ?? 0;
    if (REQUIREMENT_KEYS.test(key) || section === 'options.extras_require') {
      const moved = moveRequirement(value.slice(factor), range);
      if (moved.kind === 'other') continue;
      lists = true;
      if (moved.kind === 'moved')
        edits.push({ start: start + from + factor, end: start + from + value.length, text: moved.text });
      else notes.push({ severity: 'todo', line, message: `${OLD_DISTRIBUTION} ${ELSEWHERE}` });
    } else edits.push(...renameIn(source, start, MODULE_KEYS.test(key)));
  }
  return { edits, notes, lists };
}

function renameIn(source: string, start: number, isList: boolean): readonly TextEdit[] {
  if (!isList) return [];
  return [...source.matchAll(/(?<![\w.])claude_code_sdk(?!\w)/g)].map(({ index }) => ({
    start: start + index,
    end: start + index + OLD_MODULE.length,
    text: NEW_MODULE,
  }));
}
