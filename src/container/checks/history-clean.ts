import { findSecrets } from '../../base/secrets.ts';
import { type Bench, copyLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { imageHistory } from '../engine.ts';
import { imageFiles } from '../image-files.ts';

/** No secret stands in the commands that built the image, nor in its files. */
export const historyClean: ContainerCheck = {
  id: 'I10-history-clean',
  title: 'No secret stands in the history or the files of the image',
  severity: 'blocker',
  level: 'image',
  reads: 'files',
  securitySeverity: 9,
  description:
    'Everyone who has the image reads the commands that built it, build arguments included, and every file in it. Searched are the whole history ' +
    'and the small files outside of packages; a file that a later instruction deleted is not seen, and is still in its layer. Shown are the public ' +
    'prefix and a short hash.',
  run: async (bench) => answerOf([...(await inHistory(bench)), ...(await inFiles(bench))]),
};

async function inHistory(bench: Bench): Promise<readonly ContainerFinding[]> {
  const { session, image, judged } = bench;
  const seen = new Set<string>();
  return (await imageHistory(session.engine, image.facts.id)).flatMap(({ createdBy, comment }) =>
    findSecrets(`${createdBy}\n${comment}`).flatMap(({ masked }) => {
      if (seen.has(masked)) return [];
      seen.add(masked);
      return [
        {
          message: 'a secret stands in the history of the image',
          expected: 'no secret in RUN, ENV, ARG or LABEL, nor in a build argument',
          seen: masked,
          subject: masked,
          path: judged.path,
          line: lineWith(bench, createdBy, masked),
          next: 'revoke it where it was issued, and give it to the container when it starts',
          byHand: `${session.engine.program} history --no-trunc ${image.name}`,
        },
      ];
    }),
  );
}

async function inFiles(bench: Bench): Promise<readonly ContainerFinding[]> {
  return (await imageFiles(bench)).flatMap(({ path, content }) => {
    if (content === null || !content.includes('sk-')) return [];
    const masked = [...new Set(findSecrets(content.toString('latin1')).map((one) => one.masked))];
    return masked.map((one) => ({
      message: `a secret stands in a file of the image: /${path}`,
      expected: 'no file with a key or token',
      seen: one,
      subject: `/${path} ${one}`,
      ...copyLine(bench, `/${path}`),
      next: 'revoke it where it was issued, and take the file out of what is copied',
      byHand: `${bench.session.engine.program} create ${bench.image.name}   # then: cp ID:/${path} -`,
    }));
  });
}

/** The instruction that holds the secret itself, else the one whose words are those of the layer, else FROM. */
function lineWith({ judged }: Bench, createdBy: string, masked: string): number {
  const holds = judged.stage.instructions.find(({ args }) =>
    findSecrets(args.text).some((found) => found.masked === masked),
  );
  const named = judged.stage.args.find(({ name }) => createdBy.includes(`${name}=`));
  return holds?.line ?? named?.line ?? judged.stage.base.line;
}
