import { sha256 } from './hash.ts';

/** Literals that every real secret starts with, for a fixed-string search before the shape is judged. */
export const SECRET_LITERALS: readonly string[] = ['sk-'];

// The vendor's two token kinds are judged by length alone and never by the general shape, which their placeholders
// (sk-ant-oat01-your-token-here) would pass.
const CANDIDATE = /sk-ant-(?:oat|api)[A-Za-z0-9_-]{20,}|(?<![A-Za-z0-9])sk-(?!ant-(?:oat|api))[A-Za-z0-9_-]{20,}/g;
const VENDOR = /^sk-ant-(?:oat|api)(?:\d{2}-)?/;

/** A real secret in a text: half-open span in UTF-16 code units. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly masked: string;
}

/**
 * Finds real secrets: `sk-ant-oat…` or `sk-ant-api…` with 20 or more further characters, or `sk-` with 20 or more that
 * mix letters and digits. All else is a placeholder.
 */
export function findSecrets(text: string): readonly SecretSpan[] {
  if (!text.includes('sk-')) return [];
  const spans: SecretSpan[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const secret = match[0];
    const rest = secret.slice(3);
    if (!VENDOR.test(secret) && !(/[A-Za-z]/.test(rest) && /\d/.test(rest))) continue;
    spans.push({ start: match.index, end: match.index + secret.length, masked: maskOne(secret) });
  }
  return spans;
}

/** Whether `text` holds a real secret. */
export function containsSecret(text: string): boolean {
  return findSecrets(text).length > 0;
}

/** Replaces each real secret by its public prefix and the first 8 digits of its SHA-256: `sk-ant-oat01-…#1a2b3c4d`. */
export function maskSecrets(text: string): string {
  let result = '';
  let at = 0;
  for (const { start, end, masked } of findSecrets(text)) {
    result += text.slice(at, start) + masked;
    at = end;
  }
  return at === 0 ? text : result + text.slice(at);
}

function maskOne(secret: string): string {
  const prefix = VENDOR.exec(secret)?.[0] ?? 'sk-';
  return `${prefix}…#${sha256(secret).slice(0, 8)}`;
}
