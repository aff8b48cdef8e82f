import { type CopyInstruction, contextPath, pathsOfSource, type RepoPath } from '../../src/authoring.ts';
import { jsonForm } from './render-dockerfile.ts';

/** One COPY line of the new Dockerfile. */
export interface NewCopy {
  readonly sources: readonly string[];
  /** Absolute; with a slash at the end when it is a folder. */
  readonly destination: string;
  /** Keyword that the sources need: an archive is unpacked by ADD only. */
  readonly keyword: 'COPY' | 'ADD';
}

export interface CopyNote {
  readonly severity: 'todo' | 'info';
  readonly line: number;
  readonly message: string;
}

export interface DerivedCopies {
  readonly copies: readonly NewCopy[];
  readonly notes: readonly CopyNote[];
}

const ARCHIVE = /\.(?:tar|tgz|tar\.(?:gz|bz2|xz|zst))$/;

/**
 * The copies of the new image: those of the old one, without the sources in `handled` and those that the tree no longer has; `isBrought` tells of a `--from` whether the new image has its files
 * anyhow. What cannot be carried over is a
 * note with its line.
 */
export function deriveCopies(
  old: readonly CopyInstruction[],
  paths: readonly RepoPath[],
  handled: ReadonlySet<string>,
  isBrought: (from: string) => boolean = () => false,
): DerivedCopies {
  const copies: NewCopy[] = [];
  const notes: CopyNote[] = [];
  for (const copy of old) {
    if (copy.from !== null && isBrought(copy.from)) {
      const message = `${copy.keyword} not needed: what it copies from ${copy.from} the new image installs or has`;
      notes.push({ severity: 'info', line: copy.line, message });
      continue;
    }
    const why = whyNot(copy);
    if (why !== null) {
      notes.push({ severity: 'todo', line: copy.line, message: `${copy.keyword} not carried over: ${why}` });
      continue;
    }
    const kept: string[] = [];
    for (const source of copy.sources) {
      const found = pathsOfSource(source, paths).filter((path) => !handled.has(path));
      if (found.length > 0) kept.push(source);
      else if (pathsOfSource(source, paths).length === 0) {
        notes.push({ severity: 'info', line: copy.line, message: `no longer copied, it does not exist: ${source}` });
      }
    }
    if (kept.length > 0) copies.push(newCopy(copy, kept, paths));
  }
  return { copies: withoutTwins(copies), notes };
}

function whyNot(copy: CopyInstruction): string | null {
  if (copy.inline) return 'it brings its text in a here-document';
  if (copy.from !== null) return `it copies from ${copy.from}`;
  const url = copy.sources.find((source) => /^(?:https?:|git@|git:)/.test(source));
  if (url !== undefined) return `it downloads ${url}`;
  if (copy.destination === '/root' || copy.destination.startsWith('/root/')) {
    return `${copy.destination} is out of reach of the user claude`;
  }
  return null;
}

function newCopy(copy: CopyInstruction, sources: readonly string[], paths: readonly RepoPath[]): NewCopy {
  const isFolder = (source: string): boolean => !paths.includes(contextPath(source) as RepoPath);
  const folder = copy.toFolder || sources.some(isFolder);
  const destination = folder && copy.destination !== '/' ? `${copy.destination}/` : copy.destination;
  const unpacks = copy.keyword === 'ADD' && sources.some((source) => ARCHIVE.test(source));
  const tidied = sources.map((source) => {
    const plain = contextPath(source);
    if (plain === '') return '.';
    return isFolder(source) && !/[*?[]/.test(plain) ? `${plain}/` : plain;
  });
  return { sources: tidied, destination, keyword: unpacks ? 'ADD' : 'COPY' };
}

/** Each line once. */
export function withoutTwins(copies: readonly NewCopy[]): readonly NewCopy[] {
  const seen = new Set<string>();
  return copies.filter((copy) => {
    const line = copyLine(copy);
    return seen.has(line) ? false : seen.add(line);
  });
}

/** The line of a copy, owned by the user claude. */
export function copyLine({ keyword, sources, destination }: NewCopy): string {
  const words = [...sources, destination];
  const shown = words.some((word) => /\s/.test(word)) ? jsonForm(words) : words.join(' ');
  return `${keyword} --chown=claude:claude ${shown}`;
}
