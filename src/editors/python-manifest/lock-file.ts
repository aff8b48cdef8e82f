/** Reads which version a lock file gives each package: `uv.lock`, `poetry.lock`, `pdm.lock`, `Pipfile.lock`. Pure. */
import { isTable, readToml, tableAt } from '../toml.ts';
import { lineFinder, type ManifestReading } from './model.ts';

export function readLockFile(text: string): ManifestReading {
  const versions = /^\s*\{/.test(text) ? versionsOfJson(text) : versionsOfToml(text);
  if (versions === null) return { kind: 'unread', why: 'it is no lock file' };
  const finder = lineFinder(text);
  const entries = versions.map(([name, version]) => ({
    requirement: `${name}==${version}`,
    line: finder.lineOf(name),
    extra: null,
  }));
  return { kind: 'read', entries, files: [], open: false };
}

type Versions = readonly (readonly [name: string, version: string])[];

function versionsOfToml(text: string): Versions | null {
  const toml = readToml(text);
  if (toml.kind === 'refused') return null;
  const list: readonly unknown[] = Array.isArray(toml.value['package']) ? toml.value['package'] : [];
  return list.flatMap((one): Versions => {
    const { name, version } = isTable(one) ? one : {};
    return typeof name === 'string' && typeof version === 'string' ? [[name, version]] : [];
  });
}

function versionsOfJson(text: string): Versions | null {
  try {
    const value: unknown = JSON.parse(text);
    return Object.entries(tableAt(isTable(value) ? value : {}, 'default')).flatMap(([name, one]): Versions => {
      const version = isTable(one) ? one['version'] : undefined;
      return typeof version === 'string' ? [[name, version.replace(/^==/, '')]] : [];
    });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
