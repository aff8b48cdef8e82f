// Ratios in one run: every row compares commands that ran in turn on the same machine, so that a busy machine slows both.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { benchAgentSdk } from './agent-sdk.mjs';
import { referenceWriteLoop } from './reference-loop.mjs';
import { fillFiles, smallScriptFiles, smallTreeFiles } from './repositories.mjs';

const root = resolve(import.meta.dirname, '..');
const refit = join(root, 'bin/refit.cjs');
const large = process.argv.includes('--large');
const containers = process.argv.includes('--containers');
const scratch = mkdtempSync(join(tmpdir(), 'refit-bench-'));
// Extra certificates are read at each start of Node and would weigh on the shortest rows only.
const env = { ...process.env, NO_COLOR: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
delete env.NODE_EXTRA_CA_CERTS;
delete env.NODE_OPTIONS;

/** Seconds of one run; any exit code in `ok` counts. */
function time(command, args, { cwd = scratch, ok = [0] } = {}) {
  const start = process.hrtime.bigint();
  const result = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], maxBuffer: 1 << 28 });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  if (!ok.includes(result.status))
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}: ${result.stderr}`);
  return seconds;
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Medians of commands run in turn. */
function compare(commands, rounds) {
  const taken = commands.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, run] of commands.entries()) {
      const seconds = run();
      // The first round warms caches.
      if (round > 0) taken[index].push(seconds);
    }
  }
  return taken.map(median);
}

/** Peak resident memory of a run, in MB. */
function peakMemory(args, options = {}) {
  const file = join(scratch, 'rss');
  const preload = `data:text/javascript,import{writeFileSync}from'node:fs';process.on('exit',()=>writeFileSync(${JSON.stringify(file)},String(process.resourceUsage().maxRSS)))`;
  spawnSync(process.execPath, ['--import', preload, refit, ...args], {
    cwd: scratch,
    env,
    stdio: 'ignore',
    ...options,
  });
  return Number(readFileSync(file, 'utf8')) / 1024;
}

/** Each row is printed once it is measured. */
const print = (cells) => console.log(`| ${cells.join(' | ')} |`);
const row = (what, seconds, ratio, goal, unit = '×') => {
  const met = goal === null ? '–' : ratio <= goal ? 'yes' : 'NO';
  print([
    what,
    seconds === null ? '' : `${seconds.toFixed(3)} s`,
    `${ratio.toFixed(2)} ${unit}`,
    goal === null ? 'reported' : `≤ ${goal} ${unit}`,
    met,
  ]);
};

const notRun = (what, why) => print([what, '', `not run: ${why}`, '', '–']);

function git(cwd, ...args) {
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'gc.auto=0', ...args], {
    cwd,
    env,
    stdio: 'ignore',
  });
}

function makeRepository(name, files) {
  const folder = join(scratch, name);
  cpSync(join(root, 'fixtures/oauth-only/full/before'), folder, { recursive: true });
  fillFiles(folder, files);
  git(folder, 'init', '-q');
  git(folder, 'add', '-A', '-f');
  git(folder, 'commit', '-q', '-m', 'start');
  return folder;
}

function benchStart() {
  const node = () => time(process.execPath, ['-e', '0']);
  const [base, version, help] = compare(
    [node, () => time(process.execPath, [refit, '--version']), () => time(process.execPath, [refit, '--help'])],
    15,
  );
  row('refit --version / node -e 0', version, version / base, 1.5);
  row('refit --help / node -e 0', help, help / base, 3);
}

function benchPlan() {
  const folder = makeRepository('hundred', smallTreeFiles(100));
  const node = () => time(process.execPath, ['-e', '0']);
  const plan = () => time(process.execPath, [refit, 'plan', folder, '--no-diff']);
  const [base, planned] = compare([node, plan], 9);
  row('plan, 100 files / node -e 0', planned, planned / base, 8);
  const jscodeshift = findJscodeshift();
  const what = 'plan, 100 files / jscodeshift, 100 files';
  if (jscodeshift !== null) {
    const sources = join(scratch, 'sources');
    fillFiles(sources, smallScriptFiles(100));
    const transform = join(root, 'bench/rename-transform.cjs');
    const peer = () => time(process.execPath, [jscodeshift, '--dry', '--silent', '-t', transform, sources]);
    const [ours, theirs] = compare([plan, peer], 3);
    row(what, ours, ours / theirs, 0.3);
  } else notRun(what, 'jscodeshift is not installed');
  row('peak memory, plan, 100 files', null, peakMemory(['plan', folder, '--no-diff']), 120, 'MB');
}

function benchCheck() {
  const legacy = makeRepository('legacy', []);
  const migrated = join(scratch, 'migrated');
  cpSync(join(root, 'fixtures/oauth-only/full/after'), migrated, { recursive: true });
  git(migrated, 'init', '-q');
  git(migrated, 'add', '-A', '-f');
  git(migrated, 'commit', '-q', '-m', 'start');
  const node = () => time(process.execPath, ['-e', '0']);
  // Outside linters are measured on their own.
  const check = (folder, ...args) => time(process.execPath, [refit, 'check', folder, ...args], { ok: [0, 2, 3] });
  const [base, pending, done] = compare(
    [node, () => check(legacy, '--skip', 'S28'), () => check(migrated, '--skip', 'S28')],
    9,
  );
  row('check, legacy fixture / node -e 0', pending, pending / base, 8);
  row('check, migrated fixture / node -e 0', done, done / base, 8);
  const what = 'check, migrated fixture / hadolint + shellcheck in sequence';
  const [hadolint, shellcheck] = ['hadolint', 'shellcheck'].map((name) => findProgram(name));
  if (hadolint === null || shellcheck === null) {
    notRun(what, 'hadolint and shellcheck are not both installed');
    return;
  }
  const sequence = () =>
    time(hadolint, ['--no-fail', join(migrated, 'Dockerfile')]) +
    time(shellcheck, [join(migrated, 'scripts/litellm-entrypoint.sh')], { ok: [0, 1] });
  const [ours, theirs] = compare([() => check(migrated, '--skip', 'S28'), sequence], 9);
  row(what, ours, ours / theirs, 1);
}

function findJscodeshift() {
  try {
    return createRequire(import.meta.url).resolve('jscodeshift/bin/jscodeshift.js');
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

function findProgram(name) {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { env, encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}

function benchLargePlan() {
  const folder = makeRepository('large', smallTreeFiles(100_000));
  const words = [
    'auth_integration',
    'add_auth_routes',
    'simple-oauth',
    'custom_provider_map',
    'CustomLLM',
    'authenticate-claude.sh',
  ];
  const search = () =>
    time('git', ['grep', '-lF', ...words.flatMap((word) => ['-e', word])], { cwd: folder }) +
    time('git', ['status', '--porcelain'], { cwd: folder });
  const gate = () => time(process.execPath, [refit, 'check', folder, '--skip', 'S28'], { ok: [2] });
  const [plan, peers, check] = compare(
    [() => time(process.execPath, [refit, 'plan', folder, '--no-diff']), search, gate],
    3,
  );
  row('check, 100,000 files / (1.3 × (git grep + git status) + 0.3 s)', check, check / (1.3 * peers + 0.3), 1);
  row('plan, 100,000 files / (1.3 × (git grep + git status) + 0.3 s)', plan, plan / (1.3 * peers + 0.3), 1);
  row('peak memory, plan, 100,000 files', null, peakMemory(['plan', folder, '--no-diff']), 250, 'MB');
  row('peak memory, check, 100,000 files', null, peakMemory(['check', folder, '--skip', 'S28']), null, 'MB');
}

async function benchLargeApply() {
  const { applyTenThousand, settle } = await import('./large-apply.mjs');
  const folder = join(scratch, 'apply');
  const loop = [];
  const apply = [];
  const checkout = [];
  const memory = [];
  for (let round = 0; round < 3; round += 1) {
    const taken = await applyTenThousand(join(folder, String(round)), { git, time, root });
    apply.push(taken.apply);
    checkout.push(taken.checkout);
    memory.push(taken.megabytes);
    loop.push(referenceWriteLoop(join(folder, `loop-${round}`), 10_000));
    settle();
  }
  row('apply, 10,000 files / write + fsync + rename one by one', median(apply), median(apply) / median(loop), 0.6);
  row('apply, 10,000 files / git checkout', median(apply), median(apply) / median(checkout), null);
  row('peak memory, apply, 10,000 files', null, median(memory), 250, 'MB');
}

const head = ['measured', 'median', 'ratio', 'goal', 'met'];
console.log(`${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}\n`);
for (const cells of [head, head.map(() => '---')]) print(cells);
try {
  benchStart();
  benchPlan();
  benchCheck();
  const tools = { compare, git, notRun, peakMemory, row, time };
  benchAgentSdk({ scratch, refit, root, env, large, jscodeshift: findJscodeshift(), ...tools });
  if (large) {
    benchLargePlan();
    await benchLargeApply();
  }
  if (containers) {
    const { benchContainers } = await import('./containers.mjs');
    await benchContainers({ scratch, root, refit, git, time, row, notRun });
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (!large)
  console.log(
    '\nnpm run bench -- --large adds plans on 20,000 and 100,000 files, check on 100,000 and the apply of 10,000; --containers adds verify',
  );
