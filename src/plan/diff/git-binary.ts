const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~';
const BYTES_PER_LINE = 52;
const STORED_BLOCK = 0xffff;

/** The body of a binary change for `git apply`, forwards and backwards; an absent side counts as empty. */
export function gitBinaryPatch(before: Uint8Array, after: Uint8Array): string {
  return `GIT binary patch\n${literal(after)}\n${literal(before)}\n`;
}

function literal(bytes: Uint8Array): string {
  const packed = storeAsZlib(bytes);
  const lines = [`literal ${bytes.length}\n`];
  for (let at = 0; at < packed.length; at += BYTES_PER_LINE) {
    lines.push(encodeLine(packed.subarray(at, at + BYTES_PER_LINE)));
  }
  return lines.join('');
}

function encodeLine(bytes: Uint8Array): string {
  const count = bytes.length;
  let line = String.fromCharCode(count <= 26 ? 64 + count : 96 + count - 26);
  for (let at = 0; at < count; at += 4) {
    let word = 0;
    for (let i = 0; i < 4; i += 1) word = word * 256 + (bytes[at + i] ?? 0);
    let group = '';
    for (let i = 0; i < 5; i += 1) {
      group = ALPHABET.charAt(word % 85) + group;
      word = Math.floor(word / 85);
    }
    line += group;
  }
  return `${line}\n`;
}

/**
 * A zlib stream of stored blocks. Compressors differ between versions and processors, and the same plan must give the
 * same patch on every machine; so nothing is compressed.
 */
function storeAsZlib(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  let at = 0;
  do {
    const block = bytes.subarray(at, at + STORED_BLOCK);
    at += block.length;
    const { length } = block;
    const last = at >= bytes.length ? 1 : 0;
    parts.push(Uint8Array.of(last, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff), block);
  } while (at < bytes.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(adler32(bytes));
  parts.push(checksum);
  return Buffer.concat(parts);
}

function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return b * 65536 + a;
}
