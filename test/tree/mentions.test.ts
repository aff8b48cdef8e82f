import { describe, expect, it } from 'vitest';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { findMentions, holdsWord } from '../../src/tree/mentions.ts';

describe('holdsWord', () => {
  it.each([
    ['path', 'scripts/login.sh', 'run ./scripts/login.sh now', true],
    ['path', 'scripts/login.sh', 'see scripts/login.sh.', true],
    ['path', 'scripts/login.sh', 'COPY scripts/login.sh /app/', true],
    ['path', 'login.sh', '/app/login.sh', true],
    ['path', 'login.sh', 're-login.sh', false],
    ['path', 'login.sh', 'login.sh.bak', false],
    ['path', 'login.sh', 'login.shx', false],
    ['path', 'old/', 'old/helper.py', true],
    ['path', 'old/', 'threshold/helper.py', false],
    ['path', 'ä.md', 'siehe ä.md', true],
    ['module', 'auth_page', 'import auth_page', true],
    ['module', 'auth_page', 'auth_page.routes()', true],
    ['module', 'auth_page', 'auth_page_v2', false],
    ['module', 'auth_page', 'my.auth_page', false],
    ['name', 'add_routes', 'x = add_routes(app)', true],
    ['name', 'add_routes', 'badd_routes', false],
    ['name', 'add_routes', 'badd_routes, add_routes', true],
    ['name', 'add_routes', 'add_routes$', false],
    ['name', 'add_routes', '$add_routes', false],
    ['path', 'login.sh', '$login.sh', true],
    ['path', 'login.sh', 'login.sh$', true],
    ['path', 'login.sh', 'login.sh._', true],
    ['path', 'login.sh', 'login.sh.é', false],
    ['path', 'login.sh', '..login.sh', false],
    ['path', 'login.sh', '../login.sh', true],
    ['path', 'login.sh', 'élogin.sh', false],
    ['path', 'login.sh', 'login.shé', false],
    ['path', 'login.sh', '→login.sh→', true],
    ['path', 'login.sh', '𐐀login.sh', false],
    ['path', 'login.sh', 'login.sh𝟙', false],
    ['path', 'login.sh', '😀login.sh😀', true],
    ['module', 'auth_page', 'auth_pageé', false],
    ['module', 'auth_page', '٣auth_page', false],
  ] as const)('%s %s in %j: %s', (kind, name, text, expected) => {
    expect(holdsWord(text, { kind, name })).toBe(expected);
  });
});

describe('findMentions', () => {
  it('names path, line and whether the mention is load-bearing, and skips archives, changelogs and backups', async () => {
    const tree = openTree(
      memorySource({
        Makefile: '# old.py was here\nrun:\n\tpython old.py\n',
        'README.md': 'Start\n\nUse old.py.\n',
        'CHANGELOG.md': 'old.py removed\n',
        '.archive/old.md': 'old.py\n',
        'Dockerfile.backup': 'COPY old.py .\n',
        'threshold.txt': 'threshold.py\n',
      }),
    );
    expect(await findMentions(tree, [{ name: 'old.py', kind: 'path' }])).toEqual([
      { path: 'Makefile', line: 1, name: 'old.py', inComment: true, loadBearing: true },
      { path: 'Makefile', line: 3, name: 'old.py', inComment: false, loadBearing: true },
      { path: 'README.md', line: 3, name: 'old.py', inComment: false, loadBearing: false },
    ]);
  });
});
