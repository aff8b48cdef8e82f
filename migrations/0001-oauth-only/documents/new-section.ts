import type { MarkdownSection } from '../../../src/authoring.ts';
import { type Draft, replaceBlock } from './draft.ts';
import type { SectionVerdict } from './login-sections.ts';

const NEW_TITLE = 'Authentication';

/** The title that a reader finds the new section under. */
export function titleAfter({ host, keepsHeading }: SectionVerdict): string {
  return host !== null && keepsHeading ? host.title : NEW_TITLE;
}

/** Puts the new section where the old one was; a heading that fits it stays. */
export function takeOverHost(draft: Draft, { host, keepsHeading, dropped }: SectionVerdict): void {
  if (draft.describesToken || host === null) return;
  const text = atDepth(draft.kit.section, host.depth);
  const body = text.slice(text.indexOf('\n')).replace(/^\n+/, '');
  if (!keepsHeading) replaceBlock(draft, host.heading, `${'#'.repeat(host.depth)} ${NEW_TITLE}`);
  draft.changes.push({ kind: 'insert', where: 'after', target: host.heading, text: body });
  if (!dropped.has(host) && host.own.length > 0) {
    const message = `the text that was under "${host.title}" follows the new one: see whether it still fits`;
    draft.remarks.push({ severity: 'warning', message, line: host.line });
  }
}

/** Puts the new section where a reader looks for it. */
export function addSection(draft: Draft): void {
  const text = atDepth(draft.kit.section, 2);
  const after = sectionToFollow(draft);
  if (after === null) draft.changes.push({ kind: 'append', text });
  else draft.changes.push({ kind: 'insert', where: 'after', target: after, text });
}

const START_HEADING = /\b(?:quick ?start|getting started|set-?up|install\w*|common\b.*\bcommands|usage)\b/i;
const CLOSING_HEADING = /^\W*(?:licen[cs]e|contribut\w+|acknowledg\w+|credits|support|changelog)\b/i;

/** The section after which a new one on logging in belongs, null for the end. */
function sectionToFollow(draft: Draft): MarkdownSection | null {
  const top = draft.doc.sections.flatMap((section) => (section.depth === 1 ? section.sections : [section]));
  const alive = top.filter((section) => section.depth === 2 && !draft.gone.has(section.heading));
  const start = alive.find((section) => START_HEADING.test(section.title));
  if (start !== undefined) return start;
  const closing = alive.findIndex((section) => CLOSING_HEADING.test(section.title));
  return closing > 0 ? (alive[closing - 1] ?? null) : null;
}

function atDepth(section: string, depth: number): string {
  const shift = depth - 2;
  if (shift === 0) return section;
  let inFence = false;
  return section
    .split('\n')
    .map((line) => {
      if (line.startsWith('```')) inFence = !inFence;
      const marks = /^#+(?= )/.exec(line)?.[0];
      if (inFence || marks === undefined) return line;
      return '#'.repeat(Math.min(6, Math.max(1, marks.length + shift))) + line.slice(marks.length);
    })
    .join('\n');
}
