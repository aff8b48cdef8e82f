/** Turns a version in the words of Poetry or Pipenv into those of pip. Pure. */

/** `^1.4` → `>=1.4,<2`; `1.*` → `==1.*`; `*` → nothing. Null for alternatives (`^1 || ^2`), which pip cannot say. */
export function pipVersion(written: string): string | null {
  const parts = written
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '*');
  if (parts.some((part) => /\|/.test(part))) return null;
  return parts.map(pipBound).join(',');
}

function pipBound(part: string): string {
  const caret = /^\^\s*v?(\d[\w.]*)$/.exec(part)?.[1];
  if (caret !== undefined) return `>=${caret},<${above(caret, firstNonZero(caret))}`;
  const tilde = /^~(?!=)\s*v?(\d[\w.]*)$/.exec(part)?.[1];
  if (tilde !== undefined) return `>=${tilde},<${above(tilde, Math.min(1, numbers(tilde).length - 1))}`;
  return /^v?\d/.test(part) ? `==${part}` : part.replace(/\s+/g, '');
}

/** The version with the number at `index` raised, and nothing after it. */
function above(version: string, index: number): string {
  const kept = numbers(version).slice(0, index + 1);
  return kept.map((number, at) => (at === index ? number + 1 : number)).join('.');
}

function firstNonZero(version: string): number {
  const all = numbers(version);
  const at = all.findIndex((number) => number > 0);
  return at === -1 ? all.length - 1 : at;
}

const numbers = (version: string): readonly number[] =>
  version.split('.').flatMap((part) => (/^\d+/.test(part) ? [Number.parseInt(part, 10)] : []));
