import { isUtf8 } from 'node:buffer';

/** A name as git lists it. One that is not UTF-8 has no text form: `shown` is for people only. */
export type GitName =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly shown: string };

/** Decodes the bytes of a name. */
export function decodeName(bytes: Buffer): GitName {
  if (isUtf8(bytes)) return { kind: 'text', text: bytes.toString('utf8') };
  return { kind: 'bytes', shown: escapeBytes(bytes) };
}

/** The bytes of a name with every byte that is not printable ASCII as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  let shown = '';
  for (const byte of bytes) {
    if (byte >= 0x20 && byte < 0x7f && byte !== 0x5c) shown += String.fromCharCode(byte);
    else shown += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return shown;
}

/** The fields of a listing whose fields each end with a NUL byte. */
export function splitNul(listing: Buffer): readonly Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < listing.length; ) {
    const end = listing.indexOf(0, at);
    const stop = end === -1 ? listing.length : end;
    fields.push(listing.subarray(at, stop));
    at = stop + 1;
  }
  return fields;
}
