import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { apply } from '../../src/apply/apply.ts';
import { RefitError } from '../../src/base/errors.ts';
import { repoPath } from '../../src/base/repo-path.ts';
import { nodeFileSystem } from '../../src/host/fs.ts';
import { renderFailure } from '../../src/report/failure.ts';
import { REPORT_FORMATS } from '../../src/report/index.ts';
import { printablePatch } from '../../src/report/mask.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { openScene, writeMixedCheckout } from '../apply/scene.ts';
import { inputFor, mixedWishes } from '../apply/wishes.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runCli } from '../support/run-cli.ts';
import { runTestGit, tempFolder } from '../support/temp-repo.ts';

// Assembled, so that this file itself holds no secret's shape.
const canary = `sk-ant-${'oat01-'}${'Zq7'.repeat(28)}`;
/** Too short to be found by chance, long enough to be of use to nobody who must not have it. */
const PIECE = 'Zq7Zq7Zq7';

/** A legacy repository with the canary in every place that a run reads; `path` puts it into a file name too. */
function repoWithSecrets({ path = true } = {}): string {
  const repo = legacyRepo();
  const change = (file: string, how: (text: string) => string): void => {
    const place = join(repo, file);
    fs.writeFileSync(place, how(fs.existsSync(place) ? fs.readFileSync(place, 'utf8') : ''));
  };
  change('.env', () => `CLAUDE_CODE_OAUTH_TOKEN=${canary}\n`);
  change('.env.example', (text) => `${text}LITELLM_MASTER_KEY=${canary}\n`);
  change('docker-compose.yml', (text) =>
    text.replaceAll(/environment:\n( +)/g, `environment:\n$1SECRET_TOKEN: ${canary}\n$1`),
  );
  change('Dockerfile', (text) =>
    text.replace(/\nCOPY auth_integration/, `\nENV SECRET_TOKEN=${canary}\nCOPY auth_integration`),
  );
  change('README.md', (text) => `${text}\nUse \`${canary}\` with auth_integration.py.\n`);
  change('startup.py', (text) => text.replace(/^(.*auth_integration.*)$/m, `TOKEN = "${canary}"\n$1`));
  change('docs/wrapped.md', () => `auth_integration.py ${'word '.repeat(30)}${canary} ${'word '.repeat(30)}\n`);
  if (path) change(`docs/${canary}.md`, () => 'See auth_integration.py.\n');
  runTestGit(repo, ['add', '--all', '--force']);
  runTestGit(repo, ['commit', '-qm', 'secrets']);
  runTestGit(repo, ['remote', 'add', 'origin', `https://user:${canary}@example.invalid/x.git`]);
  return repo;
}

/** Every file below `folder` that holds the canary, or a piece of it. */
function filesWithCanary(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (place: string): void => {
    for (const entry of fs.readdirSync(place, { withFileTypes: true })) {
      const path = join(place, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && fs.readFileSync(path).includes(PIECE)) found.push(path.slice(folder.length + 1));
    }
  };
  visit(folder);
  return found.sort();
}

describe('a token in .env, compose, Dockerfile, documents, code, a path and a remote', () => {
  test('is in no output of any command in any format, no plan and no record', { timeout: 300_000 }, () => {
    const repo = repoWithSecrets();
    const out = tempFolder();
    const reports = REPORT_FORMATS.flatMap((format) => ['--format', format, '--output', join(out, `report.${format}`)]);
    const shown: string[] = [];
    const run = (...words: string[]): number | null => {
      const { code, stdout, stderr } = runCli(words);
      shown.push(`${words[0]}\n${stdout}${stderr}`);
      return code;
    };
    expect(run('plan', repo, '--out', join(out, 'plan.json'), '--verbose')).toBe(0);
    expect(run('plan', repo, ...reports)).toBe(0);
    expect(run('check', repo, ...reports)).toBe(2);
    expect(run('check', repo)).toBe(2);
    fs.appendFileSync(join(repo, 'docs', `${canary}.md`), 'dirty\n');
    expect(run('apply', repo, '--yes', '--prove', 'none')).toBe(4);
    expect(run('apply', repo, '--yes', '--allow-dirty', '--prove', 'none', ...reports)).toBe(5);
    const runs = join(repo, '.git/refit/runs');
    const kept = filesWithCanary(runs);
    expect(kept.length).toBeGreaterThan(0);
    // Old content, and nothing else.
    expect(kept.filter((path) => !/^[\d-]+[0-9a-f]{6}\/backups\/\d{6}$/.test(path))).toEqual([]);
    for (const path of kept) expect(fs.statSync(join(runs, path)).mode & 0o777).toBe(0o600);
    expect(run('status', repo, ...reports)).toBe(0);
    expect(run('rollback', repo, ...reports)).toBe(0);
    // No longer needed for a rollback: gone.
    expect(filesWithCanary(runs)).toEqual([]);
    for (const words of [
      ['plan', join(repo, canary)],
      ['plan', repo, '--migration', canary],
      ['plan', repo, '--param', `base=${canary}`],
      ['plan', repo, '--only', canary],
    ])
      run(...words);
    expect(shown.filter((text) => text.includes(PIECE))).toEqual([]);
    expect(filesWithCanary(out)).toEqual([]);
  });

  test('is only in the patch that was asked for, which is private', () => {
    const repo = repoWithSecrets({ path: false });
    const patch = join(tempFolder(), 'all.patch');
    expect(runCli(['plan', repo, '--patch', patch]).stdout).not.toContain(PIECE);
    expect(fs.readFileSync(patch, 'utf8')).toContain(canary);
    expect(fs.statSync(patch).mode & 0o777).toBe(0o600);
  });
});

test('a plan that changes a path with a token in it is not kept, nor written', () => {
  const repo = repoWithSecrets({ path: false });
  fs.writeFileSync(join(repo, 'simple-oauth', canary), 'x\n');
  runTestGit(repo, ['add', '--all']);
  runTestGit(repo, ['commit', '-qm', 'path']);
  for (const words of [
    ['apply', repo, '--yes', '--prove', 'none'],
    ['plan', repo, '--out', join(tempFolder(), 'p')],
  ]) {
    const { code, stdout, stderr } = runCli(words);
    expect([code, stderr]).toEqual([4, expect.stringContaining('the path of a change holds a secret')]);
    expect(stdout + stderr).not.toContain(PIECE);
  }
  expect(fs.existsSync(join(repo, 'simple-oauth', canary))).toBe(true);
  // Git's own: the remote, and the name in its index.
  expect(filesWithCanary(join(repo, '.git'))).toEqual(['config', 'index']);
});

describe('a failure', () => {
  test('of any kind is told without the token and without control characters', () => {
    const known = new RefitError(`cannot read ${canary}`, {
      details: [`\x1b[31m${canary}`, '::error::x'],
      hint: `use ${canary}`,
    });
    expect(renderFailure(known)).toMatch(
      /^refit: cannot read sk-ant-oat01-…#[0-9a-f]{8}\n {2}\\x1b\[31msk-ant-oat01-…#[0-9a-f]{8}\n {2}\\x3a:error::x\n {2}→ use sk-ant-oat01-…#[0-9a-f]{8}\n$/,
    );
    const defect = renderFailure(new TypeError(`unexpected ${canary}\u202e\n::set-env name=x::y`));
    expect(defect).toMatch(
      /^refit: unexpected fault, please report it\nTypeError: unexpected sk-ant-oat01-…#[0-9a-f]{8}\\u202e\n\\x3a:set-env/,
    );
    expect(defect).toContain('\n    at ');
    expect(renderFailure(canary)).toMatch(/^refit: unexpected fault, please report it\nsk-ant-oat01-…#[0-9a-f]{8}\n$/);
  });

  test('in the middle of a run leaves no token in the record of why it was undone', async () => {
    const context = openScene();
    writeMixedCheckout(context.root);
    const input = inputFor(mixedWishes, {
      beforeClose: () => {
        throw new RefitError(`the proof quotes ${canary}`);
      },
    });
    await expect(apply({ ...context, fs: nodeFileSystem }, input)).rejects.toThrow('the proof quotes');
    expect(filesWithCanary(context.runFolder)).toEqual([]);
  });
});

describe('a token that a line end splits', () => {
  test.each([
    ['a continued line', `ENV TOKEN=${canary.slice(0, 25)}\\\n${canary.slice(25)}\n`],
    ['an indented continued line', `RUN export A=${canary.slice(0, 20)}\\\r\n    ${canary.slice(20)}\r\n`],
    ['two strings in a row', `TOKEN = ("${canary.slice(0, 22)}"\n         "${canary.slice(22)}")\n`],
    ['two strings that are added', `t = '${canary.slice(0, 22)}' +\n  '${canary.slice(22)}'\n`],
  ])('%s: its file is left out of the printed diff', (_what, text) => {
    const tree = openTree(memorySource({ a: text, b: 'one\n' }));
    for (const path of ['a', 'b'].map(repoPath)) tree.overwrite(path, `${tree.readText(path)}more\n`);
    const { diff, hidden } = printablePatch(tree.changes(), tree.content);
    expect(hidden).toEqual(['a']);
    expect(diff).not.toContain(PIECE);
    expect(diff).toContain('+more');
  });

  test('placeholders on neighbouring lines stay in it', () => {
    const text = 'A=sk-ant-oat01-your-token-here\nLITELLM_MASTER_KEY=x\nB="sk-your-key"\nC="other"\n';
    const tree = openTree(memorySource({ a: text }));
    tree.overwrite(repoPath('a'), `${text}more\n`);
    expect(printablePatch(tree.changes(), tree.content).hidden).toEqual([]);
  });
});
