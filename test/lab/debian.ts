import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askEngine, type Engine, inspectImage, pullImage } from '../../src/container/engine.ts';
import { runProcess } from '../../src/host/process.ts';
import { installPackages, mayInstall } from './install.ts';
import { mustRun } from './machine.ts';

const PUBLISHED = 'debian:bookworm-slim';
const OWN = 'refit-lab/debian:bookworm';

/**
 * Names a local Debian image to build on: the published one when the engine has it or a registry answers, else one that
 * debootstrap makes, which needs root.
 */
export async function debianImage(engine: Engine): Promise<string> {
  for (const name of [PUBLISHED, OWN]) if ((await inspectImage(engine, name)) !== null) return name;
  if (await pullImage(engine, PUBLISHED, { timeout: 120_000 })) return PUBLISHED;
  const found = await runProcess('debootstrap', ['--version'], { timeout: 10_000 });
  if (found.failed) {
    const why = mayInstall();
    if (why !== null) throw new Error(`no registry has ${PUBLISHED}, and debootstrap cannot be installed: ${why}`);
    await installPackages(['debootstrap']);
  }
  await bootstrap(engine);
  return OWN;
}

async function bootstrap(engine: Engine): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'refit-lab-debian-'));
  try {
    const root = join(folder, 'root');
    await mustRun('debootstrap', ['--variant=minbase', 'bookworm', root], { timeout: 900_000 });
    const archive = join(folder, 'root.tar');
    await mustRun('tar', ['-C', root, '-cf', archive, '.']);
    await askEngine(engine, ['import', '--change', 'LABEL refit.lab=debian', archive, OWN], { timeout: 300_000 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
