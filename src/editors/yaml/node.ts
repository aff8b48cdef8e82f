/**
 * A YAML text as a tree of nodes with their place in the text. Offsets are UTF-16 code units from 0, lines count from 1.
 * Pure data: the parser is in `../yaml.ts`, what a node means in `./value.ts`.
 */
export type YamlNode = YamlScalar | YamlMap | YamlList | YamlAlias;

interface NodePlace {
  /** Start of the content, after an anchor or tag. */
  readonly start: number;
  /** End of the content: no trailing comment, space or newline. */
  readonly end: number;
  readonly line: number;
  readonly anchor: string | null;
  /** As resolved, for example `!reset`; null when none is written. */
  readonly tag: string | null;
}

/** A scalar. */
export interface YamlScalar extends NodePlace {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The text of a plain scalar as written (`0755`, `1.0`); the decoded string of any other. Empty when nothing is written. */
  readonly source: string;
  readonly style: 'plain' | 'single' | 'double' | 'block';
}

/** A mapping. */
export interface YamlMap extends NodePlace {
  readonly kind: 'map';
  readonly flow: boolean;
  readonly entries: readonly YamlEntry[];
}

/** One key with its value. */
export interface YamlEntry {
  readonly name: string;
  readonly key: YamlNode;
  /** A plain `<<`. */
  readonly isMerge: boolean;
  readonly line: number;
  /** Offset just after the colon; null when the entry is written in a form that no edit should touch (`? key`). */
  readonly colonEnd: number | null;
  readonly value: YamlNode;
  /** End of the whole entry. */
  readonly end: number;
}

/** A sequence. */
export interface YamlList extends NodePlace {
  readonly kind: 'list';
  readonly flow: boolean;
  readonly items: readonly YamlItem[];
}

/** One item of a list. */
export interface YamlItem {
  /** Offset of the dash in block style, else of the value. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly value: YamlNode;
}

/** A use of an anchor. */
export interface YamlAlias extends NodePlace {
  readonly kind: 'alias';
  readonly name: string;
  readonly target: YamlNode;
}

/** Keys and list indexes from the root of a document. */
export type YamlPath = readonly (string | number)[];

/** One document of a YAML text. */
export interface YamlDocument {
  /** Null for a document without content. */
  readonly root: YamlNode | null;
  readonly line: number;
  /** Aliases and merge keys resolved; a key is the text written for it. */
  readonly value: unknown;
  readonly anchors: readonly { readonly name: string; readonly line: number }[];
}

/** Why a text is not read. `limit`: aliases that expand, or collections that nest, beyond any honest use. */
export type YamlProblem = 'syntax' | 'duplicate-key' | 'tab' | 'alias' | 'limit';

/** A YAML text, read, or why it is not. */
export type YamlResult =
  | { readonly kind: 'parsed'; readonly documents: readonly YamlDocument[] }
  | { readonly kind: 'refused'; readonly problem: YamlProblem; readonly why: string; readonly line: number };
