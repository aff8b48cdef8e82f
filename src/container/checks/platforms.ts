import type { RepoPath } from '../../base/repo-path.ts';
import { workflowJobs } from '../../checks/workflow-files.ts';
import type { Bench } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { offeredPlatforms } from '../engine.ts';

interface Wanted {
  readonly platform: string;
  readonly path: RepoPath;
  readonly line: number;
}

/** The base is offered for every platform that CI builds. */
export const platforms: ContainerCheck = {
  id: 'I13-platforms',
  title: 'The base is offered for every platform that CI builds',
  severity: 'warn',
  level: 'image',
  description:
    'A workflow that builds for several platforms needs a base for each. The registry is asked; a base that is only in the engine has no list of platforms.',
  run: async (bench) => {
    const wanted = wantedPlatforms(bench);
    if (new Set(wanted.map(({ platform }) => platform)).size < 2) {
      return { kind: 'not-applicable', why: 'no workflow builds for more than one platform' };
    }
    const offered = await offeredPlatforms(bench.session.engine, bench.base.name);
    if (offered === null) {
      return { kind: 'cannot', why: `no registry tells for which platforms ${bench.base.name} is offered` };
    }
    return answerOf(
      wanted
        .filter(({ platform }) => !offered.includes(platform))
        .map(({ platform, path, line }) => ({
          message: `the base is not offered for ${platform}`,
          expected: platform,
          seen: offered.join(', '),
          subject: platform,
          path,
          line,
          next: `take ${platform} out of the platforms`,
          byHand: `${bench.session.engine.program} manifest inspect ${bench.base.name}`,
        })),
    );
  },
};

function wantedPlatforms({ tree }: Bench): readonly Wanted[] {
  return workflowJobs(tree).flatMap(({ path, steps }) =>
    steps.flatMap(({ inputs }) => {
      const given = inputs.get('platforms');
      const names = (given?.text ?? '').split(/[\s,]+/).filter((name) => /^linux\/(?:amd64|arm64)$/.test(name));
      return names.map((platform) => ({ platform, path, line: given?.line ?? 1 }));
    }),
  );
}
