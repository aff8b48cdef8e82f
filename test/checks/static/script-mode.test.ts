import { describe, expect, it } from 'vitest';
import { scriptMode } from '../../../src/checks/static/script-mode.ts';
import { judge, mended, told } from '../../support/judge.ts';
import { CMD, onBase, START } from './container-tree.ts';

const image = (copy: readonly string[], script: string | { content: string; mode: '755' } = START) => ({
  ...onBase([...copy, 'ENTRYPOINT ["/usr/local/bin/start.sh"]', CMD]),
  'scripts/start.sh': script,
});
const COPY = 'COPY scripts/start.sh /usr/local/bin/start.sh';

describe('S10-script-mode', () => {
  it.each([
    ['a mode in git', image([COPY], { content: START, mode: '755' })],
    ['chmod by number', image([COPY, 'RUN chmod 0755 /usr/local/bin/start.sh'])],
    ['chmod by letter, in a chain', image([COPY, 'RUN true && chmod -v a+x /usr/local/bin/start.sh'])],
    ['chmod of a pattern', image([COPY, 'RUN chmod +x /usr/local/bin/*.sh'])],
    ['chmod of the folder', image([COPY, 'RUN chmod -R u=rwx,go=rx /usr/local/bin'])],
    ['chmod relative to the working directory', image([COPY, 'WORKDIR /usr/local/bin', 'RUN chmod +x start.sh'])],
    ['COPY with a mode', image([COPY.replace('COPY', 'COPY --chmod=755')])],
    [
      'a shell that is given its name',
      onBase(['COPY start.sh /app/', 'CMD ["bash", "/app/start.sh"]'], { 'start.sh': 'exec litellm\n' }),
    ],
    [
      'Python that is given its name',
      onBase(['COPY startup.py /app/', 'CMD ["python", "startup.py"]'], { 'startup.py': 'import os\r\n' }),
    ],
  ])('takes %s', async (_, files) => {
    expect(await told(scriptMode, files)).toEqual([]);
  });

  it('wants the executable bit, and can set it', async () => {
    expect(await told(scriptMode, image([COPY]))).toEqual([
      'error scripts/start.sh:1 scripts/start.sh is run but is not executable',
    ]);
    expect(await judge(scriptMode, image([COPY, 'RUN chmod 644 /usr/local/bin/start.sh']))).toMatchObject([
      { fix: { kind: 'mode', path: 'scripts/start.sh', mode: '755' }, failureMode: 'FM-18' },
    ]);
  });

  it('takes the CR out of every line end, of a script given to a shell too', async () => {
    const crlf = START.replaceAll('\n', '\r\n');
    const files = onBase(['COPY start.sh /app/', 'CMD ["bash", "/app/start.sh"]'], { 'start.sh': crlf });
    expect(await told(scriptMode, files)).toEqual([
      'error start.sh:1 start.sh has Windows line ends, with which no shell of the image can run it',
    ]);
    expect((await mended(scriptMode, files))['start.sh']).toBe(START);
    const mendedByBuild = onBase(
      ['COPY start.sh /app/', "RUN sed -i 's/\\r$//' /app/start.sh", 'CMD ["bash", "/app/start.sh"]'],
      { 'start.sh': crlf },
    );
    expect(await told(scriptMode, mendedByBuild)).toEqual([]);
  });

  it('wants a first line that says what runs it', async () => {
    expect(await told(scriptMode, image([COPY], { content: `\n${START}`, mode: '755' }))).toEqual([
      'error scripts/start.sh:1 scripts/start.sh is run but does not say by what: its first line is no #! line',
    ]);
    expect(await told(scriptMode, image([COPY], { content: `\ufeff${START}`, mode: '755' }))).toHaveLength(1);
  });

  it('sees a script that another script runs', async () => {
    const files = {
      ...image([COPY, 'COPY scripts/run.sh /app/run.sh'], { content: '#!/bin/bash\nexec /app/run.sh\n', mode: '755' }),
      'scripts/run.sh': '#!/bin/sh\nexec litellm\n',
    };
    expect(await told(scriptMode, files)).toEqual([
      'error scripts/run.sh:1 scripts/run.sh is run but is not executable',
    ]);
  });

  it.each([
    [`RUN find /app -name '*.sh' -exec chmod +x {} +`, true],
    [`RUN find /app/scripts -type f -exec chmod 0755 {} \\;`, true],
    [`RUN find /app -name '*.py' -exec chmod +x {} +`, false],
    [`RUN find /srv -name '*.sh' -exec chmod +x {} +`, false],
    [`RUN find /app -name '*.sh' -exec chmod 0644 {} +`, false],
  ])('follows %j', async (run, holds) => {
    const files = {
      Dockerfile: `FROM x\nCOPY scripts/ /app/scripts/\n${run}\nENTRYPOINT ["/app/scripts/start.sh"]\n`,
      'scripts/start.sh': { content: '#!/bin/bash\nexec "$@"\n', mode: '644' as const },
    };
    const message = 'error scripts/start.sh:1 scripts/start.sh is run but is not executable';
    expect(await told(scriptMode, files)).toEqual(holds ? [] : [message]);
  });

  it.each([
    ['RUN install -m 0755 /tmp/start.sh /usr/local/bin/start.sh', true],
    ['RUN install /tmp/start.sh /usr/local/bin', true],
    ['RUN install -m 0644 /tmp/start.sh /usr/local/bin/', false],
    ['RUN chmod +x /tmp/start.sh && mv /tmp/start.sh /usr/local/bin/', true],
    ['RUN cp /tmp/start.sh /usr/local/bin/start.sh', false],
  ])('follows a script that %j moves on', async (run, holds) => {
    const files = {
      Dockerfile: `FROM x\nCOPY start.sh /tmp/start.sh\n${run}\nENTRYPOINT ["/usr/local/bin/start.sh"]\n`,
      'start.sh': { content: '#!/bin/bash\nexec "$@"\n', mode: '644' as const },
    };
    const message = 'error start.sh:1 start.sh is run but is not executable';
    expect(await told(scriptMode, files)).toEqual(holds ? [] : [message]);
  });
});
