import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';

const PREFIX = 'org.opencontainers.image.';
const NEEDED = ['source', 'revision', 'created'];

/** The labels of the image speak of this image. */
export const labels: ContainerCheck = {
  id: 'I11-labels',
  title: 'The labels of the image speak of this image',
  severity: 'info',
  level: 'image',
  description:
    'Labels of the Open Container Initiative tell from which source and commit an image was built, and on what. Every label of the base is inherited: ' +
    'unless the build sets its own, the image says that it is its base. Most builds set them in CI; an image without any is not judged.',
  run: async (bench) => {
    const { image, base, session } = bench;
    const all = Object.entries(image.facts.labels).filter(([name]) => name.startsWith(PREFIX));
    if (all.length === 0) {
      return { kind: 'not-applicable', why: 'neither the Dockerfile nor the base sets labels; a build in CI may' };
    }
    const own = new Set(all.filter(([name, value]) => base.facts.labels[name] !== value).map(([name]) => name));
    const inherited = all.filter(([name]) => !own.has(name)).map(([name]) => name.slice(PREFIX.length));
    const lacking = NEEDED.filter((name) => !own.has(`${PREFIX}${name}`));
    const named = image.facts.labels[`${PREFIX}base.name`];
    const untrue = named !== undefined && own.has(`${PREFIX}base.name`) && !sameImage(named, base.name);
    const faults = [
      ...(lacking.length > 0 ? [`not set for this image: ${lacking.join(', ')}`] : []),
      ...(inherited.length > 0 ? [`those of the base: ${inherited.join(', ')}`] : []),
      ...(untrue ? [`base.name is ${named}`] : []),
    ];
    if (faults.length === 0) return { kind: 'holds' };
    return answerOf([
      {
        message: 'the labels of the image do not say what it is',
        expected: `${NEEDED.join(', ')} of this image; base.name ${base.name}`,
        seen: faults.join('\n'),
        ...dockerfileLine(bench, 'LABEL'),
        next: 'set them in the workflow that builds the image, with docker/metadata-action or --label',
        byHand: `${session.engine.program} image inspect --format '{{json .Config.Labels}}' ${image.name}`,
      },
    ]);
  },
};

const sameImage = (a: string, b: string): boolean => withoutDigest(a) === withoutDigest(b);
const withoutDigest = (name: string): string => name.replace(/@sha256:.*$/, '').replace(/^docker\.io\//, '');
