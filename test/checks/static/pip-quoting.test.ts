import { describe, expect, it } from 'vitest';
import { pipQuoting } from '../../../src/checks/static/pip-quoting.ts';
import { mended, told } from '../../support/judge.ts';

const file = (...lines: readonly string[]) => ({ Dockerfile: `FROM x\n${lines.join('\n')}\n` });
const lost = (line: number, text: string) =>
  `error Dockerfile:${line} the shell takes ${text} for a redirection: the version bound is lost`;

describe('S05-pip-quoting', () => {
  it.each([
    [file("RUN pip install 'litellm[proxy]>=1.40.0'")],
    [file('RUN pip install "litellm[proxy]>=1.40.0" prisma==0.11')],
    [file('RUN pip install litellm\\>=1.40')],
    [file('RUN pip install -r requirements.txt > /tmp/pip.log 2>&1')],
    [file('RUN pip install -r requirements.txt >/dev/null')],
    [file('RUN pip install litellm 2>/dev/null')],
    [file('RUN echo pip install litellm>=1.40')],
    [file('RUN ["pip", "install", "litellm>=1.40"]')],
    [file('RUN echo "pip install litellm>=1.40"')],
    [file('# RUN pip install litellm>=1.40')],
    [file('RUN echo 1 > /etc/marker && test 2 \\> 1')],
  ])('is silent about %j', async (files) => {
    expect(await told(pipQuoting, files)).toEqual([]);
  });

  it('quotes the whole requirement, wherever it stands', async () => {
    const files = file(
      'RUN pip install --no-cache-dir \\',
      '      litellm[proxy]>=1.40.0,<2 \\',
      '      aiofiles>23 && python -m pip install uv<1',
    );
    expect(await told(pipQuoting, files)).toEqual([
      lost(3, 'litellm[proxy]>=1.40.0,<2'),
      lost(4, 'aiofiles>23'),
      lost(4, 'uv<1'),
    ]);
    const after = await mended(pipQuoting, files);
    expect(after['Dockerfile']).toBe(
      "FROM x\nRUN pip install --no-cache-dir \\\n      'litellm[proxy]>=1.40.0,<2' \\\n      'aiofiles>23' && python -m pip install 'uv<1'\n",
    );
    expect(await told(pipQuoting, after)).toEqual([]);
  });

  it('sees earlier stages, here-documents and quoted shell texts, and mends none that it cannot', async () => {
    const stages = { Dockerfile: 'FROM x AS a\nRUN pip install a>=1\nFROM y\nRUN <<E\npip install b>=2\nE\n' };
    expect(await told(pipQuoting, stages)).toEqual([lost(2, 'a>=1'), lost(5, 'b>=2')]);
    const nested = file("RUN su claude -c 'pip install --user c>=3'");
    expect(await told(pipQuoting, nested)).toEqual([lost(2, 'c>=3')]);
    expect(await mended(pipQuoting, nested)).toEqual(nested);
    expect(await told(pipQuoting, file('RUN pip install litellm >=1.40'))).toEqual([lost(2, '>=1.40')]);
  });

  it('reads the scripts that run at start, and mends those that are files', async () => {
    const script = '#!/bin/bash\nset -e\nif [ -n "$EXTRA" ]; then pip install redis>=5 --quiet; fi\nexec "$@"\n';
    const files = {
      Dockerfile: 'FROM x\nCOPY start.sh other.sh /usr/local/bin/\nENTRYPOINT ["/usr/local/bin/start.sh"]\n',
      'start.sh': script,
      'other.sh': 'pip install never-run>=1\n',
    };
    const message = 'the shell takes redis>=5 for a redirection: the version bound is lost';
    expect(await told(pipQuoting, files)).toEqual([`error start.sh:3 ${message}`]);
    const after = await mended(pipQuoting, files);
    expect(after['start.sh']).toBe(script.replace('redis>=5', "'redis>=5'"));
    expect(await told(pipQuoting, after)).toEqual([]);
    const inline = {
      Dockerfile: `FROM x\nCOPY <<"E" /start.sh\n${script}E\nENTRYPOINT ["/start.sh"]\n`,
    };
    expect(await told(pipQuoting, inline)).toEqual([`error Dockerfile:5 ${message}`]);
    expect(await mended(pipQuoting, inline)).toEqual(inline);
  });
});
