import { comparePaths } from '../base/repo-path.ts';
import type { Check, CheckWords } from '../checks/define.ts';
import { WAIVERS_CHECK, WAIVERS_PATH } from '../checks/waivers.ts';
import { BUILD, CONTAINER_CHECKS } from '../container/checks/index.ts';
import type { TextAnswer } from './answer.ts';
import { gateChecks } from './gate-checks.ts';
import { WAIVERS_WORDS } from './waivers-words.ts';
import { wrapWords } from './wrap-words.ts';

/** What a reader is told of a check; one of a container has no text to show, so it has no examples. */
type ToldCheck = CheckWords & Partial<Pick<Check, 'examples'>>;

/** Every check of `verify` that needs an engine. */
export const VERIFY_CHECKS: readonly CheckWords[] = [BUILD, ...CONTAINER_CHECKS].sort(
  (a, b) => rank(a.id) - rank(b.id) || comparePaths(a.id, b.id),
);

// In the order of a proof: the image, short runs, the server, the stack, a real login.
function rank(id: string): number {
  return 'IRHCL'.indexOf(id.charAt(0));
}

/** The checks that `word` names, by id or the start of one. */
export function findChecks(word: string, own: readonly ToldCheck[] = []): readonly ToldCheck[] {
  const lower = word.toLowerCase();
  return [...gateChecks(), ...own, WAIVERS_WORDS, ...VERIFY_CHECKS].filter(
    ({ id }) => lower !== '' && id.toLowerCase().startsWith(lower),
  );
}

/** What a check proves, why, a bad and a good example, and how to waive it. */
export function explainCheck(check: ToldCheck, width: number): TextAnswer {
  const { id, title, severity, description, examples } = check;
  const lines = [
    `${id} (${severity})`,
    wrapWords(title, width, ''),
    '',
    wrapWords(description, width, ''),
    ...(check.aboutProvider === true ? ['', wrapWords(ABOUT_PROVIDER, width, '')] : []),
    ...(examples === undefined ? [] : ['', 'Bad:', ...indented(examples.bad), '', 'Good:', ...indented(examples.good)]),
    ...(id === WAIVERS_CHECK ? [] : ['', `To waive it, in ${WAIVERS_PATH}:`, ...indented(waiverFor(id))]),
    '',
    'Next:',
    `  refit ${isOfVerify(id) ? 'verify' : 'check'}${id === WAIVERS_CHECK ? '' : ` --only ${id}`}    see what it finds here`,
  ];
  return {
    text: `${lines.join('\n')}\n`,
    json: {
      formatVersion: 1,
      id,
      title,
      severity,
      description,
      ...(examples === undefined ? {} : { examples }),
      aboutProvider: check.aboutProvider === true,
    },
  };
}

const isOfVerify = (id: string): boolean => VERIFY_CHECKS.some((check) => check.id === id);

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
  const rows = (checks: readonly CheckWords[]) =>
    checks.map(({ id, title, severity }) => `| [${id}](#${id.toLowerCase()}) | ${severity} | ${escapeCell(title)} |`);
  return [
    '# Checks',
    '',
    'What `refit check` proves of the files of a checkout, without a container and without a network. `refit apply` runs the same checks on the planned',
    'tree before it writes. This page is made from the texts that `refit explain ID` prints.',
    '',
    '| Check | At worst | What holds |',
    '| --- | --- | --- |',
    ...rows(gateChecks()),
    '',
    'What `refit verify` and `refit apply --prove container` prove besides, of the image that they build: of its settings and files (I), of short runs (R),',
    'of the running server (H), of the stack (C) and, when asked for, of a real login (L).',
    '',
    '| Check | At worst | What holds |',
    '| --- | --- | --- |',
    ...rows(VERIFY_CHECKS),
    '',
    'A finding that may stay is waived:',
    '',
    '```yaml',
    `# ${WAIVERS_PATH}`,
    waiverFor('S05'),
    '```',
    ...[...gateChecks(), WAIVERS_WORDS, ...VERIFY_CHECKS].flatMap(section),
    '',
  ].join('\n');
}

function section(check: ToldCheck): readonly string[] {
  const { id, title, severity, description, examples } = check;
  return [
    '',
    `## ${id}`,
    '',
    `**${escapeText(title)}.** Severity: ${severity} at worst.`,
    '',
    escapeText(description),
    ...(check.aboutProvider === true ? ['', ABOUT_PROVIDER] : []),
    ...(examples === undefined
      ? []
      : ['', 'Bad:', '', ...fenced(examples.bad), '', 'Good:', '', ...fenced(examples.good)]),
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
