/** Reads `Pipfile`. Pure. */
import { readToml, tableAt } from '../toml.ts';
import { lineFinder, type ManifestReading } from './model.ts';
import { tableEntries } from './tool-table.ts';

/** The packages that the image gets; those of development are left out. */
export function readPipfile(text: string): ManifestReading {
  const toml = readToml(text);
  if (toml.kind === 'refused') return { kind: 'unread', why: `line ${toml.line}: ${toml.why}` };
  const entries = tableEntries(tableAt(toml.value, 'packages'), lineFinder(text), '[packages]');
  return { kind: 'read', entries, files: [], open: false };
}
