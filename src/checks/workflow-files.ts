/** Pure: GitHub workflows and composite actions of a checkout, by their steps. */
import type { RepoPath } from '../base/repo-path.ts';
import { type ShellCommand, splitCommands } from '../editors/shell-words.ts';
import { parseYaml, resolveYamlAlias, type YamlNode, type YamlScalar } from '../editors/yaml.ts';
import type { ReadonlyTree } from '../tree/tree.ts';
import { liveFiles } from './live-files.ts';
import { blankHeredocs } from './project/shell-script.ts';

type Variables = ReadonlyMap<string, string>;

/** One simple command of a `run:` and its line in the workflow. */
export interface WorkflowCommand {
  readonly command: ShellCommand;
  readonly line: number;
}

/** A step, or a job that calls another workflow. */
export interface WorkflowStep {
  /** `uses:`, null when there is none. */
  readonly uses: { readonly text: string; readonly line: number } | null;
  /** Scalars of `with:`. */
  readonly inputs: ReadonlyMap<string, { readonly text: string; readonly line: number }>;
  readonly commands: readonly WorkflowCommand[];
  /** `env:` in force, as far as its values are written out. */
  readonly variables: Variables;
  /** As written; null for the root of the checkout. */
  readonly workingDirectory: string | null;
}

/** The steps that belong together: they run in one place, one after another. */
export interface WorkflowJob {
  readonly path: RepoPath;
  readonly steps: readonly WorkflowStep[];
}

/** Every job of the workflows and composite actions; a file that is no YAML has none. */
export function workflowJobs(tree: ReadonlyTree): readonly WorkflowJob[] {
  return liveFiles(
    tree,
    '.github/workflows/*.{yml,yaml}',
    '.github/actions/**/action.{yml,yaml}',
    'action.{yml,yaml}',
  ).flatMap(({ path, text }) => {
    const yaml = parseYaml(text);
    const root = yaml.kind === 'refused' ? null : (yaml.documents[0]?.root ?? null);
    const composite = child(root, 'runs');
    const jobs = composite === null ? entriesOf(child(root, 'jobs')) : [composite];
    const general = directoryOf(root);
    const values = variablesOf(root, new Map());
    return jobs.map((job) => ({
      path,
      steps: stepsOf(job, directoryOf(job) ?? general, variablesOf(job, values)),
    }));
  });
}

/** `env:` of a node laid over that of the one around it; a value with an expression in it is none. */
function variablesOf(node: YamlNode | null, around: Variables): Variables {
  const own = child(node, 'env');
  const values = new Map(around);
  for (const { name, value } of own?.kind === 'map' ? own.entries : []) {
    const found = scalar(resolveYamlAlias(value));
    if (found === null || found.source.includes('${{')) values.delete(name);
    else values.set(name, found.source);
  }
  return values;
}

/** The text with `${{ env.NAME }}` filled in; any other expression is made one word, whatever stands in it. */
function fillExpressions(text: string, values: Variables): string {
  return text.replace(/\$\{\{(.*?)\}\}/g, (whole: string, inner: string) => {
    const name = /^\s*env\.(\w+)\s*$/.exec(inner)?.[1];
    return (name === undefined ? undefined : values.get(name)) ?? whole.replace(/[\s'"|&;<>()]/g, '_');
  });
}

function stepsOf(job: YamlNode, directory: string | null, around: Variables): readonly WorkflowStep[] {
  const steps = child(job, 'steps');
  const nodes = steps?.kind === 'list' ? steps.items.map(({ value }) => resolveYamlAlias(value)) : [];
  return [job, ...nodes].flatMap((node) => {
    const uses = scalar(child(node, 'uses'));
    const run = scalar(child(node, 'run'));
    if (uses === null && run === null) return [];
    const values = variablesOf(node, around);
    const inputs = new Map<string, { text: string; line: number }>();
    const given = child(node, 'with');
    for (const { name, value } of given?.kind === 'map' ? given.entries : []) {
      const found = scalar(resolveYamlAlias(value));
      if (found !== null) inputs.set(name, { text: fillExpressions(found.source, values), line: found.line });
    }
    return [
      {
        uses: uses === null ? null : { text: uses.source, line: uses.line },
        inputs,
        commands: run === null ? [] : commandsOf(run, values),
        variables: values,
        workingDirectory: scalar(child(node, 'working-directory'))?.source ?? directory,
      },
    ];
  });
}

function commandsOf(run: YamlScalar, values: Variables): readonly WorkflowCommand[] {
  const text = blankHeredocs(fillExpressions(run.source, values));
  const first = run.line + (run.style === 'block' ? 1 : 0);
  return splitCommands(text).map((command) => ({
    command,
    line: first + text.slice(0, command.start).split('\n').length - 1,
  }));
}

function directoryOf(node: YamlNode | null): string | null {
  return scalar(child(child(child(node, 'defaults'), 'run'), 'working-directory'))?.source ?? null;
}

function child(node: YamlNode | null, key: string): YamlNode | null {
  const entry = node?.kind === 'map' ? node.entries.find(({ name }) => name === key) : undefined;
  return entry === undefined ? null : resolveYamlAlias(entry.value);
}

function entriesOf(node: YamlNode | null): readonly YamlNode[] {
  return node?.kind === 'map' ? node.entries.map(({ value }) => resolveYamlAlias(value)) : [];
}

const scalar = (node: YamlNode | null): YamlScalar | null => (node?.kind === 'scalar' ? node : null);
