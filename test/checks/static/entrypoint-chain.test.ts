// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the shell
import { describe, expect, it } from 'vitest';
import { entrypointChain } from '../../../src/checks/static/entrypoint-chain.ts';
import { told } from '../../support/judge.ts';
import { CMD, compose, onBase, START, withScript } from './container-tree.ts';

const CHAIN = '/usr/local/bin/docker-entrypoint.sh';
const never = 'the entrypoint of the base never runs, so no login is written';
const script = (...lines: readonly string[]) => `#!/bin/bash\n${lines.join('\n')}\n`;

describe('S08-entrypoint-chain', () => {
  it.each([
    ['the base kept', onBase([CMD])],
    ['a call, then the arguments', withScript(START)],
    ['the base in front of the script', onBase([`ENTRYPOINT ["${CHAIN}"]`, CMD])],
    ['the base as the last word', withScript(script('check', `exec ${CHAIN} litellm --port 4000`), null)],
    ['a call in a condition', withScript(script(`if ! ${CHAIN} true >&2; then`, '  exit 1', 'fi', 'exec "$@"'))],
    ['a call that has to succeed', withScript(script(`${CHAIN} true || exit 1`, 'exec "$@"'))],
    ['a call behind a variable', withScript(script(`base=${CHAIN}`, '"$base" true', 'exec "$@"'))],
    [
      'a call with a default',
      withScript(script(`base="\${BASE_ENTRYPOINT:-${CHAIN}}"`, '"${base}" true', 'exec "$@"')),
    ],
    [
      'a function defined after its caller',
      withScript(script('run() { log_in; exec litellm --port 4000; }', `log_in() { ${CHAIN} true; }`, 'run'), null),
    ],
    [
      'one call on each of two branches',
      withScript(script('if [ -n "$A" ]; then', `${CHAIN} true`, 'else', `bash ${CHAIN} true`, 'fi', 'exec "$@"')),
    ],
    [
      'a call only with a token',
      withScript(script('if [ -n "$CLAUDE_CODE_OAUTH_TOKEN" ]; then', `  ${CHAIN} true`, 'fi', 'exec "$@"')),
    ],
    [
      'a way that ends before the second call',
      withScript(script('if [ "$1" = login ]; then', CHAIN, '  exit', 'fi', `${CHAIN} true`, 'exec "$@"')),
    ],
    [
      'two ways out through the base',
      withScript(
        script('if [ $# -gt 0 ]; then', `  exec ${CHAIN} "$@"`, 'fi', `exec ${CHAIN} litellm --port 4000`),
        null,
      ),
    ],
    [
      'a shortcut for other commands',
      withScript(
        script('case "$1" in', '  bash|sh) exec "$@" ;;', 'esac', `${CHAIN} true`, 'exec litellm --port 4000'),
        null,
      ),
    ],
    ['a quoted call', withScript(script(`gosu claude ${CHAIN} true`, 'exec "$@"'))],
    [
      'help text about the server',
      withScript(script('cat <<EOF', "litellm isn't up", 'EOF', `${CHAIN} true`, 'exec "$@"')),
    ],
    [
      'a script of a here-document',
      onBase([
        'COPY --chmod=755 <<EOF /s.sh',
        '#!/bin/sh',
        `${CHAIN} true`,
        'exec "$@"',
        'EOF',
        'ENTRYPOINT ["/s.sh"]',
        CMD,
      ]),
    ],
    [
      'a script that runs another one',
      withScript(script('. /app/login.sh', 'exec "$@"'), CMD, {
        Dockerfile: `${withScript('')['Dockerfile']}COPY login.sh /app/login.sh\n`,
        'login.sh': `${CHAIN} true\n`,
      }),
    ],
    ['a command of compose', onBase([], { 'compose.yaml': compose('command: litellm --port 4000') })],
  ])('takes %s', async (_, files) => {
    expect(await told(entrypointChain, files)).toEqual([]);
  });

  it.each([
    ['no call', withScript(script('exec "$@"')), 'start.sh:2', never],
    [
      'a name in a comment and in a message',
      withScript(script(`# ${CHAIN}`, `echo "${CHAIN} true"`, 'exec "$@"')),
      'start.sh:4',
      never,
    ],
    [
      'a call after the server',
      withScript(script('litellm --port 4000', `${CHAIN} true`), null),
      'start.sh:3',
      'the entrypoint of the base is called after the server, so no login is written in time',
    ],
    [
      'a function that nothing calls',
      withScript(script(`log_in() { ${CHAIN} true; }`, 'exec "$@"')),
      'start.sh:3',
      never,
    ],
    ['the server itself', onBase([CMD.replace('CMD', 'ENTRYPOINT')]), 'Dockerfile:2', never],
    [
      'a shell that runs the server',
      onBase(['ENTRYPOINT ["bash", "-c", "exec litellm --port 4000"]']),
      'Dockerfile:2',
      never,
    ],
    [
      'an entrypoint that compose puts in its place',
      onBase([CMD], { 'compose.yaml': compose('entrypoint: ["litellm"]') }),
      'compose.yaml:4',
      'entrypoint: of the service proxy takes the place of the image’s own, so no login is written',
    ],
    [
      'no command for a script that runs its arguments',
      withScript(START, null),
      'Dockerfile:4',
      'ENTRYPOINT empties the inherited CMD, and the script runs nothing but its arguments',
    ],
    ['no command at all', onBase(['USER claude']), 'Dockerfile:1', 'nothing starts the server: the base only sleeps'],
  ])('stops %s', async (_, files, place, message) => {
    expect(await told(entrypointChain, files)).toEqual([`blocker ${place} ${message}`]);
  });

  it('counts the calls on one way', async () => {
    expect(await told(entrypointChain, withScript(script(`${CHAIN} true`, `${CHAIN} true`, 'exec "$@"')))).toEqual([
      'error start.sh:3 the entrypoint of the base runs twice: it is called more than once',
    ]);
    const kept = onBase(['COPY start.sh /app/start.sh', 'CMD ["/app/start.sh"]'], {
      'start.sh': script(`${CHAIN} true`, 'exec litellm --port 4000'),
    });
    expect(await told(entrypointChain, kept)).toEqual([
      'error start.sh:2 the entrypoint of the base runs twice: the ENTRYPOINT of the base is kept, and called again',
    ]);
  });

  it('says that it cannot read a script that the checkout does not have', async () => {
    expect(await told(entrypointChain, onBase(['ENTRYPOINT ["/opt/run"]', CMD]))).toEqual([
      'warn Dockerfile:2 cannot tell whether /opt/run calls the entrypoint of the base: no file of the checkout is copied there',
    ]);
  });
});
