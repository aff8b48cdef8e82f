import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fillFiles, typeScriptFiles } from './repositories.mjs';

const HITS = 100;
const OLD = '@anthropic-ai/claude-code';

/** Rows of plans of `agent-sdk` on generated TypeScript, beside jscodeshift (its path, or null) and `git grep`. */
export function benchAgentSdk({ scratch, refit, root, env, large, jscodeshift, ...bench }) {
  const { compare, git, notRun, peakMemory, row, time } = bench;
  const planOf = (folder) => ['plan', folder, '--migration', 'agent-sdk', '--no-diff'];
  const repository = (name, count, hits) => {
    const folder = join(scratch, name);
    mkdirSync(folder);
    fillFiles(folder, typeScriptFiles(count, hits));
    git(folder, 'init', '-q');
    git(folder, 'add', '-A');
    git(folder, 'commit', '-q', '-m', 'start');
    return folder;
  };
  const plan = (folder) => () => time(process.execPath, [refit, ...planOf(folder)]);
  const grep = (folder) => () => time('git', ['grep', '-lF', OLD], { cwd: folder, ok: [0, 1] });
  const mustFind = (folder, changes) => {
    const args = [refit, ...planOf(folder), '--format', 'json'];
    const told = spawnSync(process.execPath, args, { env, encoding: 'utf8', maxBuffer: 1 << 28 });
    const found = JSON.parse(told.stdout).plan.changes.length;
    if (found !== changes) throw new Error(`the plan has ${found} changes, not ${changes}: ${told.stderr}`);
  };

  const hit = repository('sdk-hits', 1000, HITS);
  mustFind(hit, HITS);
  const peer = 'plan agent-sdk, 1,000 files with 100 hits / jscodeshift, the rename alone';
  if (jscodeshift === null) notRun(peer, 'jscodeshift is not installed');
  else {
    const transform = join(root, 'bench/import-transform.cjs');
    const options = ['--dry', '--silent', '--parser=ts', '--extensions=ts', '-t', transform];
    const rename = () => time(process.execPath, [jscodeshift, ...options, join(hit, 'src')]);
    const [ours, theirs] = compare([plan(hit), rename], 3);
    row(peer, ours, ours / theirs, 0.5);
  }
  row('peak memory, plan agent-sdk, 1,000 files with 100 hits', null, peakMemory(planOf(hit)), 250, 'MB');

  const none = repository('sdk-none', 1000, 0);
  mustFind(none, 0);
  const [quiet, searched] = compare([plan(none), grep(none)], 5);
  const limit = 1.3 * searched + 0.2;
  row('plan agent-sdk, 1,000 files with no hit / (1.3 × git grep + 0.2 s)', quiet, quiet / limit, 1);
  if (!large) return;

  const many = repository('sdk-many', 20_000, HITS);
  mustFind(many, HITS);
  const [big, small, search] = compare([plan(many), plan(hit), grep(many)], 3);
  const what = 'plan agent-sdk, 20,000 files with 100 hits / (1,000 files + git grep)';
  row(what, big, big / (small + search), 1.5);
}
