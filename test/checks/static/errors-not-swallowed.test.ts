import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/checks/define.ts';
import { errorsNotSwallowed } from '../../../src/checks/static/errors-not-swallowed.ts';
import { judge, told } from '../../support/judge.ts';
import { onBase, withScript } from './container-tree.ts';

const message = 'a step may fail without stopping the build';

describe('S13-errors-not-swallowed', () => {
  it.each([
    'RUN prisma generate',
    'RUN prisma generate || exit 1',
    'RUN prisma generate || (echo "no client" && exit 1)',
    'RUN prisma generate || { echo "no client"; exit 1; }',
    'RUN rm -rf /var/lib/apt/lists/* || true',
    'RUN chown -R claude /opt/venv || true',
    'RUN command -v prisma || pip install prisma',
    'RUN echo "pip install x || true"',
    '# RUN prisma generate || true',
  ])('takes %j', async (line) => {
    expect(await told(errorsNotSwallowed, onBase([line]))).toEqual([]);
  });

  it.each([
    [['RUN prisma generate || true'], 2],
    [['RUN python -m prisma generate || :'], 2],
    [['RUN true && \\', '    pip install --no-cache-dir prisma && \\', '    prisma generate || echo "went wrong"'], 3],
    [['RUN apt-get install -y git || exit 0'], 2],
    [["RUN su claude -c 'prisma generate || true'"], 2],
    [['RUN <<E', 'set -e', 'npm install -g x || true', 'E'], 4],
  ])('tells %j', async (lines, line) => {
    expect(await told(errorsNotSwallowed, onBase(lines))).toEqual([`warn Dockerfile:${line} ${message}`]);
  });

  it('reads the scripts that run at start', async () => {
    const script = '#!/bin/bash\ncat <<EOF\nprisma generate || true\nEOF\nprisma db push || true\nexec "$@"\n';
    expect(await told(errorsNotSwallowed, withScript(script))).toEqual([`warn start.sh:5 ${message}`]);
  });

  it.each([
    ['RUN pip install -r r.txt; rm r.txt', 'pip install -r r.txt ; rm r.txt'],
    ['RUN apt-get update && apt-get install -y git; exit 0', 'apt-get install -y git ; exit 0'],
    ['RUN set -e; pip install -r r.txt; rm r.txt', null],
    ['RUN rm -f a; pip install -r r.txt', null],
    ['RUN if true; then pip install -r r.txt; fi', null],
    ['RUN pip install -r r.txt;', null],
    ['SHELL ["/bin/bash", "-ec"]\nRUN pip install -r r.txt; rm r.txt', null],
    ['RUN <<E\npip install a; rm b\nE', null],
  ])('sees what a ; passes over in %j', async (run, seen) => {
    const found = await judge(errorsNotSwallowed, { Dockerfile: `FROM x\n${run}\n` });
    expect((found as Finding[]).map((one) => [one.line, one.seen, one.next])).toEqual(
      seen === null ? [] : [[2, seen, 'write && in place of ;']],
    );
  });
});
