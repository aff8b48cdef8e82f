import type { Setting, Settings } from '../checks/config.ts';
import type { TextAnswer } from './answer.ts';

/** Every value in force, and where it came from. */
export function describeSettings(settings: Settings): TextAnswer {
  const { params, ...plain } = settings;
  const rows: readonly (readonly [string, Setting<unknown>])[] = [
    ...Object.entries(plain),
    ...Object.entries(params).map(([name, setting]) => [`params.${name}`, setting] as const),
  ];
  const shown = rows.map(([name, { value, origin }]) => [name, JSON.stringify(value), origin] as const);
  const widths = [0, 1].map((column) => Math.max(...shown.map((row) => row[column as 0 | 1].length)));
  const lines = shown.map(
    ([name, value, origin]) => `${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${origin}`,
  );
  return { text: `${lines.join('\n')}\n`, json: { formatVersion: 1, settings: Object.fromEntries(rows) } };
}
