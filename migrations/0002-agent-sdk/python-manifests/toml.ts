import { editToml, indexLines, type TomlChange, type TomlPlace, tomlPlaces } from '../../../src/authoring.ts';
import { NEW_DISTRIBUTION, NEW_MODULE, OLD_DISTRIBUTION, OLD_MODULE } from '../python/names.ts';
import { ELSEWHERE, type ManifestMove, type ManifestText, NOTHING } from './model.ts';
import { isOldDistribution, moveRequirement, newPythonRange } from './ranges.ts';

/** Lists whose strings are requirements, by the keys that lead to them; `*` is any key. */
const REQUIREMENT_LISTS = [
  'project.dependencies',
  'project.optional-dependencies.*',
  'dependency-groups.*',
  'build-system.requires',
  'tool.uv.dev-dependencies',
  'tool.uv.constraint-dependencies',
  'tool.uv.override-dependencies',
  'tool.uv.build-constraint-dependencies',
  'tool.pdm.dev-dependencies.*',
  'tool.pdm.resolution.overrides.*',
  'tool.hatch.envs.*.dependencies',
  'tool.hatch.envs.*.extra-dependencies',
  'tool.hatch.build.**.dependencies',
  'tool.flit.metadata.requires',
  'tool.flit.metadata.requires-extra.*',
  'tool.setuptools.dynamic.dependencies',
  'dependencies',
  'dev-dependencies',
  'requires',
  'tool.tox.**.deps',
  'env.*.deps',
  'env_run_base.deps',
  'tool.cibuildwheel.**',
];
/** Tables whose keys are distributions and whose values are ranges, or tables with a `version`. */
const PACKAGE_TABLES = [
  'tool.poetry.dependencies',
  'tool.poetry.dev-dependencies',
  'tool.poetry.group.*.dependencies',
  'packages',
  'dev-packages',
  'tool.pixi.pypi-dependencies',
  'tool.pixi.feature.*.pypi-dependencies',
  'pypi-dependencies',
  'feature.*.pypi-dependencies',
  'pypi-options.dependency-overrides',
];
/** Lists and tables that name a distribution without a range. */
const NAME_PLACES = [
  'tool.poetry.extras.*',
  'tool.uv.sources',
  'tool.deptry.**',
  'tool.uv.no-build-package',
  'tool.uv.no-binary-package',
  'tool.uv.exclude-newer-package',
  'tool.uv.extra-build-dependencies',
];
/** Lists and tables of tools that name modules. */
const MODULE_PLACES = [
  'tool.mypy.overrides.module',
  'tool.ruff.**',
  'tool.isort.**',
  'tool.pylint.**',
  'tool.pyright.**',
  'tool.basedpyright.**',
  'tool.pytest.**',
  'tool.coverage.**',
  'tool.importlinter.**',
  'tool.deptry.**',
  'tool.vulture.**',
  'tool.setuptools.packages.**',
  'tool.nuitka.**',
  'tool.briefcase.**',
  'tool.cx_Freeze.**',
  'lint.**',
  'known-third-party',
  'overrides.module',
];

/** Moves pyproject.toml, Pipfile, pixi.toml and the settings files of tools. */
export function moveToml({ text, range }: ManifestText): ManifestMove {
  const places = tomlPlaces(text);
  const lines = indexLines(text);
  const changes: TomlChange[] = [];
  const notes: ManifestMove['notes'][number][] = [];
  let lists = false;
  const note = (place: TomlPlace, message: string): void => {
    notes.push({ severity: 'todo', line: lines.lineAt(place.start), message });
  };
  for (const place of places) {
    if (place.kind === 'string' && isAt(REQUIREMENT_LISTS, place.path)) {
      const moved = moveRequirement(place.source, range);
      if (moved.kind === 'other') continue;
      lists = true;
      if (moved.kind === 'moved') changes.push({ place, text: moved.text });
      else note(place, `${OLD_DISTRIBUTION} ${ELSEWHERE}`);
    } else if (
      place.kind === 'key' &&
      isOldDistribution(place.source) &&
      isAt(PACKAGE_TABLES, place.path.slice(0, -1))
    ) {
      lists = true;
      const moved = movePackage(places, place, range);
      if (moved === null) note(place, `${OLD_DISTRIBUTION} ${ELSEWHERE}`);
      else changes.push(...moved);
    } else changes.push(...moveName(places, place, note));
  }
  if (changes.length === 0) return { ...NOTHING, lists, notes };
  const outcome = editToml(text, changes);
  if (outcome.kind === 'edits') return { edits: outcome.edits, notes, lists };
  const why = outcome.kind === 'refused' ? outcome.why : 'nothing changes';
  return {
    ...NOTHING,
    lists,
    notes: [
      ...notes,
      {
        severity: 'todo',
        line: 'line' in outcome ? outcome.line : 1,
        message: `is left as it is (${why}): move ${OLD_DISTRIBUTION} by hand`,
      },
    ],
  };
}

/** `name = "range"`, or `name = { version = "range", … }`, inline or as a table of its own. */
function movePackage(
  places: readonly TomlPlace[],
  key: TomlPlace,
  range: string | undefined,
): readonly TomlChange[] | null {
  const below = places.filter((one) => one !== key && key.path.every((part, index) => one.path[index] === part));
  const has = (name: string): boolean =>
    below.some(({ kind, path }) => kind === 'key' && path.length === key.path.length + 1 && path.at(-1) === name);
  if (['git', 'path', 'url', 'file'].some(has)) return null;
  const ranges = below.filter(
    ({ kind, path }) => kind === 'string' && (path.length === key.path.length || path.at(-1) === 'version'),
  );
  return [
    { place: key, text: NEW_DISTRIBUTION },
    ...ranges.map((place) => ({ place, text: newPythonRange(place.source, range) })),
  ];
}

function moveName(
  places: readonly TomlPlace[],
  place: TomlPlace,
  note: (place: TomlPlace, message: string) => void,
): readonly TomlChange[] {
  const path = place.kind === 'key' ? place.path.slice(0, -1) : place.path;
  if (isOldDistribution(place.source) && isAt(NAME_PLACES, path)) {
    if (
      path.join('.') === 'tool.uv.sources' &&
      ['git', 'path', 'url'].some((name) =>
        places.some((one) => one.path.join('.') === `tool.uv.sources.${place.source}.${name}`),
      )
    ) {
      note(place, `${OLD_DISTRIBUTION} ${ELSEWHERE}`);
      return [];
    }
    return [{ place, text: place.source.includes('_') ? NEW_MODULE : NEW_DISTRIBUTION }];
  }
  if (!/^claude_code_sdk(?:\.[\w*]+)*$/.test(place.source) || !isAt(MODULE_PLACES, path)) return [];
  return [{ place, text: place.source.replace(OLD_MODULE, NEW_MODULE) }];
}

function isAt(patterns: readonly string[], path: readonly string[]): boolean {
  return patterns.some((pattern) => matches(pattern.split('.'), path));
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === '**') return path.some((_, index) => matches(rest, path.slice(index))) || matches(rest, []);
  return path.length > 0 && (first === '*' || first === path[0]) && matches(rest, path.slice(1));
}
