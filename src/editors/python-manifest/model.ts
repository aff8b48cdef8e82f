import { indexLines } from '../../base/text.ts';
import { type RequirementsFile, readRequirements } from '../requirements.ts';

/** One package that a manifest asks for. */
export interface ManifestEntry {
  /** As pip writes it: `litellm[proxy]>=1.40`. */
  readonly requirement: string;
  /** From 1. */
  readonly line: number;
  /** The extra that brings it, null when it always comes. */
  readonly extra: string | null;
}

export type ManifestReading =
  | {
      readonly kind: 'read';
      readonly entries: readonly ManifestEntry[];
      /** Requirements files that it takes its packages from, as written. */
      readonly files: readonly string[];
      /** Whether it leaves its packages to another manifest beside it. */
      readonly open: boolean;
    }
  /** What the packages are cannot be told from the text. */
  | { readonly kind: 'unread'; readonly why: string };

/** Finds lines of a manifest, whose parser gives none. */
export interface LineFinder {
  /** The first line that names the package after the line that holds `after`; the first line where none does. */
  lineOf(name: string, after?: string): number;
}

export function lineFinder(text: string): LineFinder {
  const lines = indexLines(text);
  return {
    lineOf: (name, after) => {
      const from = after === undefined ? 0 : Math.max(0, text.indexOf(after));
      const pattern = name.replace(/[\\^$*+?()[\]{}|]/g, '\\$&').replace(/[-_.]+/g, '[-_.]+');
      const found = new RegExp(`(?<![\\w.-])${pattern}(?![\\w-])`, 'i').exec(text.slice(from));
      return found === null ? 1 : lines.lineAt(from + found.index);
    },
  };
}

/** An entry for a requirement in the words of pip. */
export function pipEntry(requirement: string, finder: LineFinder, extra: string | null, after?: string): ManifestEntry {
  const name = /^[A-Za-z0-9][\w.-]*/.exec(requirement.trim())?.[0] ?? '';
  return { requirement: requirement.trim(), line: name === '' ? 1 : finder.lineOf(name, after), extra };
}

/**
 * What is installed of `entries` with some of the extras, as a requirements file in which each requirement has its line in
 * the manifest. Its text and spans are not those of the manifest.
 */
export function asRequirements(entries: readonly ManifestEntry[], extras: readonly string[] | 'all'): RequirementsFile {
  const wanted = entries.filter(({ extra }) => extra === null || extras === 'all' || extras.includes(extra));
  const file = readRequirements(wanted.map(({ requirement }) => requirement.replace(/\s*\n\s*/g, ' ')).join('\n'));
  const requirements = file.requirements.map((one) => {
    const line = wanted[one.line - 1]?.line ?? 1;
    return { ...one, line, endLine: line };
  });
  return { ...file, requirements };
}
