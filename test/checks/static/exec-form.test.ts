// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the shell
import { describe, expect, it } from 'vitest';
import { execForm } from '../../../src/checks/static/exec-form.ts';
import { mended, told } from '../../support/judge.ts';
import { CMD, onBase, START, withScript } from './container-tree.ts';

const behind = 'the script starts the server and stays in front of it, so the server is not told to stop';
const shellForm = (keyword: string) =>
  `${keyword} is in shell form, so a shell stands between the container and its server`;

describe('S09-exec-form', () => {
  it.each([
    ['JSON form', onBase([CMD])],
    ['a script that ends with exec', withScript(START)],
    ['a shell that becomes the server', onBase(['CMD exec litellm --port ${PORT}'])],
    ['exec behind a wrapper', withScript('#!/bin/bash\nexec gosu claude "$@"\n')],
    [
      'a child that gets the signals',
      withScript('#!/bin/bash\ntrap \'kill "$pid"\' TERM\nlitellm --port 4000 &\npid=$!\nwait "$pid"\n', null),
    ],
    [
      'a function that runs its own arguments',
      withScript('#!/bin/bash\nretry() { "$@" || "$@"; }\nretry true\nexec "$@"\n'),
    ],
    ['a question to the server', withScript('#!/bin/bash\nlitellm --version\nexec "$@"\n')],
  ])('takes %s', async (_, files) => {
    expect(await told(execForm, files)).toEqual([]);
  });

  it('turns a plain shell form into JSON, and leaves one that needs the shell', async () => {
    const files = onBase(["CMD litellm --config '/app/my config.yaml' --port 4000"]);
    expect(await told(execForm, files)).toEqual([`error Dockerfile:2 ${shellForm('CMD')}`]);
    const after = await mended(execForm, files);
    expect(after['Dockerfile']?.split('\n')[1]).toBe(
      'CMD ["litellm", "--config", "/app/my config.yaml", "--port", "4000"]',
    );
    expect(await told(execForm, after)).toEqual([]);
    for (const line of ['CMD litellm --port $PORT', 'CMD cd /app && litellm', 'CMD exec 2>&1 litellm | tee /log']) {
      const kept = onBase([line]);
      expect(await mended(execForm, kept)).toEqual(kept);
    }
  });

  it('stops an ENTRYPOINT in shell form even with exec: it drops every argument', async () => {
    expect(await told(execForm, onBase(['ENTRYPOINT exec litellm --port 4000']))).toEqual([
      `error Dockerfile:2 ${shellForm('ENTRYPOINT')}`,
    ]);
  });

  it('adds exec before the last command, and only there', async () => {
    const files = withScript('#!/bin/bash\nset -e\nlitellm \\\n  --port 4000\n# end\n', null);
    expect(await told(execForm, files)).toEqual([`error start.sh:3 ${behind}`]);
    const after = await mended(execForm, files);
    expect(after['start.sh']).toBe('#!/bin/bash\nset -e\nexec litellm \\\n  --port 4000\n# end\n');
    expect(await told(execForm, after)).toEqual([]);
    const early = withScript('#!/bin/bash\n"$@"\necho done\n');
    expect(await told(execForm, early)).toEqual([`error start.sh:2 ${behind}`]);
    expect(await mended(execForm, early)).toEqual(early);
    const inBranch = withScript('#!/bin/bash\nif true; then litellm --port 4000; fi\n', null);
    expect(await mended(execForm, inBranch)).toEqual(inBranch);
    const inPipe = withScript('#!/bin/bash\ndate | litellm --port 4000\n', null);
    expect(await mended(execForm, inPipe)).toEqual(inPipe);
  });

  it.each([
    ['["sh", "-c", "cd /app && litellm --port 4000"]', 'sh'],
    ['["tini", "--", "/bin/sh", "-ec", "prisma generate; litellm --port 4000"]', 'sh'],
    ['["bash", "-c", "litellm --port 4000; echo done"]', 'bash'],
    ['["sh", "-c", "cd /app && exec litellm --port 4000"]', null],
    ['["sh", "-c", "litellm --port $LITELLM_PORT"]', null],
    ['["bash", "-lc", "cd /app && litellm --port 4000"]', null],
    ['["sh", "-c", "sleep 1 && echo"]', null],
  ])('reads the shell in CMD %s', async (cmd, shell) => {
    const message = 'starts the server and stays in front of it, so the server is not told to stop';
    expect(await told(execForm, { Dockerfile: `FROM x\nCMD ${cmd}\n` })).toEqual(
      shell === null ? [] : [`error Dockerfile:2 ${shell} ${message}`],
    );
  });
});
