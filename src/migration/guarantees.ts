import { RefitError } from '../base/errors.ts';
import { nameOf, type RepoPath } from '../base/repo-path.ts';
import { readCompose } from '../editors/compose.ts';
import { readDockerfile } from '../editors/dockerfile.ts';
import { isPythonLoaded, syntaxErrors } from '../editors/python.ts';
import { parseYaml } from '../editors/yaml.ts';
import type { WorkingTree } from '../tree/memory-tree.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import type { Phase, Step, StepContext } from './define.ts';

export interface GuaranteeInput<P> {
  readonly phase: Phase<P>;
  readonly steps: readonly Step<P>[];
  readonly before: ReadonlyTree;
  readonly after: WorkingTree;
  context(step: Step<P>): StepContext<P>;
}

interface Breach {
  readonly path: RepoPath | undefined;
  readonly message: string;
  readonly step: string | undefined;
}

const COMPOSE_NAME = /^(docker-)?compose[^/]*\.ya?ml$/;

/**
 * Proves after a phase that nothing is broken: every changed text still parses as well as it did, no Compose service is
 * lost, and each step keeps its own promise.
 * @throws RefitError (a fault) naming the phase, the step and the file that broke.
 */
export async function proveGuarantees<P>(input: GuaranteeInput<P>): Promise<void> {
  const breaches: Breach[] = [];
  for (const path of input.after.touched()) {
    const message = brokenBy(path, input.before.tryReadText(path), input.after.tryReadText(path));
    if (message !== null) breaches.push({ path, message, step: input.after.stepsOf(path).at(-1) });
  }
  for (const step of input.steps) {
    const messages = step.guarantee?.(input.before, input.after, input.context(step)) ?? [];
    breaches.push(...messages.map((message) => ({ path: undefined, message, step: step.id })));
  }
  const first = breaches[0];
  if (first === undefined) return;
  const lines = breaches.map(({ path, message, step }) =>
    [step, path, message].filter((word) => word !== undefined).join(': '),
  );
  throw new RefitError(`phase ${input.phase.id}, step ${first.step ?? 'unknown'} broke what it may not break`, {
    details: lines,
    hint: `nothing was written; this is a fault of the migration: --skip ${first.step ?? ''} plans without the step`.trimEnd(),
  });
}

/** What is broken in `after` that was not in `before`, or null. A file of no known format cannot break here. */
function brokenBy(path: RepoPath, before: string | null, after: string | null): string | null {
  if (after === null) return null;
  const name = nameOf(path);
  if (name.endsWith('.py') && isPythonLoaded()) return newPythonErrors(before ?? '', after);
  if (/\.ya?ml$/.test(name)) return brokenYaml(name, before, after);
  if (/^(Dockerfile|Containerfile)(\.(?!backup|bak|orig)[\w-]+)?$/.test(name)) return brokenDockerfile(before, after);
  return null;
}

function newPythonErrors(before: string, after: string): string | null {
  const errors = syntaxErrors(after);
  return errors.length > syntaxErrors(before).length ? `no longer parses (line ${errors[0] ?? 1})` : null;
}

function brokenYaml(name: string, before: string | null, after: string): string | null {
  const parsed = parseYaml(after);
  const parsedBefore = before !== null && parseYaml(before).kind === 'parsed';
  if (parsed.kind === 'refused') {
    return parsedBefore || before === null ? `no longer parses (line ${parsed.line}: ${parsed.why})` : null;
  }
  if (!COMPOSE_NAME.test(name) || !parsedBefore || before === null) return null;
  const lost = servicesOf(before).filter((service) => !servicesOf(after).includes(service));
  return lost.length === 0 ? null : `lost the service ${lost.join(', ')}`;
}

function servicesOf(text: string): readonly string[] {
  const compose = readCompose(text);
  return compose.kind === 'read' ? compose.file.services.map((service) => service.name) : [];
}

function brokenDockerfile(before: string | null, after: string): string | null {
  const problem = readDockerfile(after).problems[0];
  if (problem === undefined || (before !== null && readDockerfile(before).problems.length > 0)) return null;
  return `no longer a Dockerfile (line ${problem.line}: ${problem.message})`;
}
