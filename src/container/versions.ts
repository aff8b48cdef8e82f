import { z } from 'zod';
import type { Bench } from './bench.ts';
import { inToolbox } from './toolbox.ts';

/** Versions of what is in the image, read in it. */
export interface ImageVersions {
  readonly python: string | null;
  /** Package → version, of those asked for that are installed. */
  readonly packages: Readonly<Record<string, string>>;
  /** What `claude --version` says on PATH, or null when it does not answer. */
  readonly cli: string | null;
}

const PACKAGES = ['litellm', 'claude-code-sdk', 'claude-agent-sdk', 'prisma'];
const PROGRAM = `import importlib.metadata as m, json, platform, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        pass
print(json.dumps({"python": platform.python_version(), "packages": found}))
`;
const answerShape = z.object({ python: z.string(), packages: z.record(z.string(), z.string()) });

/** Asked once for all checks and the report; an image without Python or without the command answers null there. */
export function imageVersions(bench: Bench): Promise<ImageVersions> {
  return bench.once('versions', async () => {
    const [python, cli] = await Promise.all([
      inToolbox(bench, ['python', '-c', PROGRAM, ...PACKAGES]),
      inToolbox(bench, ['claude', '--version']),
    ]);
    const answered =
      python.kind === 'exited' && python.exitCode === 0 ? answerShape.parse(JSON.parse(python.stdout)) : null;
    return {
      python: answered?.python ?? null,
      packages: answered?.packages ?? {},
      cli: cli.kind === 'exited' && cli.exitCode === 0 ? bench.safe(cli.stdout).trim() : null,
    };
  });
}
