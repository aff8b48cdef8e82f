/** One table of the report, and whether all of its work was done. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What does not hold, whole. */
  readonly failures: readonly string[];
  /** Work that was not done for want of time, in words. */
  readonly left: readonly string[];
}

/** The section as a Markdown table, what failed and what is left below it. */
export function renderSection({ title, columns, rows, failures, left }: Section): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  const table = [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
  const notes = [...failures.map((text) => `FAILED: ${text}`), ...left.map((text) => `not done in the time: ${text}`)];
  return `## ${title}\n\n${table.join('\n')}\n${notes.map((note) => `\n${note}\n`).join('')}\n`;
}

/** The last line, and the code to exit with: 0 all done and held, 1 something does not hold, 6 not all was done. */
export function conclude(sections: readonly Section[]): { readonly text: string; readonly exitCode: number } {
  const failures = sections.flatMap((section) => section.failures).length;
  const left = sections.flatMap((section) => section.left).length;
  if (failures > 0) return { text: `${failures} failed, ${left} not done in the time`, exitCode: 1 };
  if (left > 0) return { text: `nothing failed, ${left} not done in the time`, exitCode: 6 };
  return { text: 'all was done, and all of it held', exitCode: 0 };
}

/** Runs `work` for each item and collects its rows; an error of one is a failure, and the next one follows. */
export async function collect<T>(
  head: Pick<Section, 'title' | 'columns'>,
  items: readonly T[],
  nameOf: (item: T) => string,
  work: (item: T) => Promise<{ readonly row: readonly (string | number)[]; readonly left?: string | undefined }>,
): Promise<Section> {
  const rows: (readonly (string | number)[])[] = [];
  const failures: string[] = [];
  const left: string[] = [];
  for (const item of items) {
    try {
      const done = await work(item);
      rows.push(done.row);
      if (done.left !== undefined) left.push(done.left);
    } catch (error) {
      rows.push([nameOf(item), 'FAILED']);
      failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  return { ...head, rows, failures, left };
}
