import { describe, expect, it } from 'vitest';
import { goneFrom } from '../../../migrations/0001-oauth-only/documents/document-step.ts';
import { memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';

const left = (...paths: readonly string[]) =>
  goneFrom(openTree(memorySource(Object.fromEntries(paths.map((path) => [path, ''])))));

describe('goneFrom', () => {
  it.each([
    ['scripts/login.sh', ['scripts/login.sh'], false],
    ['./scripts/login.sh', ['tools/Login.SH'], false],
    ['/app/login.sh', ['login.sh'], false],
    ['login.sh', ['x-login.sh', 'login.sh.txt', 'login.sh/x'], false],
    ['login.sh', ['x-login.sh', 'login.sh.txt', 'a/login.shx'], true],
    ['login.sh', ['archive/login.sh', 'login.sh.bak'], true],
    ['login.sh', ['archive/login.sh', 'b/login.sh'], false],
    ['simple-oauth/', ['simple-oauth/x.py'], false],
    ['simple-oauth', ['archive/simple-oauth/x.py'], true],
    // In lower case this letter is two: places in the two texts differ.
    ['login.sh', ['\u0130.md', 'b/LOGIN.sh'], false],
    ['login.sh', ['\u0130.md', 'b/x.sh'], true],
  ])('says of %s beside %j: gone is %s', (path, paths, gone) => {
    expect(left(...paths)(path)).toBe(gone);
  });
});
