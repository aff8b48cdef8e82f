import { type Bench, byHand, copyLine, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding, type SourceLine } from '../define.ts';
import type { LoadFailure } from '../enter/program.ts';
import { loadedOr } from '../load.ts';
import { handlerLine, ownLine } from '../source-lines.ts';

/** LiteLLM's own loader finds and loads each provider. */
export const handlerLoads: ContainerCheck = {
  id: 'R08-handler-loads',
  title: "LiteLLM's own loader loads the provider",
  severity: 'blocker',
  level: 'run',
  reads: 'loaded',
  description:
    'The name in custom_handler is looked up as a file beside the configuration first, and that file then imports the rest of the provider. Whether ' +
    'that works is decided by the image, its PYTHONPATH, what the start script exports and the working directory; so the loader of the installed ' +
    'LiteLLM is run in exactly that environment.',
  run: async (bench) => {
    const seen = await loadedOr(bench);
    if ('why' in seen) return seen;
    const { config } = bench.project;
    if (config.kind === 'unreadable') return { kind: 'cannot', why: `${config.path}:${config.line} ${config.why}` };
    if (config.imagePath === null) {
      const why = config.kind === 'none' ? config.why : `nothing brings ${config.path} into the image`;
      return { kind: 'not-applicable', why };
    }
    const { handlers, config: problem } = seen.look;
    if (problem !== undefined) return answerOf([configFinding(bench, config.imagePath, problem)]);
    if (handlers === undefined) return { kind: 'cannot', why: 'Python ended while it loaded the provider' };
    if (handlers.length === 0) return { kind: 'not-applicable', why: `${config.imagePath} maps no custom provider` };
    return answerOf(
      handlers.flatMap(({ handler, failure }) =>
        failure === null ? [] : [handlerFinding(bench, handler, failure, config.imagePath as string)],
      ),
    );
  },
};

function configFinding(bench: Bench, imagePath: string, { error, message }: LoadFailure): ContainerFinding {
  const denied = error === 'PermissionError';
  return {
    message: `the configuration ${imagePath} cannot be read in the image`,
    expected: `${imagePath}, readable by the user of the image`,
    seen: bench.safe(`${error}: ${message}`),
    subject: imagePath,
    ...copyLine(bench, imagePath),
    failureMode: denied ? 'FM-19' : 'FM-08',
    next: denied ? 'COPY --chown=claude:claude' : `copy the configuration to ${imagePath}`,
    byHand: byHand(bench, { entrypoint: 'head', command: ['-c', '1', imagePath] }),
  };
}

function handlerFinding(bench: Bench, handler: string, failure: LoadFailure, config: string): ContainerFinding {
  const { error, message, missing } = failure;
  const [module = ''] = handler.split('.');
  const folder = config.slice(0, config.lastIndexOf('/'));
  const beside = `${folder}/${handler.split('.').slice(0, -1).join('/')}.py`;
  const own = missing !== null && isOwn(bench, missing);
  const cause = ((): { readonly at: SourceLine; readonly next: string } => {
    if (missing === module) return { at: copyLine(bench, beside), next: `copy the file to ${beside}` };
    if (own)
      return { at: dockerfileLine(bench, 'ENV'), next: `set ENV PYTHONPATH to the folder that holds ${missing}` };
    if (missing !== null) {
      return {
        at: ownLine(bench, failure) ?? handlerLine(bench, handler),
        next: `install the package that brings ${missing}`,
      };
    }
    if (error === 'PermissionError') return { at: copyLine(bench, beside), next: 'COPY --chown=claude:claude' };
    return { at: ownLine(bench, failure) ?? handlerLine(bench, handler), next: 'mend what the message says' };
  })();
  return {
    message: `LiteLLM cannot load ${handler}`,
    expected: `the object ${handler}, from ${beside}`,
    seen: bench.safe(`${error}: ${message}`),
    subject: handler,
    ...cause.at,
    failureMode:
      error === 'PermissionError' ? 'FM-19' : missing !== null && !own && missing !== module ? 'FM-16' : 'FM-08',
    next: cause.next,
    byHand: byHand(bench, {
      command: [
        'python',
        '-c',
        `from litellm.proxy.types_utils.utils import get_instance_fn as f; f('${handler}', '${config}')`,
      ],
    }),
  };
}

/** Whether the checkout itself holds the module. */
function isOwn({ tree }: Pick<Bench, 'tree'>, module: string): boolean {
  const top = module.split('.')[0] ?? '';
  return tree.paths(`**/${top}.py`, `**/${top}/*.py`).length > 0;
}
