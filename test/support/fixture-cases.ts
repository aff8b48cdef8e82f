import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const fixtures = resolve(import.meta.dirname, '../../fixtures');

/** How a case is run; `case.json` beside `before/` overrides these. */
export interface FixtureCase {
  readonly migration: string;
  readonly name: string;
  readonly folder: string;
  /** Folder of the checkout that refit is run on, relative to its top; empty for the top. */
  readonly scope: string;
  readonly params: Readonly<Record<string, string>>;
}

/** All cases of all migrations, by folder. */
export function listFixtureCases(): readonly FixtureCase[] {
  const migrations = readdirSync(fixtures).filter((name) => name !== 'editors' && name !== 'failure-modes');
  return migrations.flatMap((migration) =>
    readdirSync(join(fixtures, migration)).map((name) => {
      const folder = join(fixtures, migration, name);
      const settings = existsSync(join(folder, 'case.json'))
        ? JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
        : {};
      return { migration, name, folder, scope: '', params: {}, ...settings } as FixtureCase;
    }),
  );
}
