import type { Check } from '../checks/define.ts';
import { WAIVERS_CHECK, WAIVERS_PATH } from '../checks/waivers.ts';
import type { TextAnswer } from './answer.ts';
import { gateChecks } from './gate-checks.ts';
import { wrapWords } from './wrap-words.ts';

/** What a reader is told of a check. */
type CheckWords = Pick<Check, 'id' | 'title' | 'severity' | 'description' | 'examples' | 'aboutProvider'>;

/** The waiver file is judged like a check, though nothing but a reader asks for it by name. */
export const WAIVERS_WORDS: CheckWords = {
  id: WAIVERS_CHECK,
  title: 'Every waiver is in force and needed',
  severity: 'error',
  description:
    `A waiver in ${WAIVERS_PATH} names a check (or the start of its id), a reason, and a last day or permanent: true; a path glob narrows it to some ` +
    'files. A waiver that cannot be read waives nothing and is an error; one that has ended or that no finding needs is a warning, for a list of waivers ' +
    'that nobody prunes ends up hiding what it was not made for.',
  examples: {
    bad: 'waivers:\n  - check: S05\n    reason: later',
    good: 'waivers:\n  - check: S05\n    path: legacy/**\n    reason: the old image is built until the move is done\n    until: 2026-12-31',
  },
};

/** The checks that `word` names, by id or the start of one. */
export function findChecks(word: string): readonly CheckWords[] {
  const lower = word.toLowerCase();
  return [...gateChecks(), WAIVERS_WORDS].filter(({ id }) => lower !== '' && id.toLowerCase().startsWith(lower));
}

/** What a check proves, why, a bad and a good example, and how to waive it. */
export function explainCheck(check: CheckWords, width: number): TextAnswer {
  const { id, title, severity, description, examples } = check;
  const lines = [
    `${id} (${severity})`,
    wrapWords(title, width, ''),
    '',
    wrapWords(description, width, ''),
    ...(check.aboutProvider === true ? ['', wrapWords(ABOUT_PROVIDER, width, '')] : []),
    '',
    'Bad:',
    ...indented(examples.bad),
    '',
    'Good:',
    ...indented(examples.good),
    ...(id === WAIVERS_CHECK ? [] : ['', `To waive it, in ${WAIVERS_PATH}:`, ...indented(waiverFor(id))]),
    '',
    'Next:',
    `  refit check${id === WAIVERS_CHECK ? '' : ` --only ${id}`}    see what it finds here`,
  ];
  return {
    text: `${lines.join('\n')}\n`,
    json: {
      formatVersion: 1,
      id,
      title,
      severity,
      description,
      examples,
      aboutProvider: check.aboutProvider === true,
    },
  };
}

const ABOUT_PROVIDER =
  "It judges the provider's own code, which no step changes: it fails `check` and never stops `apply`.";

function waiverFor(id: string): string {
  return `waivers:\n  - check: ${id}\n    path: GLOB            # left out: every file\n    reason: WHY IT MAY STAY\n    until: YEAR-MONTH-DAY # or permanent: true`;
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
}

/** docs/checks.md: the same words as `refit explain`. */
export function renderChecksDoc(): string {
  const rows = gateChecks().map(
    ({ id, title, severity }) => `| [${id}](#${id.toLowerCase()}) | ${severity} | ${escapeCell(title)} |`,
  );
  return [
    '# Checks',
    '',
    'What `refit check` proves of the files of a checkout, without a container and without a network. `refit apply` runs the same checks on the planned',
    'tree before it writes. This page is made from the texts that `refit explain ID` prints.',
    '',
    '| Check | At worst | What holds |',
    '| --- | --- | --- |',
    ...rows,
    '',
    'A finding that may stay is waived:',
    '',
    '```yaml',
    `# ${WAIVERS_PATH}`,
    waiverFor('S05'),
    '```',
    ...[...gateChecks(), WAIVERS_WORDS].flatMap(section),
    '',
  ].join('\n');
}

function section(check: CheckWords): readonly string[] {
  const { id, title, severity, description, examples } = check;
  return [
    '',
    `## ${id}`,
    '',
    `**${escapeText(title)}.** Severity: ${severity} at worst.`,
    '',
    escapeText(description),
    ...(check.aboutProvider === true ? ['', ABOUT_PROVIDER] : []),
    '',
    'Bad:',
    '',
    ...fenced(examples.bad),
    '',
    'Good:',
    '',
    ...fenced(examples.good),
  ];
}

function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, text, fence];
}

/** Words of ours, in which only what Markdown or HTML would take for markup outside of code needs an escape. */
function escapeText(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<*_[\]]/g, '\\$&')))
    .join('');
}

function escapeCell(text: string): string {
  return escapeText(text).replaceAll('|', '\\|');
}
