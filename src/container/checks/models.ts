import { offeredModels } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { firstAnswer, NO_SERVER } from '../service.ts';
import { listedModels } from '../service-settings.ts';
import { curl } from '../tell-answer.ts';

/** The models of the configuration, all of them and no others. */
export const models: ContainerCheck = {
  id: 'H05-models',
  title: 'The server offers the models of the configuration and no others',
  severity: 'error',
  level: 'service',
  description:
    'A server that was started with another configuration than the one of the checkout, or with none, still answers. What it lists is what it read.',
  run: async (bench) => {
    if ((await firstAnswer(bench)) === null) return NO_SERVER;
    const { config } = bench.project;
    if (config.kind !== 'read') return { kind: 'not-applicable', why: 'there is no readable LiteLLM configuration' };
    const wanted = listedModels(bench.project);
    if (wanted.some(({ name }) => name.includes('*')))
      return { kind: 'not-applicable', why: 'the configuration offers models by pattern' };
    const offered = await offeredModels(bench);
    if (offered === null) return { kind: 'cannot', why: '/v1/models gives no list: see H04-auth-matrix' };
    const names = new Set(wanted.map(({ name }) => name));
    const missing = [...wanted.filter(({ name }) => !offered.includes(name))];
    const extra = offered.filter((name) => !names.has(name));
    const byHand = curl('/v1/models', '$LITELLM_MASTER_KEY');
    return answerOf([
      ...missing.map(({ name, path, line }) => ({
        message: `the server does not offer ${name}`,
        expected: [...names].join(', '),
        seen: offered.join(', ') || 'no model',
        path,
        line,
        byHand,
      })),
      ...(extra.length === 0
        ? []
        : [
            {
              message: `the server offers what the configuration does not name: ${extra.join(', ')}`,
              expected: [...names].join(', '),
              seen: offered.join(', '),
              path: config.path,
              line: 1,
              byHand,
            },
          ]),
    ]);
  },
};
