/** What takes long to load in the image, loaded once for all checks: packages, handlers and the SDK. */
import { type ThirdPartyImport, thirdPartyImports } from '../checks/static/imports-declared.ts';
import { loadParsers } from '../host/parsers.ts';
import type { Bench } from './bench.ts';
import type { Look } from './enter/program.ts';
import { enter, entered, startEnvironment, whyNotEntered } from './enter.ts';

/** LiteLLM alone takes half a minute on a busy machine. */
const LOAD_MS = 400_000;

/** What the code of the checkout imports of others, read once. */
export function importsOfCode(bench: Bench): Promise<readonly ThirdPartyImport[]> {
  return bench.once('imports-of-code', async () => {
    await loadParsers(['python']);
    return thirdPartyImports(bench.tree, { dockerfile: bench.judged.path });
  });
}

/**
 * One more start like it, in which everything that takes long is loaded: what the code imports, the handlers, the SDK's
 * command. Null where the first start could not be looked at.
 */
export function loaded(bench: Bench): Promise<Look | null> {
  return bench.once('loaded', async () => {
    if ((await entered(bench)).kind !== 'looked') return null;
    const { config } = bench.project;
    const imports = (await importsOfCode(bench)).map(({ module, names }) => ({ module, names }));
    const path = config.kind === 'unreadable' ? null : config.imagePath;
    const asked = { imports: [{ module: 'litellm', names: [] }, ...imports], config: path, cli: true };
    const again = await enter(bench, { role: 'load', env: startEnvironment(bench), asked, timeout: LOAD_MS });
    return again.kind === 'looked' ? again.look : null;
  });
}

/** What was loaded, or why nothing could be. */
export async function loadedOr(
  bench: Bench,
): Promise<{ readonly look: Look } | { readonly kind: 'cannot'; readonly why: string }> {
  const why = await whyNotEntered(bench);
  if (why !== null) return { kind: 'cannot', why };
  const look = await loaded(bench);
  return look === null ? { kind: 'cannot', why: 'a second start of the container could not be looked at' } : { look };
}
