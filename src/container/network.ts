import type { Bench } from './bench.ts';
import { createInternalNetwork } from './engine.ts';
import { startUpstream, type Upstream } from './fake-upstream.ts';

/** The internal network and the fake upstream on it, without the server; once a run. */
export function network(bench: Bench): Promise<{ readonly network: string; readonly upstream: Upstream }> {
  return bench.once('network', async () => {
    const id = await createInternalNetwork(bench.session);
    return { network: id, upstream: await startUpstream(bench.session, bench.asksFrom ?? bench.image.facts.id, id) };
  });
}
