import type { TextEdit } from '../tree/edits.ts';

/** A place in a text and what to say about it; lines count from 1. */
export interface EditRemark {
  readonly line: number;
  readonly message: string;
}

/**
 * What an editor answers: the edits, nothing to do, or why it will not touch the text. Edits were proved: applied, the
 * text parses again and means what was intended, and no byte outside their spans differs.
 */
export type EditOutcome =
  | { readonly kind: 'edits'; readonly edits: readonly TextEdit[]; readonly remarks: readonly EditRemark[] }
  | { readonly kind: 'unchanged'; readonly remarks: readonly EditRemark[] }
  | { readonly kind: 'refused'; readonly why: string; readonly line: number };
