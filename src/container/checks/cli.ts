import { byHand } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { importsOfCode, loadedOr } from '../load.ts';
import { requirementLine } from '../source-lines.ts';
import { imageVersions } from '../versions.ts';

/** The claude command that the SDK runs is the one on PATH, or of its version. */
export const cli: ContainerCheck = {
  id: 'R05-cli',
  title: 'The SDK runs the claude command that the image is known by',
  severity: 'warn',
  level: 'run',
  reads: 'loaded',
  description:
    'Since 0.1.8 the Python SDK brings a claude command of its own and prefers it to the one on PATH. Where the two differ, whatever is tried by hand ' +
    'in the container is tried with another version than the server uses. The SDK itself is asked which one it takes.',
  run: async (bench) => {
    const seen = await loadedOr(bench);
    if ('why' in seen) return seen;
    const { cli: commands } = seen.look;
    if (commands === undefined) return { kind: 'cannot', why: 'Python ended before the SDK could be asked' };
    const used = new Set((await importsOfCode(bench)).map(({ module }) => module.split('.')[0]));
    const own = commands.filter(({ sdk }) => used.has(sdk));
    if (own.length === 0) return { kind: 'not-applicable', why: 'the code imports no Claude SDK that the image has' };
    const { cli: onPath } = await imageVersions(bench);
    return answerOf(
      own.flatMap(({ sdk, path, onPath: same, version }): readonly ContainerFinding[] => {
        if (same || (path !== null && version !== '' && version === onPath)) return [];
        const place = requirementLine(bench, sdk);
        const common = {
          ...place,
          subject: sdk,
          byHand: byHand(bench, { entrypoint: path ?? 'claude', command: ['--version'] }),
        };
        if (path === null || version === '') {
          return [
            {
              ...common,
              message: `${sdk} has no claude command that answers`,
              expected: 'a version',
              seen: path ?? 'none found',
            },
          ];
        }
        return [
          {
            ...common,
            message: `${sdk} runs another claude command than the one on PATH`,
            expected: `one version: ${onPath ?? 'none on PATH'}`,
            seen: `${path}: ${bench.safe(version)}; on PATH: ${onPath ?? 'none'}`,
            failureMode: 'FM-28',
            next: 'fix the versions of the SDK and of the base together, or give the SDK its command (cli_path)',
          },
        ];
      }),
    );
  },
};
