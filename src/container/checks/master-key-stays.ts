import { chat, stream } from '../conversation.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { chatByHand, NOTHING_ASKED, providerLine } from '../exchange-findings.ts';

/** What stays inside. */
export const masterKeyStays: ContainerCheck = {
  id: 'H11-master-key-stays',
  title: 'The master key never leaves the server',
  severity: 'error',
  level: 'service',
  securitySeverity: 7,
  description:
    "The key of the proxy is nobody's business upstream: it is looked for in everything that a chat sent there.",
  run: async (bench) => {
    const exchanges = [await chat(bench), await stream(bench)].filter((each) => each !== null);
    const [first] = exchanges;
    if (first === undefined) return NOTHING_ASKED;
    const leaking = exchanges
      .flatMap(({ requests }) => requests)
      .filter((each) => JSON.stringify(each).includes(bench.masterKey));
    if (leaking.length === 0) return { kind: 'holds' };
    const inHeader = leaking.flatMap(({ headers }) =>
      Object.entries(headers).flatMap(([name, value]) => (value.includes(bench.masterKey) ? [name] : [])),
    );
    return answerOf([
      {
        message: 'the master key is sent upstream',
        expected: 'nothing of it in what the upstream gets',
        seen: inHeader.length > 0 ? `in the header ${[...new Set(inHeader)].join(', ')}` : 'in the body',
        ...(await providerLine(bench, /LITELLM_MASTER_KEY|master_key/)),
        byHand: chatByHand(first),
      },
    ]);
  },
};
