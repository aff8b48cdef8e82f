import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';

const MIB = 1024 ** 2;
/** LiteLLM with its proxy parts adds about 650 MiB, the database client with its engines about 200 more. */
const ADDED = 1024 * MIB;
/** The base is about 1 to 1.4 GiB. */
const TOTAL = 2560 * MIB;

/** The image is no bigger than its parts. */
export const size: ContainerCheck = {
  id: 'I12-size',
  title: 'The image is no bigger than its parts',
  severity: 'warn',
  level: 'image',
  description:
    `At most ${ADDED / MIB} MiB over the base and ${TOTAL / MIB} MiB in all. A cache of pip or npm that stays in a layer, or a second copy of the packages, ` +
    'is seen here. Sizes are those that the engine states; both come from the same engine, since storage back ends count differently.',
  run: async (bench) => {
    const { image, base, session } = bench;
    const added = image.facts.size - base.facts.size;
    const measure = `as ${session.engine.program} counts them (${session.engine.storageDriver})`;
    const rows: readonly (readonly [string, number, number])[] = [
      ['over the base', added, ADDED],
      ['in all', image.facts.size, TOTAL],
    ];
    return answerOf(
      rows
        .filter(([, seen, budget]) => seen > budget)
        .map(([what, seen, budget]) => ({
          message: `the image is too big ${what}`,
          expected: `at most ${mib(budget)}`,
          seen: `${mib(seen)}, ${measure}`,
          subject: what,
          ...dockerfileLine(bench, 'RUN'),
          next: `see which layer it is: ${session.engine.program} history ${image.name}`,
          byHand: `${session.engine.program} image inspect --format '{{.Size}}' ${image.name} ${base.name}`,
        })),
    );
  },
};

/** Bytes as mebibytes, whole. */
export function mib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
