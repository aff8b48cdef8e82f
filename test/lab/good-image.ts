import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckout } from '../../src/checkout/read.ts';
import { readProject } from '../../src/checks/project.ts';
import { ALL_CHECKS, parsersOf } from '../../src/checks/run.ts';
import { type Bench, openBench } from '../../src/container/bench.ts';
import { buildTree } from '../../src/container/build-tree.ts';
import { CONTAINER_CHECKS } from '../../src/container/checks/index.ts';
import type { VerifyLevel } from '../../src/container/define.ts';
import { buildImage, inspectImage } from '../../src/container/engine.ts';
import { imageFiles } from '../../src/container/image-files.ts';
import { type ContainerRun, runContainerChecks } from '../../src/container/run-checks.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { contextFolder } from './context-folder.ts';
import type { Lab } from './lab.ts';
import type { BaseShape } from './shapes.ts';

const ROOT = new URL('../../', import.meta.url);
const SCRIPT = new URL('migrations/0001-oauth-only/templates/litellm-entrypoint.sh', ROOT);

/**
 * A bench on the image that the template gives for the checkout of `test/lab/checkout`. On the base of February 2026 its
 * provider speaks to the SDK of that time: it switches tools off and streams.
 */
export async function goodBench(lab: Lab, shape: BaseShape['name'] = 'july-2025'): Promise<Bench> {
  const standIn = await lab.base(shape);
  const folder = mkdtempSync(join(tmpdir(), 'refit-good-'));
  try {
    cpSync(new URL('test/lab/checkout/', ROOT), folder, { recursive: true });
    // What differs where the SDK is the later one.
    if (standIn.shape === 'february-2026')
      cpSync(new URL('test/lab/checkout-agent-sdk/', ROOT), folder, { recursive: true });
    cpSync(new URL('Dockerfile.template', ROOT), join(folder, 'Dockerfile'));
    mkdirSync(join(folder, 'scripts'));
    writeFileSync(join(folder, 'scripts/litellm-entrypoint.sh'), readFileSync(SCRIPT), { mode: 0o755 });
    // Read whole before the folder goes: a checkout reads a file when it is asked for.
    const { source } = await openCheckout(folder);
    const files = Object.fromEntries(
      source.list().map((path) => [path, { content: source.read(path), mode: source.mode(path) }]),
    );
    await loadParsers(parsersOf());
    const tree = openTree(memorySource(files));
    const project = readProject(tree, {});
    const judged = project.dockerfile;
    if (judged.kind !== 'read') throw new Error('the checkout of the lab has no Dockerfile');
    const base = await inspectImage(lab.engine, judged.stage.base.text);
    if (base === null) throw new Error('the stand-in base is gone');
    const built = await buildTree(lab.session, {
      tree,
      judged,
      owner: `lab-good-${standIn.shape}`,
      base: { name: judged.stage.base.text, id: base.id, replaces: false },
      buildArgs: { WITH_DATABASE: '0' },
      useCache: true,
      onLine: () => undefined,
    });
    if (built.kind !== 'built') throw new Error(built.log.join('\n'));
    const found = { name: judged.stage.base.text, facts: base };
    return openBench({
      session: lab.session,
      tree,
      project,
      judged,
      image: built.image,
      base: found,
      database: { kind: 'none' },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The same bench on a thin layer over the good image: `layer` is the text of a Dockerfile after its FROM, `files` are beside
 * it. Its tree stays the good one, for it is the image that is wrong.
 */
export async function mutatedBench(
  lab: Lab,
  good: Bench,
  layer: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Bench> {
  const context = { ...files, Dockerfile: `FROM ${good.image.name}\n${layer}\n` };
  const built = await contextFolder(context, (folder) => buildImage(lab.session, { context: folder }));
  if (built.kind !== 'built') throw new Error(built.log.join('\n'));
  const facts = await inspectImage(lab.engine, built.imageId);
  if (facts === null) throw new Error('the image that was just built is gone');
  const image = { facts, name: built.imageId, reused: false, milliseconds: built.milliseconds, log: built.log };
  const mutated = openBench({ ...good, image });
  // An instruction that makes no layer changes no file, and the list of all of them takes seconds.
  const sameFiles = facts.layers.join() === good.image.facts.layers.join();
  if (sameFiles) await mutated.once('image-files', () => imageFiles(good));
  return mutated;
}

const STAND_IN = new URL('test/container/mutations/server.py', ROOT);
const STAND_IN_LAYER = `USER root
COPY litellm.sh /opt/venv/bin/litellm
RUN chmod 755 /opt/venv/bin/litellm
USER claude
HEALTHCHECK --interval=1s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health/liveliness', timeout=4)"]`;

/** The good image with a stand-in for the litellm command: it is up at once, and has the fault that `FAULT` names. */
export function standInBench(lab: Lab, good: Bench): Promise<Bench> {
  return mutatedBench(lab, good, STAND_IN_LAYER, { 'litellm.sh': readFileSync(STAND_IN, 'utf8') });
}

/** The same image, with more files in the tree that stands beside it. */
export function withFiles(bench: Bench, files: Readonly<Record<string, string>>, change: Partial<Bench> = {}): Bench {
  const known = bench.tree
    .paths()
    .map((path) => [path, { content: bench.tree.readBytes(path), mode: bench.tree.mode(path) }] as const);
  const tree = openTree(memorySource({ ...Object.fromEntries(known), ...files }));
  const project = readProject(tree, {});
  if (project.dockerfile.kind !== 'read') throw new Error('the checkout of the lab has no Dockerfile');
  return openBench({ ...bench, tree, project, judged: project.dockerfile, ...change });
}

/** Runs the container checks up to a level: every one, or those whose ids start so. */
export function runAll(
  bench: Bench,
  level: VerifyLevel,
  only: readonly string[] = [],
): Promise<readonly ContainerRun[]> {
  return runContainerChecks(bench, CONTAINER_CHECKS, {
    level,
    selection: { ...ALL_CHECKS, only },
    width: 2,
    onDone: () => undefined,
  });
}

/**
 * The ids of the checks that found something, `R09`. One that broke is an error of the test, and so is one that could not
 * run, unless its reason names a check that found something or it is one of `cannot`, which must not run.
 */
export function redOf(runs: readonly ContainerRun[], cannot: readonly string[] = []): readonly string[] {
  const numberOf = ({ check }: ContainerRun): string => check.id.split('-')[0] ?? '';
  const red = runs.filter(({ result }) => result.status === 'failed');
  const broken = runs.filter((run) => {
    const { result } = run;
    if (result.status === 'skipped')
      return !cannot.includes(numberOf(run)) && !red.some(({ check }) => result.why.includes(check.id));
    return result.status === 'errored' || cannot.includes(numberOf(run));
  });
  if (broken.length > 0)
    throw new Error(
      JSON.stringify(
        broken.map(({ result }) => result),
        null,
        2,
      ),
    );
  return red.map(numberOf);
}
