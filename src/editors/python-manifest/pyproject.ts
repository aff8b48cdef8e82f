/** Reads `pyproject.toml`: PEP 621, dependency groups of PEP 735, and the tables of Poetry, PDM and uv. Pure. */
import { isTable, readToml, stringsOf, type TomlTable, tableAt } from '../toml.ts';
import { lineFinder, type ManifestEntry, type ManifestReading, pipEntry } from './model.ts';
import { tableEntries } from './tool-table.ts';

export function readPyproject(text: string): ManifestReading {
  const toml = readToml(text);
  if (toml.kind === 'refused') return { kind: 'unread', why: `line ${toml.line}: ${toml.why}` };
  const { value } = toml;
  const finder = lineFinder(text);
  const project = tableAt(value, 'project');
  const after = text.includes('[project]') ? '[project]' : undefined;
  const entries: ManifestEntry[] = stringsOf(project['dependencies']).map((one) => pipEntry(one, finder, null, after));
  for (const [extra, list] of Object.entries(tableAt(project, 'optional-dependencies')))
    entries.push(...stringsOf(list).map((one) => pipEntry(one, finder, extra, 'optional-dependencies')));
  for (const list of groupLists(value)) entries.push(...stringsOf(list).map((one) => pipEntry(one, finder, null)));
  entries.push(...poetryEntries(value, text));
  const files = dynamicFiles(value);
  const open = stringsOf(project['dynamic']).includes('dependencies') && files.length === 0;
  // A file with settings of tools only leaves the packages to its neighbours.
  const isProject = 'project' in value || Object.keys(tableAt(value, 'tool', 'poetry')).length > 0;
  return { kind: 'read', entries, files, open: open || (!isProject && entries.length === 0) };
}

/** The lists of dependency groups and of the development packages of uv and PDM: which are installed hangs on options. */
function groupLists(value: TomlTable): readonly unknown[] {
  return [
    ...Object.values(tableAt(value, 'dependency-groups')),
    tableAt(value, 'tool', 'uv')['dev-dependencies'],
    ...Object.values(tableAt(value, 'tool', 'pdm', 'dev-dependencies')),
  ];
}

function poetryEntries(value: TomlTable, text: string): readonly ManifestEntry[] {
  const poetry = tableAt(value, 'tool', 'poetry');
  const finder = lineFinder(text);
  const extras = new Map<string, string>();
  for (const [extra, names] of Object.entries(tableAt(poetry, 'extras')))
    for (const name of stringsOf(names)) extras.set(name.toLowerCase(), extra);
  const groups = Object.entries(tableAt(poetry, 'group')).flatMap(([name, group]) =>
    isTable(group) && group['optional'] !== true
      ? tableEntries(tableAt(group, 'dependencies'), finder, `group.${name}`)
      : [],
  );
  return [
    ...tableEntries(tableAt(poetry, 'dependencies'), finder, 'tool.poetry.dependencies', extras),
    ...tableEntries(tableAt(poetry, 'dev-dependencies'), finder, 'tool.poetry.dev-dependencies'),
    ...groups,
  ];
}

/** `[tool.setuptools.dynamic] dependencies = {file = ["requirements.txt"]}`. */
function dynamicFiles(value: TomlTable): readonly string[] {
  const file = tableAt(value, 'tool', 'setuptools', 'dynamic', 'dependencies')['file'];
  return typeof file === 'string' ? [file] : stringsOf(file);
}
