import { isTable, stringsOf, type TomlTable } from '../toml.ts';
import type { LineFinder, ManifestEntry } from './model.ts';
import { pipVersion } from './poetry-version.ts';

/**
 * The packages of a table in the words of Poetry and Pipenv: `name = "^1.0"`, or a table with `version`, `extras`, `git`,
 * `path`, `url`, `optional`. `extras` gives the extra of an optional package; one that no extra brings is left out.
 */
export function tableEntries(
  table: TomlTable,
  finder: LineFinder,
  after: string,
  extras: ReadonlyMap<string, string> = new Map(),
): readonly ManifestEntry[] {
  return Object.entries(table).flatMap(([name, value]) => {
    // Poetry gives several for one name, each for other Pythons.
    const written = Array.isArray(value) ? value : [value];
    return written.flatMap((one): readonly ManifestEntry[] => {
      const settings: TomlTable = isTable(one) ? one : { version: one };
      const extra = settings['optional'] === true ? (extras.get(name.toLowerCase()) ?? null) : null;
      if (name.toLowerCase() === 'python' || (settings['optional'] === true && extra === null)) return [];
      const list = stringsOf(settings['extras']);
      const head = `${name}${list.length === 0 ? '' : `[${list.join(',')}]`}`;
      const source = settings['git'] ?? settings['url'] ?? settings['path'] ?? settings['file'];
      const version = typeof settings['version'] === 'string' ? (pipVersion(settings['version']) ?? '') : '';
      const requirement = typeof source === 'string' ? `${head} @ ${source}` : `${head}${version}`;
      return [{ requirement, line: finder.lineOf(name, after), extra }];
    });
  });
}
