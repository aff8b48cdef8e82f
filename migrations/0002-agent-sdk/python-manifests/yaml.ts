import { indexLines, parseYaml, type TextEdit, type YamlNode } from '../../../src/authoring.ts';
import { OLD_DISTRIBUTION } from '../python/names.ts';
import { ELSEWHERE, type ManifestMove, type ManifestText, NOTHING } from './model.ts';
import { moveRequirement } from './ranges.ts';

/** Keys whose lists pip installs: of conda environments, of hooks of pre-commit. */
const PIP_LISTS = new Set(['pip', 'additional_dependencies']);

/** Moves the `pip:` list of a conda environment and the dependencies of hooks. */
export function moveYaml({ text, range }: ManifestText): ManifestMove {
  const yaml = parseYaml(text);
  if (yaml.kind === 'refused') return NOTHING;
  const lines = indexLines(text);
  const edits: TextEdit[] = [];
  const notes: ManifestMove['notes'][number][] = [];
  let lists = false;
  const visit = (node: YamlNode, key: string): void => {
    if (node.kind === 'map') for (const entry of node.entries) visit(entry.value, entry.name);
    if (node.kind !== 'list') return;
    for (const { value } of node.items) {
      if (value.kind !== 'scalar') visit(value, key);
      else if (typeof value.value === 'string') {
        const moved = moveRequirement(value.value, range);
        const line = lines.lineAt(value.start);
        if (moved.kind === 'other') {
          const isConda = key === 'dependencies' && /^claude-code-sdk\b/.test(value.value);
          if (isConda)
            notes.push({
              severity: 'todo',
              line,
              message: `${OLD_DISTRIBUTION} comes from a conda channel: move it by hand`,
            });
          continue;
        }
        if (!PIP_LISTS.has(key)) {
          if (key === 'dependencies')
            notes.push({
              severity: 'todo',
              line,
              message: `${OLD_DISTRIBUTION} comes from a conda channel: move it by hand`,
            });
          continue;
        }
        lists = true;
        const source = text.slice(value.start, value.end);
        if (moved.kind === 'moved' && source.includes(value.value)) {
          const start = value.start + source.indexOf(value.value);
          edits.push({ start, end: start + value.value.length, text: moved.text });
        } else notes.push({ severity: 'todo', line, message: `${OLD_DISTRIBUTION} ${ELSEWHERE}` });
      }
    }
  };
  for (const { root } of yaml.documents) if (root !== null) visit(root, '');
  return { edits, notes, lists };
}
