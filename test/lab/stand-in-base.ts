import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, type Engine, inspectImage, openSession, tagImage } from '../../src/container/engine.ts';
import { prepareContext, recipeHash } from './base-context.ts';
import { debianImage } from './debian.ts';
import { readPackageSettings } from './machine.ts';
import { type BaseShape, DEBIAN_PACKAGES, REAL_NAMES, SHAPES } from './shapes.ts';

/** On every stand-in; its value is the hash of the recipe. */
const RECIPE_LABEL = 'refit.lab.recipe';

/** A stand-in for the published base image. */
export interface StandIn {
  readonly shape: BaseShape['name'];
  readonly id: string;
  /** A local name that only the lab uses. */
  readonly name: string;
}

/** Gives the stand-in of that shape, built when there is none from the same recipe and settings. */
export async function standInBase(engine: Engine, shapeName: BaseShape['name']): Promise<StandIn> {
  const shape = SHAPES[shapeName];
  const settings = await readPackageSettings();
  const architecture = /^(?:aarch64|arm64)$/.test(engine.architecture) ? 'arm64' : 'x64';
  const hash = recipeHash(shape, settings, architecture);
  const name = `refit-lab/base:${shape.name}`;
  // By name: whatever is built on the stand-in inherits its label.
  const cached = await inspectImage(engine, name);
  if (cached?.labels[RECIPE_LABEL] === hash) return { shape: shapeName, id: cached.id, name };
  const context = mkdtempSync(join(tmpdir(), 'refit-lab-base-'));
  try {
    const debian = await debianImage(engine);
    await prepareContext(context, shape, settings, architecture);
    const result = await buildImage(openSession(engine), {
      context,
      keep: name,
      labels: { [RECIPE_LABEL]: hash },
      buildArgs: {
        ...settings.buildArgs,
        DEBIAN_IMAGE: debian,
        APT_PACKAGES: [...DEBIAN_PACKAGES, ...shape.debianPackages].join(' '),
        PYTHON_SDK: shape.pythonSdk,
        LOCAL_BIN: shape.localBin,
        UV_INDEX_URL: settings.pythonIndex,
      },
    });
    if (result.kind !== 'built') throw new Error(`the stand-in base was not built:\n${result.failure.tail.join('\n')}`);
    return { shape: shapeName, id: result.imageId, name };
  } finally {
    rmSync(context, { recursive: true, force: true });
  }
}

/**
 * Makes the stand-in answer to the names of the published image, so that a Dockerfile under test needs no change. A name
 * that some other image has already is left to it. @returns the names that now mean the stand-in.
 */
export async function lendRealNames(engine: Engine, standIn: StandIn): Promise<readonly string[]> {
  const lent: string[] = [];
  for (const name of REAL_NAMES) {
    const holder = await inspectImage(engine, name);
    if (holder !== null && !(RECIPE_LABEL in holder.labels)) continue;
    await tagImage(engine, standIn.id, name);
    lent.push(name);
  }
  return lent;
}
