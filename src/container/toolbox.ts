import type { Bench } from './bench.ts';
import { type ContainerEnd, execInContainer, type RunLimits, startContainer } from './engine.ts';

/**
 * A running container of the image with its entrypoint put aside: no network, no capability, the image's own user. Every
 * check that only needs to look around inside shares it, so nothing may be left changed in it.
 */
export function toolbox(bench: Bench): Promise<string> {
  return bench.once('toolbox', () =>
    startContainer(bench.session, {
      image: bench.image.facts.id,
      role: 'toolbox',
      entrypoint: 'sleep',
      command: ['3600'],
      extra: ['--no-healthcheck'],
    }),
  );
}

/** Runs a program in the toolbox. */
export async function inToolbox(
  bench: Bench,
  command: readonly string[],
  options: RunLimits & { readonly user?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ContainerEnd> {
  return execInContainer(bench.session, await toolbox(bench), command, options);
}
