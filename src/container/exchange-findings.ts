/** What findings about an exchange with the server have in common. */
import { isTestFile, liveFilesWith } from '../checks/live-files.ts';
import type { Bench } from './bench.ts';
import type { Exchange } from './conversation.ts';
import type { SourceLine } from './define.ts';
import { SERVICE_PORT } from './service.ts';

/** The answer of a check that needs an exchange when there was none. */
export const NOTHING_ASKED = { kind: 'cannot', why: 'nothing could be asked: see H06-healthy and H05-models' } as const;

/** The command that asks the same by hand; `more` is put into the body: `,"stream":true`. */
export function chatByHand({ model }: Exchange, more = ''): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }).replace(/\}$/, `${more}}`);
  return `curl -s -H "Authorization: Bearer $LITELLM_MASTER_KEY" -H "Content-Type: application/json" -d '${body}' http://127.0.0.1:${SERVICE_PORT}/v1/chat/completions`;
}

/** The first line of the provider's own code that matches, its first line, or the FROM line where there is no provider. */
export async function providerLine({ tree, judged }: Bench, pattern: RegExp): Promise<SourceLine> {
  const files = (await liveFilesWith(tree, 'CustomLLM', '**/*.py')).filter(({ path }) => !isTestFile(path));
  for (const { path, text } of files) {
    const at = text.search(pattern);
    if (at >= 0) return { path, line: text.slice(0, at).split('\n').length };
  }
  const [first] = files;
  return first === undefined ? { path: judged.path, line: judged.stage.base.line } : { path: first.path, line: 1 };
}
