import { composeLine, type ModelService, resolvedSets, whyNoCompose } from '../compose-model.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';

interface Weakness {
  readonly message: string;
  readonly key: string;
  readonly word?: string;
  readonly has: (service: ModelService) => boolean;
}

const WEAKNESSES: readonly Weakness[] = [
  { message: 'runs privileged', key: 'privileged', has: ({ privileged }) => privileged === true },
  {
    message: 'is on the network of the host',
    key: 'network_mode',
    has: ({ network_mode: mode }) => mode === 'host',
  },
  { message: 'shares the processes of the host', key: 'pid', has: ({ pid }) => pid === 'host' },
  {
    message: 'can command the container engine: its socket is mounted',
    key: 'volumes',
    word: '.sock',
    has: ({ volumes }) =>
      (volumes ?? []).some(({ source, target }) => /(?:docker|podman|containerd)\.sock$/.test(source ?? target)),
  },
  {
    message: 'has no limit of memory',
    key: 'mem_limit',
    has: ({ mem_limit: memory, deploy }) => memory == null && deploy?.resources?.limits?.['memory'] === undefined,
  },
  {
    message: 'has no limit of processes',
    key: 'pids_limit',
    has: ({ pids_limit: pids, deploy }) => pids == null && deploy?.resources?.limits?.['pids'] === undefined,
  },
];

/** The stack gives the provider no more rights than it needs. */
export const composeHardening: ContainerCheck = {
  id: 'C05-hardening',
  title: 'Compose gives the provider no rights over the host, and bounds it',
  severity: 'info',
  level: 'image',
  securitySeverity: 4,
  description:
    'A provider answers strangers over the network and runs an agent: it must not be privileged, on the network of the host, or have the socket of ' +
    'the engine. A limit of memory and processes keeps a runaway from taking the host with it (CIS Docker Benchmark, section 5).',
  run: async (bench) => {
    const why = whyNoCompose(bench);
    if (why !== null) return { kind: 'not-applicable', why };
    const sets = (await resolvedSets(bench)).flatMap((set) => (set.kind === 'resolved' ? [set] : []));
    // The last set of a file is the whole of it: an override may add what the base lacks.
    const whole = sets.filter(
      ({ files }, index) => !sets.slice(index + 1).some((later) => later.files[0] === files[0]),
    );
    const places = whole.flatMap((set) => [...set.providers].map((name) => ({ set, name })));
    if (places.length === 0)
      return { kind: 'not-applicable', why: 'no compose file that can be read runs the provider' };
    return answerOf(
      places.flatMap(({ set, name }) => {
        const service = set.model.services[name];
        if (service === undefined) return [];
        return WEAKNESSES.filter(({ has }) => has(service)).map(
          ({ message, key, word }): ContainerFinding => ({
            message: `the service ${name} ${message}`,
            expected: key.endsWith('_limit') ? `${key}:` : 'not so',
            seen: key.endsWith('_limit') ? 'none' : key,
            subject: `${name} ${key}`,
            ...composeLine(set, name, key, word),
            next: key.endsWith('_limit') ? `add ${key}: to the service` : `take ${key}: out of the service`,
          }),
        );
      }),
    );
  },
};
