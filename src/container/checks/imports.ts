import { KNOWN_BAD } from '../../checks/static/litellm-range.ts';
import { normalizePackageName } from '../../editors/requirements.ts';
import { type Bench, byHand } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import type { LoadFailure } from '../enter/program.ts';
import { importsOfCode, loadedOr } from '../load.ts';
import { requirementLine } from '../source-lines.ts';
import { imageVersions } from '../versions.ts';

/** Every package that the checkout's code imports is in the image and imports there. */
export const imports: ContainerCheck = {
  id: 'R04-imports',
  title: 'Every package that the code imports is in the image',
  severity: 'blocker',
  level: 'run',
  reads: 'loaded',
  description:
    'What a requirements file asks for and what is installed differ as soon as a base brings packages of its own: it renamed the Claude SDK under one ' +
    'tag. So every module that the code imports, with the names taken from it, and litellm are imported in the image, and the installed LiteLLM is ' +
    'none of the releases that carried a credential stealer.',
  run: async (bench) => {
    const seen = await loadedOr(bench);
    if ('why' in seen) return seen;
    const { imports: tried } = seen.look;
    if (tried === undefined) return { kind: 'cannot', why: 'Python ended while it imported the packages' };
    const code = await importsOfCode(bench);
    const { packages } = await imageVersions(bench);
    const failed = tried.flatMap(({ module, failure }) => {
      if (failure === null) return [];
      const from = code.find((one) => one.module === module);
      return [importFinding(bench, module, failure, from ?? requirementLine(bench, 'litellm'))];
    });
    return answerOf([...failed, ...badVersion(bench, packages['litellm'])]);
  },
};

function importFinding(
  bench: Bench,
  module: string,
  { error, message, missing }: LoadFailure,
  { path, line }: { readonly path: ContainerFinding['path'] & string; readonly line: number },
): ContainerFinding {
  const [top = ''] = module.split('.');
  const gone = missing === top;
  return {
    message: gone
      ? `${module} is imported, and it is not in the image`
      : `${module} is in the image and cannot be imported`,
    expected: `import ${module} works in the image`,
    seen: bench.safe(`${error}: ${message}`),
    subject: module,
    path,
    line,
    failureMode: 'FM-16',
    next: gone
      ? `ask for ${normalizePackageName(top)} in the requirements file`
      : `look at the versions that are installed`,
    byHand: byHand(bench, { entrypoint: 'python', command: ['-c', `import ${module}`] }),
  };
}

function badVersion(bench: Bench, version: string | undefined): readonly ContainerFinding[] {
  if (version === undefined || !KNOWN_BAD.includes(version)) return [];
  return [
    {
      message: `litellm ${version} is installed, a release that carried a credential stealer`,
      expected: `none of ${KNOWN_BAD.join(', ')}`,
      seen: `litellm ${version}`,
      ...requirementLine(bench, 'litellm'),
      failureMode: 'FM-34',
      next: `put ${KNOWN_BAD.map((one) => `!=${one}`).join(',')} into the requirement, build without the cache, and change every key that the image saw`,
      byHand: byHand(bench, { entrypoint: 'pip', command: ['show', 'litellm'] }),
    },
  ];
}
