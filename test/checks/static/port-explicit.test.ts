// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the shell
import { describe, expect, it } from 'vitest';
import { portExplicit } from '../../../src/checks/static/port-explicit.ts';
import { told } from '../../support/judge.ts';
import { CMD, compose, onBase, START, withScript } from './container-tree.ts';

const message = 'the server takes its port from PORT, which the base sets to 3000';
const BARE = 'CMD ["litellm", "--config", "/app/config.yaml"]';
const python = (call: string) =>
  onBase(['COPY startup.py /app/', 'CMD ["python", "/app/startup.py"]'], {
    'startup.py': `import os\nimport uvicorn\n${call}\n`,
  });

describe('S12-port-explicit', () => {
  it.each([
    ['an option', onBase([CMD])],
    ['an option in one word', onBase(['CMD ["litellm", "--port=4000"]'])],
    ['PORT of the image', onBase(['ENV PORT=4000', BARE])],
    ['PORT that the script sets', withScript('#!/bin/bash\nexport PORT=4000\nexec litellm\n', null)],
    ['PORT of compose', onBase([BARE], { 'compose.yaml': compose('environment: {PORT: "4000"}') })],
    [
      'a variable of another name',
      withScript('#!/bin/bash\nLITELLM_PORT="${LITELLM_PORT:-4000}"\nexec litellm --port "$LITELLM_PORT"\n', null),
    ],
    ['a number in Python', python('uvicorn.run(app, host="0.0.0.0", port=4000)')],
    ['the default of uvicorn', onBase(['CMD ["uvicorn", "app:app"]'])],
  ])('takes %s', async (_, files) => {
    expect(await told(portExplicit, files)).toEqual([]);
  });

  it.each([
    ['no port', onBase([BARE]), 'Dockerfile:2'],
    ['arguments without a port', withScript(START, BARE), 'Dockerfile:5'],
    [
      'a script without a port',
      withScript('#!/bin/bash\nexec litellm \\\n  --config /app/c.yaml\n', null),
      'start.sh:2',
    ],
    [
      'a default that never counts',
      withScript('#!/bin/bash\nPORT="${PORT:-4000}"\nexec litellm --port "$PORT"\n', null),
      'start.sh:3',
    ],
    ['a default in place', withScript('#!/bin/bash\nexec litellm --port "${PORT:-4000}"\n', null), 'start.sh:2'],
    ['a default in Python', python('uvicorn.run(app, port=int(os.environ.get("PORT", "4000")))'), 'Dockerfile:3'],
  ])('stops %s', async (_, files, place) => {
    expect(await told(portExplicit, files)).toEqual([`error ${place} ${message}`]);
  });

  it('has nothing to say of a start that it does not know', async () => {
    expect(await told(portExplicit, onBase(['CMD ["node", "server.js"]']))).toEqual([
      'not applicable: nothing that Dockerfile starts is a known server',
    ]);
  });

  it.each([
    ['args=(--config /app/c.yaml)\nargs+=(--port 4000)\nexec litellm "${args[@]}"', true],
    ['ARGS="--config /app/c.yaml --port=4000"\nexec litellm $ARGS', true],
    ['args=(\n  --config /app/c.yaml\n  --port 4000\n)\nexec litellm "${args[@]}"', true],
    ['unset PORT\nexec litellm', true],
    ['args=(--config /app/c.yaml)\nexec litellm "${args[@]}"', false],
    ['args=(--port "$PORT")\nexec litellm "${args[@]}"', false],
    ['unset HOST\nexec litellm', false],
  ])('reads what %j hands over', async (lines, holds) => {
    const found = await told(portExplicit, withScript(`#!/bin/bash\n${lines}\n`, null));
    const line = lines.split('\n').length + 1;
    expect(found).toEqual(holds ? [] : [`error start.sh:${line} ${message}`]);
  });
});
