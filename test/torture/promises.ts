import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A test that a document names: a file, and words of the full name of each test that is meant (empty for all of it). */
export interface NamedTest {
  readonly file: string;
  readonly words: string;
}

/** A row of a table in a document whose last column names tests. */
export interface PromisedRow {
  /** The heading above. */
  readonly heading: string;
  /** The first cell. */
  readonly what: string;
  readonly tests: readonly NamedTest[];
}

const root = resolve(import.meta.dirname, '../..');
const NAMED = /`(test\/[^`\s]+\.test\.ts)(?: › ([^`]+))?`/g;

/** The rows that name tests in their last column, in the order of the document. */
export function promisedRows(document: string): readonly PromisedRow[] {
  let heading = '';
  return readFileSync(join(root, document), 'utf8')
    .split('\n')
    .flatMap((line): PromisedRow[] => {
      heading = /^#+ (.*)$/.exec(line)?.[1] ?? heading;
      const cells = /^\| (.*) \|$/.exec(line)?.[1]?.split(' | ') ?? [];
      const tests = [...(cells.at(-1) ?? '').matchAll(NAMED)].map(([, file = '', words = '']) => ({ file, words }));
      return tests.length === 0 ? [] : [{ heading, what: cells[0] ?? '', tests }];
    });
}

/** Every test that a document names anywhere. */
export function namedTests(document: string): readonly NamedTest[] {
  const text = readFileSync(join(root, document), 'utf8');
  return [...text.matchAll(NAMED)].map(([, file = '', words = '']) => ({ file, words }));
}
