import { bomLength, decodeText } from '../base/text.ts';
import type { FixtureFiles } from './fixture-case.ts';

/** One way in which the same checkout may be written. */
export interface Variant {
  readonly title: string;
  /** The text of a file in this variant. */
  write(text: string): string;
  /** What two texts have in common that differ in this way only. */
  plain(text: string): string;
  /** Whether `text` is written in this way throughout. */
  isWritten(text: string): boolean;
}

const MARK = '\ufeff';

/** Whoever reads `#!` or a heredoc's end reads a byte-order mark or a carriage return with it: such a text is another one. */
const isScript = (text: string): boolean => text.startsWith('#!');

/** The variants that a harness tries by itself. */
export const VARIANT_OF = {
  crlf: {
    title: 'with CRLF line ends',
    write: (text) => (text.includes('\r\n') || isScript(text) ? text : text.replaceAll('\n', '\r\n')),
    plain: (text) => text.replaceAll('\r\n', '\n'),
    isWritten: (text) => !/(?<!\r)\n/.test(text),
  },
  bom: {
    title: 'with byte-order marks',
    write: (text) => (isScript(text) || bomLength(text) === 1 ? text : `${MARK}${text}`),
    plain: (text) => text.slice(bomLength(text)),
    isWritten: (text) => bomLength(text) === 1,
  },
} as const satisfies Readonly<Record<string, Variant>>;

/** `files` with each text in the variant; what is binary, a link or a script stays. */
export function inVariant(files: FixtureFiles, variant: Variant): FixtureFiles {
  return Object.fromEntries(
    Object.entries(files).map(([path, { content, mode }]) => {
      const text = mode === 'link' ? null : decodeText(content);
      return [path, { content: text === null ? content : Buffer.from(variant.write(text)), mode }] as const;
    }),
  );
}
