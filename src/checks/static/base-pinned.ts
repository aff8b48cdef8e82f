import { parseImageReference } from '../../editors/dockerfile.ts';
import { defineCheck } from '../define.ts';
import { baseLine, builtWith } from '../project/build-args.ts';
import { dockerfileOnBase, type JudgedDockerfile, readProject } from '../project.ts';

const ID = 'S02-base-pinned';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly seen: string;
}

/** The base image is named with its digest. */
export const basePinned = defineCheck<Input>({
  id: ID,
  title: 'The base image is pinned by its digest',
  severity: 'warn',
  securitySeverity: 3,
  description:
    'The tag python of the base image moves: its Python, its SDK and its tools changed under the same name, so what passed yesterday is not what ' +
    'is built today. With a digest behind the tag every build uses the same image, and the tag still tells a reader which one it is.',
  examples: {
    bad: 'FROM ghcr.io/cabinlab/claude-code-sdk-docker:python',
    good: 'FROM ghcr.io/cabinlab/claude-code-sdk-docker:python@sha256:<64 digits>',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = dockerfileOnBase(project);
    if (judged.kind === 'skip') return judged;
    return { kind: 'applies', input: { judged, seen: builtWith(judged, project) ?? judged.stage.base.text } };
  },
  run: ({ judged, seen }) => {
    if ((parseImageReference(seen)?.digest ?? null) !== null) return [];
    const { line } = baseLine(judged);
    return [
      {
        check: ID,
        severity: 'warn',
        message: 'the base image is a moving tag without a digest',
        expected: `${seen}@sha256:…`,
        seen,
        subject: 'base image',
        path: judged.path,
        line,
        failureMode: 'FM-32',
        next: `refit verify --pin tells the line with the digest; where there is no engine: docker buildx imagetools inspect ${seen}`,
      },
    ];
  },
});
