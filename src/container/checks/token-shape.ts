import { dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';

/** The real token looks like one. */
export const tokenShape: ContainerCheck = {
  id: 'L02-token-shape',
  title: 'The real token has the shape of one',
  severity: 'error',
  level: 'service',
  description:
    'A token that was copied with a line break, in quotes or as the placeholder of an example passes for a login until the first request. Its prefix and its ' +
    'letters are judged, never its length, and nothing of it is shown.',
  run: async (bench) => {
    if (bench.live === undefined) return { kind: 'not-asked', why: 'no real login was asked for (--live)' };
    const problem = tokenProblem(bench.live.token);
    if (problem === null) return { kind: 'holds' };
    return answerOf([
      {
        message: 'the token in the environment is not one of claude setup-token',
        expected: 'sk-ant-oat01- and then letters, digits, - and _',
        seen: problem,
        ...dockerfileLine(bench, 'ENTRYPOINT'),
        failureMode: 'FM-24',
        next: 'take it again from claude setup-token, on one line and without quotes',
      },
    ]);
  },
};

/** What is wrong with the look of a token, in words that show nothing of it; null when nothing is. Pure. */
export function tokenProblem(token: string): string | null {
  if (/\s/.test(token)) return 'it holds a blank or a line break';
  if (/["'`]/.test(token)) return 'it holds a quote';
  if (/…|\.\.\.|your|token|here|example|<|>/i.test(token)) return 'it is the placeholder of an example';
  if (!token.startsWith('sk-ant-oat')) return 'it does not begin with sk-ant-oat';
  return /^[\w-]+$/.test(token) ? null : 'it holds a character that no token has';
}
