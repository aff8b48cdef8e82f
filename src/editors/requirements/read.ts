/** Pure: pip requirements files. Offsets are UTF-16 code units, lines count from 1. */
import { bomLength, indexLines } from '../../base/text.ts';

/** One bound on a version. */
export interface VersionSpecifier {
  readonly operator: string;
  readonly version: string;
}

/** One package, URL or path to install. */
export interface Requirement {
  /** Normalised: lower case, runs of `-`, `_`, `.` as one `-`. Null for a URL or path that names no package. */
  readonly name: string | null;
  /** The name as written. */
  readonly writtenName: string | null;
  readonly extras: readonly string[];
  readonly specifiers: readonly VersionSpecifier[];
  /** What follows `@`, or the whole URL or path. */
  readonly url: string | null;
  readonly editable: boolean;
  /** The text after `;`. */
  readonly marker: string | null;
  readonly hashes: readonly string[];
  /** The requirement without its comment, continuations joined. */
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  readonly start: number;
  readonly end: number;
  /** Where the version specifiers stand, or would stand when there are none. */
  readonly specifierSpan: { readonly start: number; readonly end: number };
}

/** A line that is an option: `-r other.txt`. */
export interface RequirementsOption {
  /** As written: `-r`, `--index-url`. */
  readonly name: string;
  readonly value: string;
  readonly line: number;
}

/** A requirements file, read. */
export interface RequirementsFile {
  readonly text: string;
  readonly requirements: readonly Requirement[];
  readonly options: readonly RequirementsOption[];
  /** Lines that are neither: pip would stop there. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

interface LogicalLine {
  readonly text: string;
  readonly offsets: readonly number[];
  readonly line: number;
  readonly endLine: number;
}

const NAME = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(\s*\[([^\]]*)\])?\s*/;
const SPECIFIER = /^(===|~=|==|!=|<=|>=|<|>)\s*([^\s,;()<>=!~]+)$/;

/** The normalised form of a package name. */
export function normalizePackageName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}

/** Reads a requirements file. Never throws: a line that is not understood is a problem. */
export function readRequirements(text: string): RequirementsFile {
  const requirements: Requirement[] = [];
  const options: RequirementsOption[] = [];
  const problems: { line: number; message: string }[] = [];
  for (const logical of joinLines(text)) {
    const comment = /(?:^|\s)#.*$/.exec(logical.text);
    const body = (comment === null ? logical.text : logical.text.slice(0, comment.index)).trimEnd();
    const lead = body.length - body.trimStart().length;
    if (body.trim() === '') continue;
    const option = /^(--?[A-Za-z][\w-]*)(?:[\s=]+(.*))?$/.exec(body.trim());
    const editable = option !== null && (option[1] === '-e' || option[1] === '--editable');
    if (option !== null && !editable) {
      options.push({ name: option[1] ?? '', value: (option[2] ?? '').trim(), line: logical.line });
      continue;
    }
    const from = editable ? body.length - (option?.[2] ?? '').length : lead;
    const requirement = readRequirement(logical, body, from, editable);
    if (typeof requirement === 'string') problems.push({ line: logical.line, message: requirement });
    else requirements.push(requirement);
  }
  return { text, requirements, options, problems };
}

/** Joins lines that end with a backslash; a comment line ends what goes on. */
function joinLines(text: string): readonly LogicalLine[] {
  const lines = indexLines(text);
  const joined: LogicalLine[] = [];
  let body = '';
  let offsets: number[] = [];
  let first = 1;
  for (let line = 1; line <= lines.lineCount; line += 1) {
    const start = line === 1 ? bomLength(text) : lines.startOf(line);
    const raw = text.slice(start, lines.endOf(line)).replace(/\r?\n$/, '');
    const goesOn = raw.endsWith('\\') && !/^\s*#/.test(raw) && line < lines.lineCount;
    const kept = goesOn ? raw.slice(0, -1) : raw;
    if (body === '' && offsets.length === 0) first = line;
    for (let at = 0; at < kept.length; at += 1) offsets.push(start + at);
    body += kept;
    if (goesOn) continue;
    joined.push({ text: body, offsets: [...offsets, start + kept.length], line: first, endLine: line });
    body = '';
    offsets = [];
  }
  return joined;
}

function readRequirement(logical: LogicalLine, body: string, from: number, editable: boolean): Requirement | string {
  const offset = (at: number): number => logical.offsets[at] as number;
  const endOf = (at: number): number => (at === 0 ? offset(0) : offset(at - 1) + 1);
  const hashes = [...body.matchAll(/\s--hash[=\s](\S+)/g)].map((match) => match[1] ?? '');
  const end = body.search(/\s--[a-z]/);
  const written = body.slice(from, end === -1 ? undefined : end).trimEnd();
  const common = {
    editable,
    hashes,
    text: body.slice(from).trim(),
    line: logical.line,
    endLine: logical.endLine,
    start: offset(from),
    end: endOf(body.length),
  };
  const isNamed = /^[\w.-]+(?:\s*\[[^\]]*\])?\s*@/.test(written) && !editable;
  const isUrl = !isNamed && (editable || /^(?:[a-z+]+:\/\/|\.{0,2}\/|\.$)|\.(?:whl|zip|tar\.gz)$/i.test(written));
  const match = isUrl ? null : NAME.exec(written);
  if (match === null) {
    if (!isUrl) return `not a requirement: ${written}`;
    const egg = /[#&]egg=([A-Za-z0-9._-]+)(?:\[([^\]]*)\])?/.exec(written);
    const at = endOf(from + written.length);
    return {
      ...common,
      name: egg?.[1] === undefined ? null : normalizePackageName(egg[1]),
      writtenName: egg?.[1] ?? null,
      extras: splitList(egg?.[2] ?? ''),
      specifiers: [],
      url: written,
      marker: null,
      specifierSpan: { start: at, end: at },
    };
  }
  return readNamed(written, match, from, common, { offset, endOf });
}

type Common = Pick<Requirement, 'editable' | 'hashes' | 'text' | 'line' | 'endLine' | 'start' | 'end'>;

function readNamed(
  written: string,
  match: RegExpExecArray,
  from: number,
  common: Common,
  place: { readonly offset: (at: number) => number; readonly endOf: (at: number) => number },
): Requirement | string {
  const rest = written.slice(match[0].length);
  const names = {
    name: normalizePackageName(match[1] ?? ''),
    writtenName: match[1] ?? null,
    extras: splitList(match[3] ?? ''),
  };
  const headEnd = from + match[0].trimEnd().length;
  if (rest.startsWith('@')) {
    const [url = '', marker] = rest
      .slice(1)
      .trim()
      .split(/\s+;\s*/);
    const at = place.endOf(headEnd);
    return { ...common, ...names, specifiers: [], url, marker: marker ?? null, specifierSpan: { start: at, end: at } };
  }
  const semicolon = rest.indexOf(';');
  const versions = (semicolon === -1 ? rest : rest.slice(0, semicolon)).trim();
  const inner = /^\((.*)\)$/.exec(versions)?.[1] ?? versions;
  const parts = splitList(inner);
  const specifiers = parts.map((part) => SPECIFIER.exec(part));
  if (specifiers.some((one) => one === null)) return `not a requirement: ${written}`;
  const start = from + match[0].length;
  const specifierSpan =
    versions === ''
      ? { start: place.endOf(headEnd), end: place.endOf(headEnd) }
      : { start: place.offset(start), end: place.endOf(start + versions.length) };
  return {
    ...common,
    ...names,
    specifiers: specifiers.map((one) => ({ operator: one?.[1] ?? '', version: one?.[2] ?? '' })),
    url: null,
    marker: semicolon === -1 ? null : rest.slice(semicolon + 1).trim(),
    specifierSpan,
  };
}

const splitList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
