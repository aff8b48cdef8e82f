/** One entry of a tar stream, content left out. */
export interface TarEntry {
  /** Without a leading `./` or `/` and without a trailing `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'hard-link' | 'other';
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  readonly linkTarget: string;
}

const BLOCK = 512;
const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '7': 'file',
  '5': 'folder',
  '2': 'link',
  '1': 'hard-link',
};

/** Reads the headers of a tar stream as it comes and hands on each entry; with `keep`, the content of small files too. */
export function readTar(
  onEntry: (entry: TarEntry, content: Buffer | null) => void,
  keep?: (entry: TarEntry) => boolean,
) {
  let rest: Buffer = Buffer.alloc(0);
  let skip = 0;
  let pending: { readonly use: (content: Buffer) => void; readonly size: number } | null = null;
  let overrides: Readonly<Record<string, string>> = {};
  const header = (block: Buffer) => {
    if (block.every((byte) => byte === 0)) return;
    const type = String.fromCharCode(block[156] ?? 0);
    const size = Number(overrides['size'] ?? number(block, 124, 12));
    const padded = Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x' || type === 'L' || type === 'K') {
      const read = (content: Buffer) => {
        overrides = { ...overrides, ...extension(type, content.subarray(0, size)) };
      };
      pending = { use: read, size: padded };
      return;
    }
    const entry = toEntry(block, type, size, overrides);
    overrides = {};
    if (type === 'g') skip = padded;
    else if (entry.kind === 'file' && keep?.(entry)) {
      pending = { use: (content) => onEntry(entry, Buffer.from(content.subarray(0, size))), size: padded };
    } else {
      onEntry(entry, null);
      // Links, devices and folders may state a size and have no content.
      skip = /[1-6]/.test(type) ? 0 : padded;
    }
  };
  return (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (;;) {
      const step = Math.min(skip, rest.length - at);
      at += step;
      skip -= step;
      const wanted = pending?.size ?? BLOCK;
      if (skip > 0 || rest.length - at < wanted) break;
      const piece = rest.subarray(at, at + wanted);
      at += wanted;
      if (pending === null) header(piece);
      else {
        const { use } = pending;
        pending = null;
        use(piece);
      }
    }
    rest = rest.subarray(at);
  };
}

function toEntry(block: Buffer, type: string, size: number, overrides: Readonly<Record<string, string>>): TarEntry {
  const prefix = text(block, 345, 155);
  const plain = text(block, 0, 100);
  const name = overrides['path'] ?? (prefix === '' ? plain : `${prefix}/${plain}`);
  return {
    path: name.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, ''),
    kind: type === '\0' ? 'file' : (KINDS[type] ?? 'other'),
    mode: number(block, 100, 8) & 0o7777,
    uid: Number(overrides['uid'] ?? number(block, 108, 8)),
    gid: Number(overrides['gid'] ?? number(block, 116, 8)),
    size,
    linkTarget: overrides['linkpath'] ?? text(block, 157, 100),
  };
}

/** What a pax record or a GNU long name says about the next entry. */
function extension(type: string, content: Buffer): Readonly<Record<string, string>> {
  if (type === 'L' || type === 'K') {
    return { [type === 'L' ? 'path' : 'linkpath']: content.toString('utf8').replace(/\0.*$/s, '') };
  }
  const values: Record<string, string> = {};
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(0x20, at);
    const length = Number(content.subarray(at, blank).toString('latin1'));
    if (blank < 0 || !(length > 0)) break;
    const record = content.subarray(blank + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    values[record.slice(0, equals)] = record.slice(equals + 1);
    at += length;
  }
  return values;
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** Octal digits, or a big-endian number where the first bit says so. */
function number(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) === 0) return Number.parseInt(text(block, start, length).trim() || '0', 8);
  let value = first & 0x7f;
  for (let at = start + 1; at < start + length; at += 1) value = value * 256 + (block[at] ?? 0);
  return value;
}
