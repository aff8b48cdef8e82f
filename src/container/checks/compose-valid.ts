import type { Bench } from '../bench.ts';
import { composeSets, type ResolvedSet, resolvedSets, whyNoCompose } from '../compose-model.ts';
import { answerOf, type ContainerAnswer, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { lastLines } from '../engine.ts';

/** Compose itself can read every compose file. */
export const composeValid: ContainerCheck = {
  id: 'C01-valid',
  title: 'Compose reads every compose file, alone and with its override',
  severity: 'error',
  level: 'image',
  description:
    'Each file that is loaded is given to the compose plug-in, alone and with its override, with the example environment of the checkout and never ' +
    "with the caller's own. Without the plug-in only its YAML is read, which is told as partial.",
  run: async (bench) => {
    const unreadable = unreadableFiles(bench);
    if (unreadable.length > 0) return answerOf(unreadable);
    const why = whyNoCompose(bench);
    if (why !== null) return partial(bench, why);
    const sets = await resolvedSets(bench);
    return answerOf(sets.flatMap((set) => (set.kind === 'refused' ? [refused(bench, set, set.said)] : [])));
  },
};

function partial(bench: Bench, why: string): ContainerAnswer {
  const count = composeSets(bench).length;
  const read = count === 0 ? '' : '; partial: its YAML can be read, and no more is known';
  return { kind: 'not-applicable', why: `${why}${read}` };
}

function unreadableFiles({ project }: Bench): readonly ContainerFinding[] {
  return project.compose.unreadable
    .filter(({ role }) => role !== 'other')
    .map(({ path, why, line }) => ({
      message: 'a compose file is no readable YAML',
      expected: 'a file that Compose can read',
      seen: why,
      path,
      line,
      byHand: `docker compose --file ${path} config --quiet`,
    }));
}

function refused(bench: Bench, { files }: ResolvedSet, said: string): ContainerFinding {
  const names = files.map(({ path }) => path);
  const last = files.at(-1);
  const service = /services\.([\w-]+)/.exec(said)?.[1];
  const stated = /\bline (\d+)/.exec(said)?.[1];
  const line = stated === undefined ? last?.services.find(({ name }) => name === service)?.line : Number(stated);
  return {
    message: `Compose cannot read ${names.join(' with ')}`,
    expected: 'a file that Compose can read',
    seen: lastLines(bench.safe(said), 3).join('\n'),
    subject: names.join(' '),
    ...(last === undefined ? {} : { path: last.path, line: line ?? 1 }),
    byHand: `docker compose ${names.map((name) => `--file ${name}`).join(' ')} config --quiet`,
  };
}
