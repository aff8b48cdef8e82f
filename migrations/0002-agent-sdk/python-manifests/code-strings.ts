import {
  closestPython,
  type PyNode,
  pythonAncestors,
  pythonChild,
  pythonString,
  type TextEdit,
  walkPython,
} from '../../../src/authoring.ts';
import { OLD_DISTRIBUTION } from '../python/names.ts';
import type { PythonFile } from '../python/python-files.ts';
import { ELSEWHERE, type ManifestMove } from './model.ts';
import { moveRequirement } from './ranges.ts';

/** What a list of requirements is given to. */
const LISTS = /require|depend|^pip$|extras|packages$|^deps$|_deps$/i;
const CALLS = /(?:^|[._])(?:pip_install|uv_pip_install|install|run_install|micromamba_install)$/;

/** Moves requirements that code hands to what installs them: setup.py, noxfile.py, images that are described in Python. */
export function moveCodeStrings(file: PythonFile, range: string | undefined): ManifestMove {
  const { text, root } = file.code;
  const edits: TextEdit[] = [];
  const notes: ManifestMove['notes'][number][] = [];
  let lists = false;
  for (const node of walkPython(root)) {
    const content = node.type === 'string' ? node.children.find(({ type }) => type === 'string_content') : undefined;
    const value = content === undefined ? null : pythonString(text, node);
    if (content === undefined || value === null || value !== text.slice(content.start, content.end)) continue;
    const moved = moveRequirement(value, range);
    if (moved.kind === 'other' || !isRequirement(text, node)) continue;
    lists = true;
    if (moved.kind === 'moved') edits.push({ start: content.start, end: content.end, text: moved.text });
    else notes.push({ severity: 'todo', line: file.lineAt(node.start), message: `${OLD_DISTRIBUTION} ${ELSEWHERE}` });
  }
  return { edits: file.toFile(edits), notes, lists };
}

function isRequirement(text: string, node: PyNode): boolean {
  for (const above of pythonAncestors(node)) {
    const name =
      above.type === 'keyword_argument'
        ? pythonChild(above, 'name')
        : above.type === 'assignment' || above.type === 'augmented_assignment'
          ? pythonChild(above, 'left')
          : above.type === 'pair'
            ? pythonChild(above, 'key')
            : undefined;
    if (name !== undefined && name !== node && LISTS.test(text.slice(name.start, name.end).replace(/["']/g, '')))
      return true;
    if (above.type === 'call') {
      const callee = pythonChild(above, 'function');
      return callee !== undefined && CALLS.test(text.slice(callee.start, callee.end));
    }
    if (/^(?:block|module)$/.test(above.type)) return false;
  }
  return closestPython(node, ['list']) !== undefined;
}
