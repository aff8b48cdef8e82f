import { BASE_CONTRACT, type BaseDrift, compareBase, compareBaseFiles } from '../base-contract.ts';
import type { Bench } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { imageFiles } from '../image-files.ts';

/** The image stands on the base that FROM names, and that base is what the migration relies on. */
export const derivedFromBase: ContainerCheck = {
  id: 'I02-derived-from-base',
  title: 'The image stands on the base, and the base is as it is known',
  severity: 'error',
  level: 'image',
  reads: 'files',
  description:
    'The first layers of the image are those of the image that FROM names: it truly inherits. And that base has what the migrated image relies on: ' +
    'user and number, folders, virtual environment, entrypoint, port, tools, an SDK. Its tag moves, so what differs is named as a warning, before it ' +
    'is met somewhere else.',
  run: async (bench) => {
    const { image, base, judged } = bench;
    const at = { path: judged.path, line: judged.stage.base.line };
    if (!base.facts.layers.every((layer, index) => image.facts.layers[index] === layer)) {
      const finding: ContainerFinding = {
        message: `the image does not stand on ${base.name}`,
        expected: `its first ${base.facts.layers.length} layers, in order`,
        seen: `${sharedLayers(bench)} of them`,
        ...at,
        ...(judged.base === 'look-alike' ? { failureMode: 'FM-31' } : {}),
        next: `build it again: refit verify --no-cache`,
        byHand: `${bench.session.engine.program} image inspect --format '{{.RootFS.Layers}}' ${base.name} ${image.name}`,
      };
      return answerOf([finding]);
    }
    const drift = [...compareBase(base.facts), ...compareBaseFiles(await imageFiles(bench), image.facts.env)];
    return answerOf(drift.map((one) => ({ ...driftFinding(one, bench), ...at })));
  },
};

function sharedLayers({ image, base }: Bench): number {
  const first = base.facts.layers.findIndex((layer, index) => image.facts.layers[index] !== layer);
  return first === -1 ? base.facts.layers.length : first;
}

function driftFinding({ what, expected, seen }: BaseDrift, { base, session }: Bench): ContainerFinding {
  return {
    severity: 'warn',
    message: `the base differs from what the image relies on: ${what}`,
    expected: `${expected} (base contract ${BASE_CONTRACT.version})`,
    seen,
    subject: what,
    failureMode: what === 'Python SDK' ? 'FM-16' : 'FM-32',
    next: 'name a base that agrees in FROM, by its digest, or see that the image does not need it',
    byHand: `${session.engine.program} image inspect ${base.name}`,
  };
}
