import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trustFile } from '../../src/host/outside/trust.ts';
import { GREETING, migrationText, outsideScene } from '../support/outside.ts';

describe('the code of a migration named by its path', () => {
  it('is refused until it is trusted, runs then, and is refused again once any of its files has changed', () => {
    const { repo, mine, home, refit } = outsideScene({
      'greet.ts': migrationText("    tree.create(repoPath('hello.txt'), word);", {
        head: "import { word } from './lib/word.js';",
      }),
      'lib/word.ts': "export const word: string = 'hello\\n';\n",
    });
    const path = join(mine.root, 'greet.ts');
    const before = repo.snapshot();

    const first = refit('plan', '--migration', path);
    expect(first.code).toBe(4);
    expect(first.stderr).toContain(`refit: the code of ${path} is not trusted yet; nothing of it was run`);
    expect(first.stderr).toContain('says      it is greeting');
    expect(first.stderr).toMatch(/hash {6}[0-9a-f]{64}\n/);
    expect(first.stderr).toMatch(/covers {4}\S*greet\.ts {2}[0-9a-f]{12}\n/);
    expect(first.stderr).toMatch(/covers {4}\S*lib\/word\.ts {2}[0-9a-f]{12}\n/);
    expect(existsSync(join(home, 'refit'))).toBe(false);

    const trusted = refit('plan', '--migration', path, '--trust');
    expect([trusted.stderr, trusted.code]).toEqual(['', 0]);
    expect(trusted.stdout).toContain('+ create  hello.txt  +1  say-hello');
    expect(statSync(join(home, 'refit/trust.json')).mode & 0o777).toBe(0o600);

    const again = refit('plan', '--migration', path);
    expect([again.stderr, again.stdout]).toEqual(['', trusted.stdout]);

    mine.write({ 'lib/word.ts': "export const word: string = 'bye\\n';\n" });
    const changed = refit('plan', '--migration', path);
    expect(changed.code).toBe(4);
    expect(changed.stderr).toContain(`the code of ${path} has changed since you trusted it`);
    expect(changed.stderr).toContain('since then lib/word.ts has changed');
    expect(changed.stderr).not.toContain('since then greet.ts');
    expect(repo.snapshot()).toEqual(before);
  });

  it('is not run because the checkout names it: neither silently nor by --trust alone', () => {
    const evil = migrationText("    tree.create(repoPath('hello.txt'), 'x');", {
      head: "import { writeFileSync } from 'node:fs';\nthrow new Error('it ran');",
    });
    const { repo, refit } = outsideScene({});
    repo.write({ '.refit/config.yaml': 'migration: ./evil.ts\n', 'evil.ts': evil });
    repo.commit();
    for (const words of [['plan'], ['apply', '--yes'], ['check'], ['plan', '--trust']]) {
      const refused = refit(...words);
      expect([words, refused.code]).toEqual([words, 4]);
      expect(refused.stderr).toContain('named by  .refit/config.yaml:1');
      expect(refused.stderr).not.toContain('it ran');
    }
    const hash = /hash {6}([0-9a-f]{64})/.exec(refit('plan').stderr)?.[1] ?? '';
    expect(refit('plan', `--trust=${hash.slice(0, 15)}`).code).toBe(4);
    expect(refit('plan', `--trust=${'0'.repeat(16)}`).stderr).toContain('is not the one that --trust=0000');
    expect(refit('plan', `--trust=${hash.slice(0, 16)}`).stderr).toContain('it ran');
  });

  it('is one with the plan that it made: other code cannot carry that plan out', () => {
    const { repo, mine, refit } = outsideScene({ 'greet.ts': GREETING });
    const path = join(mine.root, 'greet.ts');
    expect(refit('plan', '--migration', path, '--trust', '--out', 'p.json').code).toBe(0);
    const plan = JSON.parse(repo.read('p.json')) as { migration: { outside: { word: string; hash: string } } };
    expect(plan.migration.outside.word).toBe(path);

    mine.write({ 'greet.ts': GREETING.replace("'hello '", "'bye '") });
    const other = refit('apply', '--plan', 'p.json', '--trust');
    expect(other.code).toBe(4);
    expect(other.stderr).toContain('the plan was made by other code than');

    mine.write({ 'greet.ts': GREETING, 'moved.ts': GREETING });
    expect(refit('apply', '--plan', 'p.json').stderr).toBe('');
    expect(repo.read('hello.txt')).toBe('hello you\n');

    mine.write({ 'greet.ts': 'throw new Error("it ran")' });
    expect(refit('status').code).toBe(0);
    expect(refit('rollback').stderr).toBe('');
    expect(existsSync(join(repo.root, 'hello.txt'))).toBe(false);
  });
});

describe('what is trusted', () => {
  it('is kept with the user, whatever XDG_STATE_HOME says that is no absolute path', () => {
    expect(trustFile({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/refit/trust.json');
    expect(trustFile({ XDG_STATE_HOME: '.', HOME: '/h' })).toBe('/h/.local/state/refit/trust.json');
    expect(trustFile({ HOME: '/h' })).toBe('/h/.local/state/refit/trust.json');
  });

  it('is nothing when others could have written it, or when it is damaged', () => {
    const { mine, home, refit } = outsideScene({ 'greet.ts': GREETING });
    const path = join(mine.root, 'greet.ts');
    const store = join(home, 'refit/trust.json');
    expect(refit('plan', '--migration', path, '--trust').code).toBe(0);
    chmodSync(store, 0o666);
    const open = refit('plan', '--migration', path);
    expect([open.code, open.stderr.split('\n')[0]]).toEqual([
      1,
      `refit: ${store} can be written by others, so it says nothing of what you trust`,
    ]);
    chmodSync(store, 0o600);
    writeFileSync(store, readFileSync(store, 'utf8').slice(0, 40));
    expect(refit('plan', '--migration', path).stderr).toContain('it is damaged, or of a newer refit');
  });
});
