import { defineCheck, type Finding } from '../define.ts';
import { fillVariables } from '../project/shell-script.ts';
import { type Project, readProject } from '../project.ts';
import { type WorkflowJob, workflowJobs } from '../workflow-files.ts';

const ID = 'S26-ci-smoke-real';

interface Input {
  readonly jobs: readonly WorkflowJob[];
  /** What the image does with the words after its name. */
  readonly fate: ArgumentFate;
  /** Names of the provider's image in compose, without tag. */
  readonly images: readonly string[];
  /** Names of the provider's services in compose. */
  readonly services: ReadonlySet<string>;
}

/** `passed`: they are run. `options`: a program takes them as its own. `dropped`: nothing ever sees them. */
type ArgumentFate = 'passed' | 'options' | 'dropped';

/** What the workflows run in the image really runs. */
export const ciSmokeReal = defineCheck<Input>({
  id: ID,
  title: 'Workflow tests of the image run what they say',
  severity: 'warn',
  securitySeverity: 3,
  description:
    'An entrypoint that ignores its arguments makes `docker run image python --version` start the server: the step hangs, or is green and proves nothing. ' +
    'Such a line needs --entrypoint, or an entrypoint that runs "$@". Actions are named by a commit, since a tag can be moved to other code, which then ' +
    'runs with the secrets of the workflow.',
  examples: {
    bad: 'run: docker run --rm image python --version',
    good: 'run: docker run --rm --entrypoint python image --version',
  },
  select: (tree, ctx) => {
    const jobs = workflowJobs(tree);
    if (jobs.length === 0) return { kind: 'skip', why: 'there is no workflow' };
    const project = readProject(tree, ctx);
    const images = project.composeFiles.flatMap(({ providerServices }) =>
      providerServices.flatMap(({ image }) => (image === null ? [] : [withoutTag(image.resolved ?? image.text)])),
    );
    const services = new Set(project.composeFiles.flatMap((file) => file.providerServices.map(({ name }) => name)));
    return { kind: 'applies', input: { jobs, fate: fateOfArguments(project), images, services } };
  },
  run: (input) => [
    ...(input.fate === 'passed' ? [] : input.jobs.flatMap((job) => runFindings(job, input))),
    ...pinFindings(input.jobs),
  ],
});

function fateOfArguments({ dockerfile, start }: Project): ArgumentFate {
  if (dockerfile.kind !== 'read' || start?.entrypoint == null) return 'passed';
  if (start.entrypoint.form === 'shell') return 'dropped';
  const [script] = start.scripts.filter(({ runBy }) => runBy === 'entrypoint');
  if (script !== undefined) {
    if (script.shell === null) return 'passed';
    return script.shell.commands.some(({ command }) => command.words.some(({ value }) => /\$\{?[@*]/.test(value)))
      ? 'passed'
      : 'dropped';
  }
  const [program = ''] = start.entrypoint.words;
  return /(?:^|\/)(?:docker-entrypoint\.sh|tini|dumb-init|env|sh|bash)$/.test(program) ? 'passed' : 'options';
}

function runFindings({ path, steps }: WorkflowJob, { jobs, fate, images, services }: Input): readonly Finding[] {
  const built = new Set(jobs.filter((job) => job.path === path).flatMap(builtImages));
  return steps
    .flatMap(({ commands, variables }) => commands.map((one) => ({ ...one, variables })))
    .flatMap((one) => {
      const words = one.command.words.map(({ value }) => fillVariables(value, one.variables));
      const rest = argumentsOf(words, built, images) ?? argumentsOfService(words, services);
      if (rest === null || rest.length === 0 || (fate === 'options' && rest[0]?.startsWith('-') === true)) return [];
      return [
        {
          check: ID,
          severity: 'warn' as const,
          message: `the image never runs ${rest[0]}`,
          expected: '--entrypoint before the image, or an entrypoint that runs its arguments',
          seen: `arguments after the image, which its entrypoint ${fate === 'dropped' ? 'ignores' : 'takes as its own options'}`,
          subject: rest.join(' '),
          path,
          line: one.line,
          failureMode: 'FM-12',
          next: `docker run --rm --entrypoint ${rest[0]} … and what follows it after the image`,
        },
      ];
    });
}

/** Tags that the steps of a job give to what they build, as written. */
function builtImages({ steps }: WorkflowJob): readonly string[] {
  return steps.flatMap(({ uses, inputs, commands, variables }) => {
    const pushed = uses?.text.startsWith('docker/build-push-action@') === true ? (inputs.get('tags')?.text ?? '') : '';
    return [
      ...pushed.split(/[\s,]+/).filter((tag) => tag !== ''),
      ...commands.flatMap(({ command }) => tagsOf(command.words.map(({ value }) => fillVariables(value, variables)))),
    ];
  });
}

function tagsOf(words: readonly string[]): readonly string[] {
  if (!/^(?:docker|podman|buildah)$/.test(words[0] ?? '') || !words.includes('build')) return [];
  return words.flatMap((word, at) => {
    if (word === '-t' || word === '--tag') return [words[at + 1] ?? ''];
    return word.startsWith('--tag=') ? [word.slice('--tag='.length)] : [];
  });
}

/** The words after the image of a `docker run` of the image that is built here; null for any other command. */
function argumentsOf(
  words: readonly string[],
  built: ReadonlySet<string>,
  images: readonly string[],
): readonly string[] | null {
  if (!/^(?:docker|podman)$/.test(words[0] ?? '') || (words[1] !== 'run' && words[2] !== 'run')) return null;
  const image = words.findIndex((word, at) => at > 1 && (built.has(word) || images.includes(withoutTag(word))));
  if (image === -1 || words.slice(0, image).some((word) => word.startsWith('--entrypoint'))) return null;
  return words.slice(image + 1);
}

/** The words after the service of a `docker compose run` of the provider; null for any other command. */
function argumentsOfService(words: readonly string[], services: ReadonlySet<string>): readonly string[] | null {
  const compose = words.findIndex((word) => /^(?:docker-|podman-)?compose$/.test(word));
  const run = words.indexOf('run');
  if (compose === -1 || compose > 1 || run < compose) return null;
  const service = words.findIndex((word, at) => at > run && services.has(word));
  if (service === -1 || words.slice(run, service).some((word) => word.startsWith('--entrypoint'))) return null;
  return words.slice(service + 1);
}

const withoutTag = (image: string): string => image.replace(/@.*$/, '').replace(/:[^/:]*$/, '');

/** One finding a file: the mend is the same for all of them, and a bot makes it. */
function pinFindings(jobs: readonly WorkflowJob[]): readonly Finding[] {
  return [...new Set(jobs.map(({ path }) => path))].flatMap((path) => {
    const used = jobs
      .filter((job) => job.path === path)
      .flatMap(({ steps }) => steps.flatMap(({ uses }) => (uses === null || !isRemote(uses.text) ? [] : [uses])));
    const open = used.filter(({ text }) => !/@[0-9a-f]{40}$/.test(text)).sort((a, b) => a.line - b.line);
    const [first] = open;
    if (first === undefined) return [];
    const shown = [...new Set(open.map(({ text }) => text))];
    return [
      {
        check: ID,
        severity: 'warn' as const,
        message: `${open.length} of ${used.length} actions are named by something that can be moved`,
        expected: 'the full commit after the @, its version in a comment',
        seen: shown.length > 5 ? `${shown.slice(0, 5).join(', ')} and ${shown.length - 5} more` : shown.join(', '),
        subject: 'actions',
        path,
        line: first.line,
        next: `git ls-remote https://github.com/${first.text.split('@')[0]} gives the commit of a tag`,
      },
    ];
  });
}

const isRemote = (uses: string): boolean => !/^(?:\.{1,2}\/|docker:\/\/)/.test(uses);
