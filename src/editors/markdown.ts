export { type BlockKind, type CodeLine, type MarkdownBlock, walkBlocks } from './markdown/blocks.ts';
export type { MarkdownChange } from './markdown/changes.ts';
export { editMarkdown } from './markdown/edit.ts';
export type { Span } from './markdown/parse.ts';
export {
  leavesOf,
  type MarkdownDocument,
  type MarkdownInline,
  type MarkdownLink,
  type MarkdownSection,
  readMarkdown,
  walkSections,
} from './markdown/read.ts';
