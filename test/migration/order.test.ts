import { describe, expect, it } from 'vitest';
import { orderMigrations } from '../../src/migration/order.ts';

const one = (id: string, more: { readonly after?: readonly string[]; readonly requires?: readonly string[] } = {}) => ({
  id,
  ...more,
});
const ids = (migrations: readonly { readonly id: string }[]) => orderMigrations(migrations).map(({ id }) => id);

describe('orderMigrations', () => {
  it('keeps the order given where nothing is said', () => {
    expect(ids([one('b'), one('a'), one('c')])).toEqual(['b', 'a', 'c']);
  });

  it('puts a migration behind what it is after and what it requires, and moves nothing else', () => {
    expect(ids([one('c', { after: ['b'] }), one('b', { requires: ['a'] }), one('x'), one('a')])).toEqual([
      'a',
      'b',
      'c',
      'x',
    ]);
  });

  it.each([
    ['requires', 'b requires z, which is not at hand'],
    ['after', 'b comes after z, which is not at hand'],
  ])('refuses an unknown id in %s, with who names it', (key, message) => {
    expect(() => ids([one('a'), one('b', { [key]: ['z'] })])).toThrow(message);
  });

  it('refuses a cycle with the way round it, and nobody who only leads there', () => {
    const migrations = [
      one('lead', { after: ['a'] }),
      one('a', { after: ['b'] }),
      one('b', { requires: ['c'] }),
      one('c', { after: ['a'] }),
    ];
    expect(() => ids(migrations)).toThrow('migrations wait for each other: a → b → c → a');
  });

  it('refuses two of one id', () => {
    expect(() => ids([one('a'), one('a')])).toThrow('two migrations have the id a');
  });
});
