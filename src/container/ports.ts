import { execInContainer, type Session } from './engine.ts';

/** Ports on which something in a container listens. */
export interface ListeningPorts {
  /** For others too, sorted. */
  readonly open: readonly number[];
  /** On the loopback address alone, where no other container comes, sorted. */
  readonly own: readonly number[];
}

// The engine's name service listens on 127.0.0.11.
const PROGRAM = `import json
found = {"open": set(), "own": set()}
for name in ("/proc/net/tcp", "/proc/net/tcp6"):
    try:
        for line in open(name).read().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, port = local.rsplit(":", 1)
            if state == "0A" and address != "0B00007F":
                own = address in ("0100007F", "0" * 24 + "01000000")
                found["own" if own else "open"].add(int(port, 16))
    except OSError:
        pass
print(json.dumps({"open": sorted(found["open"]), "own": sorted(found["own"] - found["open"])}))
`;

/** As the kernel of a running container knows them; none where its Python does not answer. */
export async function portsOf(session: Session, container: string): Promise<ListeningPorts> {
  const ended = await execInContainer(session, container, ['python', '-c', PROGRAM], { timeout: 20_000 });
  if (ended.kind !== 'exited' || ended.exitCode !== 0) return { open: [], own: [] };
  return JSON.parse(ended.stdout) as ListeningPorts;
}
