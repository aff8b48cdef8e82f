import { RefitError } from '../../base/errors.ts';
import type { RepoPath } from '../../base/repo-path.ts';
import { MAX_FILE_BYTES } from '../../checkout/entries.ts';
import { diskSource } from '../../checkout/source.ts';
import type { Check } from '../../checks/define.ts';
import { runChecks } from '../../checks/run.ts';
import type { Migration } from '../../migration/define.ts';
import { parametersOf } from '../../migration/parameters.ts';
import { planMigration, stepHashes } from '../../migration/run.ts';
import { parseParams } from '../../migration/validate.ts';
import { layeredSource } from '../../tree/layered-source.ts';
import { openTree } from '../../tree/memory-tree.ts';
import type { TreeSource } from '../../tree/tree.ts';
import { nodeFileSystem } from '../fs.ts';
import { loadParsers } from '../parsers.ts';
import type { Answers, CheckAnswer, CheckoutToRead, CodeToRun, Description, FromWorker, Request } from './protocol.ts';

/** What every request is carried out with. */
export interface Work {
  readonly migration: Migration;
  readonly code: CodeToRun;
  say(message: FromWorker): Promise<void>;
  search(literals: readonly string[]): Promise<readonly RepoPath[]>;
}

/** Does one request with a loaded migration, in the worker. */
export async function carryOut(request: Request, work: Work): Promise<Answers[Request['op']]> {
  switch (request.op) {
    case 'describe':
      return describe(work);
    case 'plan':
      return plan(request, work);
    case 'recognize': {
      await work.say({ kind: 'doing', what: 'recognizing the checkout' });
      const tree = openTree(sourceOf(request.checkout, work));
      const { migration } = work;
      await loadParsers(migration.needs ?? []);
      const answer = await migration.recognize?.(tree, parseParams(migration, request.params));
      return answer ?? { kind: 'target', evidence: [] };
    }
    case 'check':
      return check(request, work);
    default:
      return request satisfies never;
  }
}

function sourceOf({ root, paths, modes, leftAlone, layer }: CheckoutToRead, { search }: Work): TreeSource {
  const disk = diskSource(nodeFileSystem, root, { paths, modes, leftAlone }, MAX_FILE_BYTES, search);
  if (layer === undefined) return disk;
  const tree = openTree(disk);
  tree.adopt(layer.changes, (path) => layer.contents.get(path) ?? new Uint8Array());
  return layeredSource(disk, tree);
}

async function plan(request: Extract<Request, { op: 'plan' }>, work: Work): Promise<Answers['plan']> {
  const { migration } = work;
  await work.say({ kind: 'doing', what: 'recognizing the checkout' });
  const { plan: made, tree } = await planMigration({
    migration,
    source: sourceOf(request.checkout, work),
    params: request.params,
    selection: request.selection,
    base: { commit: null, dirty: [] },
    readTemplate: (name) => readTemplate(work.code, name),
    loadParsers,
    onStep: (step) => work.say({ kind: 'doing', what: `step ${step}`, step }),
  });
  const contents = made.changes.flatMap((change) =>
    change.kind === 'delete' ? [] : ([[change.path, tree.readBytes(change.path)]] as const),
  );
  return { plan: made, changes: made.changes, contents: new Map(contents) };
}

function readTemplate({ files, templates }: CodeToRun, name: string): string {
  const text = files.get(`${templates}/${name}`);
  if (text === undefined) throw new RefitError(`there is no template ${name}`, { hint: `${templates}/${name}` });
  return text;
}

async function check(request: Extract<Request, { op: 'check' }>, work: Work): Promise<readonly CheckAnswer[]> {
  const { changes, contents } = request.overlay;
  const tree = openTree(sourceOf(request.checkout, work));
  tree.adopt(changes, (path) => contents.get(path) ?? new Uint8Array());
  tree.lock();
  const answers: CheckAnswer[] = [];
  for (const one of work.migration.checks.filter(({ id }) => request.ids.includes(id))) {
    await work.say({ kind: 'doing', what: `check ${one.id}` });
    await loadParsers(one.needs ?? []);
    const answer = await runOne(one, tree, request.context);
    answers.push(answer);
    await work.say({ kind: 'checked', answer });
  }
  return answers;
}

async function runOne(
  one: Check,
  tree: Parameters<Check['run']>[1],
  context: Parameters<Check['run']>[2],
): Promise<CheckAnswer> {
  const [run] = await runChecks(tree, context, undefined, [one]);
  const { id } = one;
  if (run === undefined) return { id, kind: 'errored', message: 'it was not run' };
  const { result } = run;
  if (result.status === 'passed') return { id, kind: 'findings', findings: [] };
  if (result.status === 'failed' || result.status === 'waived')
    return { id, kind: 'findings', findings: result.findings };
  if (result.status === 'errored') return { id, kind: 'errored', message: result.message };
  return { id, kind: 'skip', why: result.why };
}

function describe({ migration, code }: Work): Description {
  const { id, title, description, after, requires, phases, checks } = migration;
  return {
    id,
    title,
    description,
    ...(after === undefined ? {} : { after }),
    ...(requires === undefined ? {} : { requires }),
    parameters: parametersOf(migration),
    stepHashes: stepHashes(migration, (name) => readTemplate(code, name)),
    recognizes: migration.recognize !== undefined,
    phases: phases.map((phase) => ({
      id: phase.id,
      title: phase.title,
      steps: phase.steps.map((step) => ({
        id: step.id,
        title: step.title,
        description: step.description,
        version: step.version,
        ...(step.needs === undefined ? {} : { needs: step.needs }),
        ...(step.templates === undefined ? {} : { templates: step.templates }),
      })),
    })),
    checks: checks.map(({ id: name, examples, needs, ...words }) => ({
      id: name,
      title: words.title,
      severity: words.severity,
      description: words.description,
      ...(words.aboutProvider === undefined ? {} : { aboutProvider: words.aboutProvider }),
      ...(words.securitySeverity === undefined ? {} : { securitySeverity: words.securitySeverity }),
      examples: { bad: examples.bad, good: examples.good },
      ...(needs === undefined ? {} : { needs }),
    })),
  };
}
