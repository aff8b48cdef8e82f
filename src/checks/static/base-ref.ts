import { parseImageReference } from '../../editors/dockerfile.ts';
import { defineCheck, type Finding } from '../define.ts';
import { isBaseImage } from '../project/base-image.ts';
import { baseLine, builtWith } from '../project/build-args.ts';
import { type JudgedDockerfile, type Project, readProject } from '../project.ts';

const ID = 'S01-base-ref';
const EXPECTED =
  'ghcr.io/cabinlab/claude-code-sdk:python or ghcr.io/cabinlab/claude-code-sdk-docker:python, any registry mirror or digest';

/** The final stage is built on the base image. */
export const baseRef = defineCheck<Project>({
  id: ID,
  title: 'The image is built on the base image',
  severity: 'blocker',
  description:
    'Everything that the OAuth login needs (the user claude, the entrypoint that writes the login, the claude command) comes from the base image. ' +
    'Its own README names images that its build does not publish, so a look-alike name either does not exist or is something else. ARG defaults ' +
    'and stages are followed.',
  examples: {
    bad: 'FROM ghcr.io/cabinlab/claude-agent-sdk:python',
    good: 'FROM ghcr.io/cabinlab/claude-code-sdk-docker:python',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const { dockerfile } = project;
    if (dockerfile.kind === 'none') return { kind: 'skip', why: dockerfile.why };
    if (dockerfile.kind === 'read' && dockerfile.base === 'other' && !isOfFamily(project)) {
      return { kind: 'skip', why: `nothing says that ${dockerfile.path} is the image of a LiteLLM provider` };
    }
    return { kind: 'applies', input: project };
  },
  run: (project) => {
    const { dockerfile } = project;
    if (dockerfile.kind === 'none') return [];
    if (dockerfile.kind === 'read') return judge(dockerfile, project);
    const { path, line, why } = dockerfile;
    return [
      {
        check: ID,
        severity: 'blocker',
        message: `${path} cannot be built: ${why}`,
        expected: `FROM ${EXPECTED}`,
        seen: why,
        path,
        line,
        next: `name the Dockerfile of the proxy with --dockerfile, or repair ${path}`,
      },
    ];
  },
});

function isOfFamily({ config, requirements, installs }: Project): boolean {
  const isLitellm = (name: string): boolean => /^litellm(?:$|[[<>=!~ ;])/.test(name);
  return (
    config.kind === 'read' ||
    requirements.some(({ file }) => file.requirements.some(({ name }) => name === 'litellm')) ||
    installs.some(({ packages }) => packages.some(({ value }) => isLitellm(value)))
  );
}

function judge(judged: JudgedDockerfile, project: Project): readonly Finding[] {
  const { path, stage, base } = judged;
  const given = base === 'unknown' ? builtWith(judged, project) : null;
  if (base === 'base' || (given !== null && isBaseImage(parseImageReference(given)))) return [];
  const { line, name } = baseLine(judged);
  const open = stage.base.open.join(', ');
  const message = {
    'look-alike': `${stage.base.text} is not the base image, it only looks like it`,
    unknown: `cannot tell the base image: the build argument ${open} has no default`,
    other: `the image is built on ${stage.base.text}, not on the base image`,
  }[base];
  return [
    {
      check: ID,
      severity: 'blocker',
      message,
      expected: EXPECTED,
      seen: given ?? (stage.base.text === '' ? stage.base.raw : stage.base.text),
      path,
      line,
      ...(base === 'look-alike' ? { failureMode: 'FM-31' } : {}),
      next:
        base === 'other'
          ? 'refit plan'
          : `${name === null ? 'FROM ' : `ARG ${name}=`}ghcr.io/cabinlab/claude-code-sdk-docker:python`,
    },
  ];
}
