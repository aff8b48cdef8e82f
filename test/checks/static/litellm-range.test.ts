import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/checks/define.ts';
import { allowsVersion } from '../../../src/checks/project/versions.ts';
import { litellmRange } from '../../../src/checks/static/litellm-range.ts';
import { readRequirements } from '../../../src/editors/requirements.ts';
import { judge, mended, told } from '../../support/judge.ts';

const both = 'the bound lets the compromised 1.82.7 and 1.82.8 in';
const image = (run: string) => ({ Dockerfile: `FROM x\n${run}\n` });

describe('S06-litellm-range', () => {
  it.each([
    'litellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8',
    'litellm!=1.82.7,!=1.82.8',
    'litellm==1.81.0',
    'LiteLLM <= 1.82.6',
    'litellm~=1.83.0',
    'litellm>=1.40,!=1.82.*',
    'litellm @ git+https://example.org/litellm@0123abc',
  ])('takes %j', async (line) => {
    expect(await told(litellmRange, { 'requirements.txt': `${line}\n` })).toEqual([]);
  });

  it.each([
    ['litellm[proxy]>=1.40.0', both],
    ['litellm==1.82.7', 'the bound lets the compromised 1.82.7 in'],
    ['litellm>=1.40,!=1.82.7', 'the bound lets the compromised 1.82.8 in'],
    ['litellm[proxy]', 'litellm has no version bound at all, so a compromised release may be installed'],
  ])('stops %j', async (line, message) => {
    expect(await told(litellmRange, { 'requirements.txt': `prisma\n${line}\n` })).toEqual([
      `error requirements.txt:2 ${message}`,
    ]);
  });

  it('mends a bound, and invents none', async () => {
    const files = { 'requirements.txt': 'litellm[proxy]>=1.40.0  # proxy\r\nprisma' };
    const after = await mended(litellmRange, files);
    expect(after).toEqual({ 'requirements.txt': 'litellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8  # proxy\r\nprisma' });
    expect(await told(litellmRange, after)).toEqual([]);
    expect(await mended(litellmRange, { 'requirements.txt': 'litellm\n' })).toEqual({
      'requirements.txt': 'litellm\n',
    });
  });

  it('does not bound a pinned release, which would leave none', async () => {
    const files = { 'requirements.txt': 'litellm[proxy]==1.82.7\n' };
    expect(await mended(litellmRange, files)).toEqual(files);
    const [found] = (await judge(litellmRange, files)) as Finding[];
    expect(found?.next).toBe('pin another release than 1.82.7');
  });

  it.each<[string, string, Record<string, string>, readonly string[]]>([
    [
      'PEP 621',
      'RUN pip install .',
      { 'pyproject.toml': '[project]\ndependencies = ["litellm[proxy]>=1.40"]\n' },
      [`error pyproject.toml:2 ${both}`],
    ],
    ['its bound', 'RUN uv sync', { 'pyproject.toml': '[project]\ndependencies = ["litellm[proxy]<1.82"]\n' }, []],
    [
      'a lock file',
      'RUN uv sync --frozen',
      {
        'pyproject.toml': '[project]\ndependencies = ["litellm[proxy]"]\n',
        'uv.lock': '[[package]]\nname = "litellm"\nversion = "1.80.0"\n',
      },
      [],
    ],
    [
      'a lock file with a compromised release',
      'RUN poetry install',
      {
        'pyproject.toml': '[tool.poetry.dependencies]\nlitellm = "^1.40"\n',
        'poetry.lock': '[[package]]\nname = "litellm"\nversion = "1.82.8"\n',
      },
      ['error pyproject.toml:2 the bound lets the compromised 1.82.8 in'],
    ],
    ['a caret', 'RUN poetry install', { 'pyproject.toml': '[tool.poetry.dependencies]\nlitellm = "^1.83"\n' }, []],
    [
      'Pipenv',
      'RUN pipenv install --system',
      { Pipfile: '[packages]\nlitellm = "*"\n' },
      ['error Pipfile:2 litellm has no version bound at all, so a compromised release may be installed'],
    ],
    ['a constraint of the command', 'RUN pip install litellm -c bounds.txt', { 'bounds.txt': 'litellm==1.80.0\n' }, []],
    ['an argument', "ARG V=1.82.7\nRUN pip install 'litellm==1.80.0'", {}, []],
    [
      'the default of an argument',
      'ARG V=1.82.7\nRUN pip install "litellm==$V"',
      {},
      ['error Dockerfile:5 the bound lets the compromised 1.82.7 in'],
    ],
    [
      'an argument without one',
      `ARG V\nRUN pip install "litellm==$V"`,
      {},
      ['not applicable: no requirements file, no manifest and no pip command here names litellm'],
    ],
    [
      'a script of the start',
      'CMD ["bash", "start.sh"]',
      { 'start.sh': "#!/bin/bash\npip install 'litellm>=1.40'\n" },
      [`error start.sh:2 ${both}`],
    ],
  ])('reads %s', async (_, run, files, expected) => {
    const Dockerfile = `FROM x\nWORKDIR /app\nCOPY . .\n${run}\n`;
    expect(await told(litellmRange, { Dockerfile, ...files })).toEqual(expected);
  });

  it('reads what the image installs: RUN lines, named files, constraints', async () => {
    expect(await told(litellmRange, image("RUN pip install 'litellm[proxy]>=1.40'"))).toEqual([
      `error Dockerfile:2 ${both}`,
    ]);
    // Its lost bound is told by the check of quotes, and does not count as no bound here.
    expect(await told(litellmRange, image('RUN pip install litellm>=1.83'))).toEqual([]);
    const files = {
      Dockerfile: 'FROM x\nCOPY deps/proxy.txt /tmp/\nRUN pip install -r /tmp/proxy.txt\n',
      'deps/proxy.txt': '-c bounds.txt\nlitellm[proxy]\n',
      'deps/bounds.txt': 'litellm<1.82\n',
      'requirements.txt': 'litellm\n',
    };
    expect(await told(litellmRange, files)).toEqual([]);
    expect(await told(litellmRange, { ...files, 'deps/bounds.txt': 'prisma\n' })).toEqual([
      'error deps/proxy.txt:2 litellm has no version bound at all, so a compromised release may be installed',
    ]);
  });

  it('has nothing to say where litellm is not named', async () => {
    expect(await told(litellmRange, { 'requirements.txt': 'litellm-proxy-extras\n' })).toEqual([
      'not applicable: no requirements file, no manifest and no pip command here names litellm',
    ]);
  });
});

describe('allowsVersion', () => {
  it.each([
    ['a>=1.2', '1.2.0', true],
    ['a>1.2', '1.2.0', false],
    ['a<2', '1.99', true],
    ['a<=1.2', '1.2.1', false],
    ['a~=1.4.2', '1.5.0', false],
    ['a~=1.4', '1.99', true],
    ['a==1.82.*', '1.82.7', true],
    ['a!=1.82.*', '1.82.7', false],
    ['a===1.82.7', '1.82.7', true],
    ['a==1.82.7rc1', '1.82.7', false],
  ])('%s lets %s in: %s', (line, version, expected) => {
    expect(allowsVersion(readRequirements(line).requirements[0]?.specifiers ?? [], version)).toBe(expected);
  });
});
