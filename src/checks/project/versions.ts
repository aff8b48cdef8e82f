/** Whether version specifiers let a version in, as far as released versions go. Pure. */
import type { VersionSpecifier } from '../../editors/requirements.ts';

/** Whether every specifier lets `version` in; a specifier that is not understood does. */
export function allowsVersion(specifiers: readonly VersionSpecifier[], version: string): boolean {
  return specifiers.every(({ operator, version: bound }) => allowedBy(operator, bound, version));
}

function allowedBy(operator: string, bound: string, version: string): boolean {
  const prefix = /^(.*)\.\*$/.exec(bound)?.[1];
  if (prefix !== undefined) {
    const within = compare(release(version).slice(0, release(prefix).length), release(prefix)) === 0;
    return operator === '!=' ? !within : operator === '==' ? within : true;
  }
  const order = compare(release(version), release(bound));
  switch (operator) {
    case '==':
    case '===':
      return order === 0 && !/[a-z]/i.test(bound);
    case '!=':
      return order !== 0;
    case '>=':
      return order >= 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '<':
      return order < 0;
    case '~=': {
      const upto = release(bound).slice(0, -1);
      return order >= 0 && compare(release(version).slice(0, upto.length), upto) === 0;
    }
    default:
      return true;
  }
}

/** The numbers of the release; what follows them (`rc1`, `.post2`) is left out. */
function release(version: string): readonly number[] {
  return (/^v?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? '0').split('.').map(Number);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const order = (a[at] ?? 0) - (b[at] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
