import { byHand, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { runToEnd } from '../engine.ts';
import { enter, entered, startEnvironment } from '../enter.ts';

/** The container needs none of the rights that an engine gives to root. */
export const capabilities: ContainerCheck = {
  id: 'R02-capabilities',
  title: 'The container needs no capability',
  severity: 'warn',
  level: 'run',
  securitySeverity: 4,
  description:
    'An engine gives a container about fourteen of the rights of root. A server that runs as claude uses none of them, so its first process has ' +
    'none in effect, and it starts as well with --cap-drop ALL and no-new-privileges. All other checks start it so.',
  run: async (bench) => {
    const image = bench.image.facts.id;
    const spec = { entrypoint: 'cat', command: ['/proc/1/status'] };
    const ended = await runToEnd(bench.session, { ...spec, image, role: 'capabilities', hardened: false });
    const [, effective] = /^CapEff:\s*([0-9a-f]+)$/m.exec(ended.stdout) ?? [];
    if (effective === undefined) return { kind: 'cannot', why: 'the first process of the container could not be read' };
    if (/[^0]/.test(effective)) {
      return answerOf([
        {
          message: 'the first process of the container has capabilities',
          expected: 'CapEff: 0000000000000000',
          seen: `CapEff: ${effective}`,
          ...dockerfileLine(bench, 'USER'),
          next: 'USER claude after the last step that needs root',
          byHand: byHand(bench, spec),
        },
      ]);
    }
    if ((await entered(bench)).kind === 'looked') return { kind: 'holds' };
    const free = await enter(bench, { role: 'capable', env: startEnvironment(bench), hardened: false });
    if (free.kind !== 'looked') {
      return { kind: 'cannot', why: 'the container does not start with all capabilities either: R12 tells why' };
    }
    return answerOf([
      {
        message: 'the container starts only with capabilities that it should not need',
        expected: 'a start with --cap-drop ALL --security-opt no-new-privileges',
        seen: 'it ends there, and starts without these options',
        ...dockerfileLine(bench, 'ENTRYPOINT'),
      },
    ]);
  },
};
