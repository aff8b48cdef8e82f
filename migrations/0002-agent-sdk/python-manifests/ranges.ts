import { NEW_DISTRIBUTION } from '../python/names.ts';

/** From here on an empty list of setting sources is obeyed too, and all that is written out means what it says. */
const FLOOR = '0.1.60';
/** The newest that was measured, for whoever names one version: 0.1.60 itself was taken back by those who made it. */
const EXACT = '0.2.187';
const NEXT = '0.2';

/**
 * The range for the new distribution in the way of the old one, as pip, Poetry and Pipenv write ranges. The numbers are never carried
 * over; no range stays none. `given` is written as it is, whatever the old one was.
 */
export function newPythonRange(old: string, given?: string): string {
  const range = old.trim();
  if (given !== undefined) return given;
  if (range === '' || range === '*') return range;
  const parts = range.split(/\s*(?:,|\|\|?)\s*|\s+(?=[<>=!~^])/).filter((part) => part !== '');
  const space = /^[\^~<>=!]+\s/.test(range) ? ' ' : '';
  const gap = /,\s/.test(range) ? ', ' : ',';
  const operators = parts.map((part) => /^[\^~<>=!]*/.exec(part)?.[0] ?? '');
  const [first = ''] = parts;
  if (operators.some((one) => one.startsWith('<'))) {
    const bounds = [`>=${space}${FLOOR}`, `<${space}${NEXT}`];
    return (operators[0]?.startsWith('<') && operators.length > 1 ? bounds.reverse() : bounds).join(gap);
  }
  const lead = operators.find((one) => one !== '!=') ?? '>=';
  if (/[*x]$/.test(first) && lead !== '>=') return `${lead}${space}0.1.*`;
  return `${lead === '>' ? '>=' : lead}${space}${/^={0,3}$/.test(lead) ? EXACT : FLOOR}`;
}

const REQUIREMENT = /^(\s*)(claude[-_.]+code[-_.]+sdk)(\s*\[[^\]]*\])?(\s*)(\(?)([^;()@#]*?)(\)?)(\s*(?:;[\s\S]*)?)$/i;
const ANY = /^\s*claude[-_.]+code[-_.]+sdk(?:\s*\[[^\]]*\])?\s*@/i;

export type NewRequirement =
  | { readonly kind: 'moved'; readonly text: string }
  /** It names the old distribution by a URL or a path. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'other' };

/** A requirement as pip writes it, for the new distribution: extras, marker and white space stay. */
export function moveRequirement(requirement: string, given?: string): NewRequirement {
  if (ANY.test(requirement)) return { kind: 'elsewhere' };
  const match = REQUIREMENT.exec(requirement);
  if (match === null) return { kind: 'other' };
  const [, lead = '', , extras = '', gap = '', open = '', range = '', close = '', marker = ''] = match;
  if (range.trim() !== '' && !/^(?:[<>=!~^]|\d|\*)/.test(range.trim())) return { kind: 'other' };
  return {
    kind: 'moved',
    text: lead + NEW_DISTRIBUTION + extras + gap + open + newPythonRange(range, given) + close + marker,
  };
}

/** Whether a name is the old distribution, in any spelling. */
export function isOldDistribution(name: string): boolean {
  return /^claude[-_.]+code[-_.]+sdk$/i.test(name.trim());
}

/** Whether a name is the new distribution, in any spelling. */
export function isNewDistribution(name: string): boolean {
  return /^claude[-_.]+agent[-_.]+sdk$/i.test(name.trim());
}
