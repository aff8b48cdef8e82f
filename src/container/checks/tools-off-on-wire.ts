import { toolsOff } from '../../checks/static/tools-off.ts';
import type { Bench } from '../bench.ts';
import { chat, parseJson } from '../conversation.ts';
import { answerOf, type ContainerCheck, type SourceLine } from '../define.ts';
import { chatByHand, NOTHING_ASKED, providerLine } from '../exchange-findings.ts';

/** What Claude may do on the server. */
export const toolsOffOnWire: ContainerCheck = {
  id: 'H10-tools-off-on-wire',
  title: 'A chat offers Claude no tools',
  severity: 'error',
  level: 'service',
  securitySeverity: 8,
  aboutProvider: true,
  description:
    'The request that arrives upstream lists the tools that Claude may use on this server: a shell, its files. Whoever reaches the port has them. It ' +
    'judges the code of the provider, which no step of a migration changes.',
  run: async (bench) => {
    const exchange = await chat(bench);
    if (exchange === null) return NOTHING_ASKED;
    if (exchange.requests.length === 0)
      return { kind: 'cannot', why: 'no call reached the upstream: see H08-oauth-on-wire' };
    const most = Math.max(...exchange.requests.map(({ body }) => toolsIn(body).length));
    if (most === 0) return { kind: 'holds' };
    const names = [...new Set(exchange.requests.flatMap(({ body }) => toolsIn(body)))];
    return answerOf([
      {
        message: `a chat offers Claude ${most} tools`,
        expected: 'no tools',
        seen: bench.safe(names.join(', ')),
        ...(await toolsLine(bench)),
        failureMode: 'FM-27',
        next: 'pass tools=[] to the options (claude-agent-sdk 0.1.12 or newer)',
        byHand: chatByHand(exchange),
      },
    ]);
  },
};

function toolsIn(body: string): readonly string[] {
  const value = parseJson(body) as { tools?: readonly { name?: unknown }[] } | undefined;
  return (value?.tools ?? []).map(({ name }) => (typeof name === 'string' ? name : 'a tool without a name'));
}

/** Where the provider starts Claude with its tools, as the static check finds it. */
async function toolsLine(bench: Bench): Promise<SourceLine> {
  const answer = await toolsOff.select(bench.tree, {});
  const findings = answer.kind === 'applies' ? await toolsOff.run(answer.input, bench.tree, {}) : [];
  const found = findings.find(({ path, line }) => path !== undefined && line !== undefined);
  if (found?.path !== undefined && found.line !== undefined) return { path: found.path, line: found.line };
  return providerLine(bench, /Options\(/);
}
