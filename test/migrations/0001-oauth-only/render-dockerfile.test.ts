// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the file format
import { describe, expect, it } from 'vitest';
import { renderDockerfile } from '../../../migrations/0001-oauth-only/render-dockerfile.ts';
import { finalStage, readDockerfile } from '../../../src/editors/dockerfile.ts';
import { templateText } from './container-family.ts';

const PARTS = {
  base: 'registry.example/cabinlab/claude-code-sdk:python',
  requirements: 'requirements.txt',
  lines: ['COPY --chown=claude:claude $& /app/x', 'ENV A=1'],
  command: ['litellm', '--config', '/a "b".yaml'],
  database: true,
  pythonPath: ['/app', '/app/src'],
};
const TEMPLATE = [
  'ARG BASE_IMAGE=default',
  'FROM ${BASE_IMAGE}',
  'COPY --chown=claude:claude requirements.txt /app/requirements.txt',
  'ARG WITH_DATABASE=1',
  '# refit:copy-begin',
  'COPY sample /app/',
  '# refit:copy-end',
  'ENV PYTHONPATH=/app \\',
  '    PORT=4000',
  '# refit:command',
  'CMD ["sample"]',
  '',
].join('\n');

describe('renderDockerfile', () => {
  it('fills every place and changes nothing else', () => {
    expect(renderDockerfile(TEMPLATE, PARTS)).toBe(
      [
        'ARG BASE_IMAGE=registry.example/cabinlab/claude-code-sdk:python',
        'FROM ${BASE_IMAGE}',
        'COPY --chown=claude:claude requirements.txt /app/requirements.txt',
        'ARG WITH_DATABASE=1',
        'COPY --chown=claude:claude $& /app/x',
        'ENV A=1',
        'ENV PYTHONPATH=/app:/app/src \\',
        '    PORT=4000',
        'CMD ["litellm", "--config", "/a \\"b\\".yaml"]',
        '',
      ].join('\n'),
    );
  });
  it('takes another requirements file, and no database', () => {
    const text = renderDockerfile(TEMPLATE, { ...PARTS, requirements: 'deps/my base.txt', database: false });
    expect(text).toContain(
      '\nCOPY --chown=claude:claude ["deps/my base.txt", "/app/requirements.txt"]\nARG WITH_DATABASE=0\n',
    );
    const plain = renderDockerfile(TEMPLATE, { ...PARTS, requirements: 'deps/base.txt' });
    expect(plain).toContain('\nCOPY --chown=claude:claude deps/base.txt /app/requirements.txt\n');
  });
  it.each([
    'ARG BASE_IMAGE=',
    'COPY --chown=claude:claude requirements.txt',
    'ARG WITH_DATABASE',
    'ENV PYTHONPATH',
    '# refit:copy-end',
    '# refit:command',
  ])('fails without the place %s, and with it twice', (place) => {
    const line = TEMPLATE.split('\n').find((one) => one.startsWith(place)) ?? '';
    expect(() => renderDockerfile(TEMPLATE.replace(`${line}\n`, ''), PARTS)).toThrow(
      / 0 times, not once|unknown place/,
    );
    const block = place.includes('copy-end')
      ? TEMPLATE.slice(TEMPLATE.indexOf('# refit:copy-begin'), TEMPLATE.indexOf('ENV PYTHONPATH'))
      : place.includes('command')
        ? TEMPLATE.slice(TEMPLATE.indexOf('# refit:command'))
        : `${line}\n`;
    expect(() => renderDockerfile(TEMPLATE + block, PARTS)).toThrow(/ 2 times, not once/);
  });
  it('fails on a place it does not know', () => {
    expect(() => renderDockerfile(`${TEMPLATE}# refit:other\n`, PARTS)).toThrow('unknown place: # refit:other');
  });
  it('fills the shipped template, which is whole before and after', () => {
    const template = templateText('Dockerfile');
    for (const text of [template, renderDockerfile(template, PARTS)]) {
      const file = readDockerfile(text);
      const stage = finalStage(file);
      expect(file.problems).toEqual([]);
      if (stage.kind !== 'stage') throw new Error(stage.why);
      expect(stage.lastUser?.value).toBe('claude');
      expect(stage.workdir).toBe('/app');
      expect(stage.entrypoint).toMatchObject({ form: 'json', words: ['/usr/local/bin/litellm-entrypoint.sh'] });
      expect(stage.healthchecks).toHaveLength(1);
      expect(stage.exposes.map(({ value }) => value)).toEqual(['4000']);
    }
    expect(renderDockerfile(template, PARTS)).not.toContain('refit:');
  });
});
