// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the shell or of a workflow
import { describe, expect, it } from 'vitest';
import { ciSmokeReal } from '../../../src/checks/static/ci-smoke-real.ts';
import { judge, told } from '../../support/judge.ts';

const workflow = (...lines: readonly string[]): string =>
  [
    'on: push',
    'jobs:',
    '  test:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    ...lines.map((line) => `      ${line}`),
    '',
  ].join('\n');
const project = (entrypoint: string, ...run: readonly string[]): Record<string, string> => ({
  Dockerfile: `FROM ghcr.io/cabinlab/claude-code-sdk:python\nCOPY start.sh /start.sh\n${entrypoint}\n`,
  'start.sh': '#!/bin/sh\nexec litellm --port 4000\n',
  '.github/workflows/t.yml': workflow('- run: docker build -t img .', '- run: |', ...run.map((line) => `    ${line}`)),
});
const SCRIPT = 'ENTRYPOINT ["/start.sh"]';

describe('S26-ci-smoke-real', () => {
  it.each([
    ['docker run --rm img python --version'],
    ['docker run --rm -e KEY=a img bash -c "python --version"'],
    ['podman run img python -V'],
    ['docker run img --version'],
  ])('finds %s where the entrypoint ignores its arguments', async (line) => {
    const found = await judge(ciSmokeReal, project(SCRIPT, 'echo go', line));
    expect(found).toMatchObject([{ severity: 'warn', line: 9, failureMode: 'FM-12', path: '.github/workflows/t.yml' }]);
  });

  it('joins lines, and names the first', async () => {
    expect(
      await told(
        ciSmokeReal,
        project(SCRIPT, 'docker run --rm \\', `  -e K=\${{ secrets.K }} \\`, '  img \\', '  python -V'),
      ),
    ).toEqual(['warn .github/workflows/t.yml:8 the image never runs python']);
  });

  it.each([
    [SCRIPT, 'docker run --rm --entrypoint python img --version'],
    [SCRIPT, 'docker run -d --name c img'],
    [SCRIPT, 'docker run --rm postgres:16 psql --version'],
    [SCRIPT, 'echo docker run img python'],
    ['', 'docker run --rm img python --version'],
    ['ENTRYPOINT ["litellm"]', 'docker run --rm img --version'],
    ['ENTRYPOINT ["docker-entrypoint.sh"]', 'docker run --rm img python'],
  ])('with %j is silent about %s', async (entrypoint, line) => {
    expect(await told(ciSmokeReal, project(entrypoint, line))).toEqual([]);
  });

  it('is silent where the script runs its arguments', async () => {
    const files = { ...project(SCRIPT, 'docker run img python -V'), 'start.sh': '#!/bin/sh\nexec "$@"\n' };
    expect(await told(ciSmokeReal, files)).toEqual([]);
  });

  it('knows a program from its options, and the shell form', async () => {
    const line = 'docker run img python -V';
    const expected = ['warn .github/workflows/t.yml:8 the image never runs python'];
    expect(await told(ciSmokeReal, project('ENTRYPOINT ["litellm"]', line))).toEqual(expected);
    expect(await told(ciSmokeReal, project('ENTRYPOINT litellm', line))).toEqual(expected);
  });

  it('counts the actions of a file that a tag names', async () => {
    const text = workflow(
      '- uses: actions/checkout@v4',
      `- uses: owner/tool@${'0a'.repeat(20)} # v1`,
      '- uses: ./.github/actions/own',
      '- uses: docker://alpine:3',
      '- uses: owner/other/sub@main',
    );
    const found = await judge(ciSmokeReal, { '.github/workflows/a.yml': text });
    expect(found).toMatchObject([
      {
        severity: 'warn',
        line: 6,
        message: '2 of 3 actions are named by something that can be moved',
        seen: 'actions/checkout@v4, owner/other/sub@main',
      },
    ]);
  });

  it('has nothing to judge without a workflow', async () => {
    expect(await judge(ciSmokeReal, { '.github/workflows/x.txt': '' })).toBe('there is no workflow');
    expect(await told(ciSmokeReal, { '.github/workflows/x.yml': '\tno yaml: [' })).toEqual([
      'not applicable: there is no workflow',
    ]);
  });

  it.each([
    ["docker run --rm '${{ env.IMAGE }}:ci' python -V", 'python'],
    ['docker run --rm "$IMAGE:ci" python -V', 'python'],
    ['docker run --rm ${IMAGE}:ci python -V', 'python'],
    ['docker run --rm "$OTHER:ci" python -V', null],
    ['docker compose run --rm proxy python -V', 'python'],
    ['docker compose -f compose.yaml run --rm -T proxy', null],
    ['docker-compose run --rm --entrypoint python proxy -V', null],
    ['docker compose run --rm db psql', null],
    ['docker compose exec proxy python -V', null],
  ])('knows the image behind %s', async (line, program) => {
    const files = {
      ...project(SCRIPT),
      'compose.yaml': 'services:\n  proxy:\n    build: .\n  db:\n    image: postgres\n',
      '.github/workflows/t.yml': workflow(
        `- uses: docker/build-push-action@${'0'.repeat(40)}`,
        '  with:',
        '    tags: ${{ env.IMAGE }}:ci',
        `- run: ${line}`,
      ).replace('jobs:', 'env: {IMAGE: example/app, OTHER: other}\njobs:'),
    };
    expect(await told(ciSmokeReal, files)).toEqual(
      program === null ? [] : [`warn .github/workflows/t.yml:10 the image never runs ${program}`],
    );
  });
});
