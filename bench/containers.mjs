// Rows of verify: each compares with what the engine itself takes for the same image, in the same run.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const BASE = 'ghcr.io/cabinlab/claude-code-sdk:python';
const SECRET = `sk-bench-${process.pid}`;

/** Why the rows cannot be measured here, or null. */
function whyNot() {
  const engine = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], { encoding: 'utf8' });
  if (engine.status !== 0) return 'no container engine answers';
  const base = spawnSync('docker', ['image', 'inspect', BASE], { stdio: 'ignore' });
  return base.status === 0 ? null : `the engine has no ${BASE}`;
}

/** A migrated checkout whose provider needs no account, and the same with the first plan's Dockerfile. */
function makeCheckouts(scratch, root, git) {
  const lab = join(root, 'test/lab');
  const [migrated, naive] = ['verified', 'naive'].map((name) => join(scratch, name));
  for (const folder of [migrated, naive]) cpSync(join(lab, 'checkout'), folder, { recursive: true });
  cpSync(join(lab, 'naive'), naive, { recursive: true });
  copyFileSync(join(root, 'Dockerfile.template'), join(migrated, 'Dockerfile'));
  mkdirSync(join(migrated, 'scripts'));
  const script = join(migrated, 'scripts/litellm-entrypoint.sh');
  copyFileSync(join(root, 'migrations/0001-oauth-only/templates/litellm-entrypoint.sh'), script);
  chmodSync(script, 0o755);
  git(migrated, 'init', '-q');
  git(migrated, 'add', '-A', '-f');
  git(migrated, 'commit', '-q', '-m', 'start');
  return { migrated, naive };
}

/** Starts the image and waits until its own health check answers; returns seconds. */
async function startToHealthy(image) {
  const name = `refit-bench-${process.pid}`;
  const begin = process.hrtime.bigint();
  // Shut in, as verify has it: neither of them waits for a network.
  const run = ['run', '--detach', '--name', name, '--network', 'none', '--env', `LITELLM_MASTER_KEY=${SECRET}`];
  spawnSync('docker', [...run, '--env', 'LITELLM_LOCAL_MODEL_COST_MAP=True', image], { stdio: 'ignore' });
  try {
    for (;;) {
      const { stdout } = spawnSync('docker', ['inspect', '--format', '{{.State.Health.Status}}', name], {
        encoding: 'utf8',
      });
      if (stdout.trim() === 'healthy') return Number(process.hrtime.bigint() - begin) / 1e9;
      if (stdout.trim() === 'unhealthy' || stdout === '') throw new Error(`the image ended ${stdout || 'at once'}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  } finally {
    spawnSync('docker', ['rm', '--force', '--volumes', name], { stdio: 'ignore' });
  }
}

/** Measures and prints the rows; all images that it made are removed again. */
export async function benchContainers({ scratch, root, refit, git, time, row, notRun }) {
  const reason = whyNot();
  const rows = ['verify / (plain build + plain start to healthy)', 'second verify / first verify'];
  if (reason !== null) {
    for (const what of [...rows, "build of the migrated image / of the first plan's Dockerfile"]) notRun(what, reason);
    return;
  }
  const { migrated, naive } = makeCheckouts(scratch, root, git);
  const tag = `refit-bench/${process.pid}`;
  const build = (folder, ...args) =>
    time('docker', ['build', '--quiet', '--no-cache', '--tag', tag, ...args, folder], { ok: [0] });
  try {
    const planned = build(naive);
    const built = build(migrated, '--build-arg', 'WITH_DATABASE=0');
    const started = await startToHealthy(tag);
    const verify = (...args) => time(process.execPath, [refit, 'verify', migrated, ...args], { ok: [0, 3] });
    const first = verify('--no-cache');
    const second = verify();
    row(rows[0], first, first / (built + started), 1.25);
    row(rows[1], second, second / first, 0.6);
    row("build of the migrated image / of the first plan's Dockerfile", built, built / planned, 0.35);
  } finally {
    const { stdout } = spawnSync('docker', ['images', '--format', '{{.Repository}}:{{.Tag}}'], { encoding: 'utf8' });
    const made = stdout.split('\n').filter((name) => name.startsWith(tag) || name.startsWith('refit-verify/verified-'));
    if (made.length > 0) spawnSync('docker', ['rmi', ...made], { stdio: 'ignore' });
  }
}
