import { describe, expect, it } from 'vitest';
import { userFinal } from '../../../src/checks/static/user-final.ts';
import { userNumeric } from '../../../src/checks/static/user-numeric.ts';
import { told } from '../../support/judge.ts';
import { compose, FROM, onBase } from './container-tree.ts';

describe('S03-user-final', () => {
  it.each([[[]], [['USER root', 'USER claude']], [['USER root', 'USER 1001:1001']]])('takes %j', async (lines) => {
    expect(await told(userFinal, onBase(lines))).toEqual([]);
  });
  it.each([
    [['USER root'], 2],
    [['USER claude', 'RUN true', 'USER 0:0'], 4],
  ])('stops %j', async (lines, line) => {
    expect(await told(userFinal, onBase(lines))).toEqual([`error Dockerfile:${line} the container runs as root`]);
  });
  it('sees a loaded compose file that makes it root again, and no other', async () => {
    const yaml = compose('user: root');
    expect(await told(userFinal, onBase([], { 'compose.yaml': yaml }))).toEqual([
      'error compose.yaml:4 the container runs as root',
    ]);
    expect(await told(userFinal, onBase([], { 'compose.debug.yaml': yaml }))).toEqual([]);
  });
});

describe('S03-user-final and the stage that compose builds', () => {
  const Dockerfile = `${FROM} AS runtime\nUSER claude\nFROM runtime AS test\nUSER root\nRUN pip install pytest\n`;
  const yaml = (build: string) => `services:\n  proxy:\n    build: ${build}\n`;
  it('leaves the stages behind it alone', async () => {
    const files = (build: string) => ({ Dockerfile, 'compose.yaml': yaml(build) });
    expect(await told(userFinal, files('{context: ., target: runtime}'))).toEqual([]);
    expect(await told(userFinal, files('{context: ., target: test}'))).toEqual([
      'error Dockerfile:4 the container runs as root',
    ]);
    expect(await told(userFinal, files('.'))).toEqual(['error Dockerfile:4 the container runs as root']);
    expect(await told(userFinal, files('{context: ., target: unknown}'))).toEqual([
      'error Dockerfile:4 the container runs as root',
    ]);
  });
});

describe('S03-user-final and a start that gives root up', () => {
  const script = (line: string) =>
    onBase(['USER root', 'COPY --chmod=755 start.sh /start.sh', 'ENTRYPOINT ["/start.sh"]'], {
      'start.sh': `#!/bin/bash\nchown claude /data\n${line}\n`,
    });
  it.each([
    'exec gosu claude /usr/local/bin/docker-entrypoint.sh litellm',
    'exec su-exec 1001:1001 litellm',
    'exec setpriv --reuid=claude --init-groups litellm',
    'exec runuser -u claude -- litellm',
    "exec su claude -c 'litellm'",
  ])('takes %j', async (line) => {
    expect(await told(userFinal, script(line))).toEqual([]);
  });
  it.each(['exec litellm', 'echo gosu claude', 'exec gosu root litellm'])('stops %j', async (line) => {
    expect(await told(userFinal, script(line))).toEqual(['error Dockerfile:2 the container runs as root']);
  });
});

describe('S04-user-numeric', () => {
  it('wants numbers, and leaves root to its own check', async () => {
    expect(await told(userNumeric, onBase(['USER 1001:1001']))).toEqual([]);
    expect(await told(userNumeric, onBase(['USER root']))).toEqual([]);
    const message = 'the user of the image is a name, which Kubernetes cannot tell from root';
    expect(await told(userNumeric, onBase(['USER claude']))).toEqual([`info Dockerfile:2 ${message}`]);
    expect(await told(userNumeric, onBase([]))).toEqual([`info Dockerfile:1 ${message}`]);
  });
});
