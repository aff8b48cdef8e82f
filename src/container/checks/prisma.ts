import { z } from 'zod';
import { type Bench, byHand, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { inToolbox } from '../toolbox.ts';

const prismaShape = z.object({
  installed: z.boolean(),
  generated: z.boolean(),
  engine: z.string().nullable(),
  executable: z.boolean(),
  problem: z.string(),
});

const PROGRAM = `import importlib.util as u, json, os, sys
sys.dont_write_bytecode = True
seen = {"installed": u.find_spec("prisma") is not None, "generated": False, "engine": None, "executable": False, "problem": ""}
try:
    from prisma.client import BINARY_PATHS
    seen["generated"] = True
    from prisma.engine.utils import ensure
    engine = str(ensure(BINARY_PATHS.query_engine))
    seen["engine"], seen["executable"] = engine, os.access(engine, os.X_OK)
except BaseException as error:
    seen["problem"] = "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:300])
print(json.dumps(seen))
`;

/** Prisma's client is generated and its engine can be run by the user of the image. */
export const prisma: ContainerCheck = {
  id: 'R06-prisma',
  title: 'The database client is generated and its engine can be run',
  severity: 'error',
  level: 'run',
  description:
    'LiteLLM talks to its database through Prisma, whose client is generated into the package and whose engine lies in the home of whoever generated ' +
    'it. Generated as root, it is out of reach for claude. PRISMA_PYTHON_CACHE_DIR is read by nothing.',
  run: async (bench) => {
    if (bench.database.kind === 'none') {
      return { kind: 'not-asked', why: 'no database was asked for (--database compose or URL)' };
    }
    const ended = await inToolbox(bench, ['python', '-c', PROGRAM]);
    if (ended.kind !== 'exited' || ended.exitCode !== 0) {
      return { kind: 'cannot', why: `python did not answer: ${bench.safe(ended.stderr).trim().slice(-200)}` };
    }
    return answerOf(judge(bench, prismaShape.parse(JSON.parse(ended.stdout))));
  },
};

function judge(bench: Bench, seen: z.infer<typeof prismaShape>): readonly ContainerFinding[] {
  const finding = (
    message: string,
    expected: string,
    told: string,
    failureMode: string,
    next: string,
  ): ContainerFinding => ({
    message,
    expected,
    seen: bench.safe(told),
    ...generateLine(bench),
    failureMode,
    next,
    byHand: byHand(bench, { entrypoint: 'python', command: ['-c', 'import prisma; prisma.Prisma()'] }),
  });
  const asUser = 'run prisma generate in the Dockerfile after USER claude';
  if (!seen.installed) {
    return [
      finding(
        'prisma is not in the image',
        'the package prisma',
        'no such module',
        'FM-07',
        'ask for prisma in the requirements file',
      ),
    ];
  }
  if (!seen.generated)
    return [finding('the database client is not generated', 'a generated client', seen.problem, 'FM-07', asUser)];
  if (seen.engine === null) {
    return [finding("the database client's engine is not there", 'an engine', seen.problem, 'FM-03', asUser)];
  }
  if (seen.executable && !seen.engine.startsWith('/root/')) return [];
  const place = "an engine in the home of the image's user";
  return [finding("the database client's engine is out of reach", place, seen.engine, 'FM-03', asUser)];
}

function generateLine(bench: Bench) {
  const run = bench.judged.runs.findLast(({ text }) => /\bprisma\s+generate\b/.test(text));
  return run === undefined ? dockerfileLine(bench, 'RUN') : { path: bench.judged.path, line: run.instruction.line };
}
