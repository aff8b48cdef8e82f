import { describe, expect, it } from 'vitest';
import { allowsVersion } from '../../../src/checks/project/versions.ts';
import { litellmRange } from '../../../src/checks/static/litellm-range.ts';
import { readRequirements } from '../../../src/editors/requirements.ts';
import { mended, told } from '../../support/judge.ts';

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
      'not applicable: no requirements file and no RUN here names litellm',
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
