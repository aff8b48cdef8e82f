// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the shell
import { describe, expect, it } from 'vitest';
import { healthcheckStatic } from '../../../src/checks/static/healthcheck-static.ts';
import { judge, told } from '../../support/judge.ts';
import { compose, onBase } from './container-tree.ts';

const CURL = 'the health check calls curl, which the base image does not promise';
const python = (path: string) =>
  `CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:4000${path}', timeout=8)"]`;
const probe = (text: string, ...before: readonly string[]) =>
  onBase([...before, `HEALTHCHECK --interval=30s --start-period=60s ${text}`]);

describe('S11-healthcheck-static', () => {
  it.each([
    ['liveliness', probe(python('/health/liveliness'))],
    ['its other name', probe(python('/health/liveness'))],
    ['readiness', probe(python('/health/readiness'))],
    [
      'a client that is given host and path apart',
      probe(
        "CMD python3 -c \"import http.client as h; c=h.HTTPConnection('localhost', 4000); c.request('GET', '/health/liveliness')\"",
      ),
    ],
    [
      'curl that the Dockerfile installs',
      probe(
        'CMD curl -f http://localhost:4000/health/liveliness || exit 1',
        'RUN apt-get update && apt-get install -y --no-install-recommends curl',
      ),
    ],
    [
      'a script of the checkout',
      {
        ...probe('CMD ["python", "/app/health.py"]', 'COPY health.py /app/health.py'),
        'health.py': 'open("http://localhost:4000/health/readiness")\n',
      },
    ],
    [
      'a key that the program reads by itself',
      probe(
        "CMD python -c \"import os; k=os.environ.get('LITELLM_MASTER_KEY'); u('http://localhost:4000/health/readiness')\" || exit 1",
      ),
    ],
    [
      'a check of compose in its place',
      onBase([], {
        'compose.yaml': compose(
          'healthcheck:',
          `  test: ["CMD", "python", "-c", "u('http://localhost:4000/health/liveliness')"]`,
          '  start_period: 60s',
        ),
      }),
    ],
  ])('takes %s', async (_, files) => {
    expect(await told(healthcheckStatic, files)).toEqual([]);
  });

  it.each([
    ['CMD curl -f http://localhost:4000/health/liveliness || exit 1', CURL],
    ['CMD ["curl", "-f", "http://localhost:4000/health/readiness"]', CURL],
    ['CMD exec /usr/bin/curl -f http://localhost:4000/health/readiness', CURL],
    [python('/health'), 'the health check asks /health, which needs a key and may call every model'],
    [python('/health/services'), 'the health check asks /health/services, which needs a key and may call every model'],
    [python('/v1/models'), 'the health check asks for something else than the health of the proxy'],
    [
      "CMD python -c \"open('http://localhost:4000/health/readiness', method='HEAD')\"",
      'the health check sends HEAD, which LiteLLM answers with 405',
    ],
    [
      'CMD python -m probe -H "Bearer $LITELLM_MASTER_KEY" http://localhost:4000/health/readiness',
      'the health check carries a key on its command line',
    ],
  ])('stops %j', async (text, message) => {
    expect(await told(healthcheckStatic, probe(text))).toEqual([`error Dockerfile:2 ${message}`]);
  });

  it('asks the port that the server is told', async () => {
    const onPort = (port: string) => probe(python('/health/liveliness').replace('4000', port));
    const started = (port: string, command: string) => {
      const files = onPort(port);
      return { ...files, Dockerfile: `${files['Dockerfile']}CMD ${JSON.stringify(command.split(' '))}\n` };
    };
    const serve = 'litellm --config /app/config/litellm_config.yaml --port';
    expect(await told(healthcheckStatic, started('8080', `${serve} 4000`))).toEqual([
      expect.stringContaining('the health check asks port 8080, and the server listens on 4000'),
    ]);
    expect(await told(healthcheckStatic, started('8080', `${serve}=8080`))).toEqual([]);
    // A port that is not written out, and an address without one.
    expect(await told(healthcheckStatic, started('8080', `${serve} $PORT`))).toEqual([]);
    expect(await told(healthcheckStatic, started('80', `${serve} 80`))).toEqual([]);
  });

  it('never shows a key that is written out', async () => {
    const key = `sk-${'a1'.repeat(12)}`;
    const found = await judge(
      healthcheckStatic,
      probe(`CMD curl -H "Authorization: Bearer ${key}" http://localhost:4000/health`),
    );
    expect(found).toHaveLength(3);
    expect(JSON.stringify(found)).not.toContain(key);
  });

  it('wants exactly one, with a start period', async () => {
    expect(await told(healthcheckStatic, onBase([]))).toEqual([
      'error Dockerfile:1 the image has no health check, and the base brings none',
    ]);
    expect(await told(healthcheckStatic, onBase(['HEALTHCHECK NONE']))).toEqual([
      'error Dockerfile:2 the image has no health check, and the base brings none',
    ]);
    const twice = onBase([
      `HEALTHCHECK ${python('/health')}`,
      `HEALTHCHECK --start-period=5s ${python('/health/readiness')}`,
    ]);
    expect(await told(healthcheckStatic, twice)).toEqual([
      'error Dockerfile:2 2 health checks, of which only the last one counts',
    ]);
    for (const flag of ['', '--start-period=0s ']) {
      expect(await told(healthcheckStatic, onBase([`HEALTHCHECK ${flag}${python('/health/readiness')}`]))).toEqual([
        'error Dockerfile:2 the health check has no start period, so a slow first start counts as failed',
      ]);
    }
  });

  it('judges the check of a loaded compose file too', async () => {
    const yaml = compose('healthcheck:', '  test: ["CMD-SHELL", "curl -f http://localhost:4000/health/readiness"]');
    const files = probe(python('/health/readiness'));
    expect(await told(healthcheckStatic, { ...files, 'compose.yaml': yaml })).toEqual([`error compose.yaml:5 ${CURL}`]);
    expect(await told(healthcheckStatic, { ...files, 'compose.yaml.example': yaml })).toEqual([]);
  });

  it('says that it cannot tell what an unknown program asks', async () => {
    expect(await told(healthcheckStatic, probe('CMD ["/opt/healthy"]'))).toEqual([
      'warn Dockerfile:2 cannot tell what the health check asks the server',
    ]);
  });

  describe('a probe in a script', () => {
    const image = (probe: string, name: string, text: string) =>
      onBase([`COPY ${name} ./${name}`, `HEALTHCHECK --start-period=60s CMD ${probe}`], { [name]: text });
    const good = 'import urllib.request as u\nu.urlopen("http://localhost:4000/health/readiness")\n';
    it.each<[string, string, string, readonly string[]]>([
      ['python health.py', 'health.py', good, []],
      ['["python3", "/app/health.py"]', 'health.py', good, []],
      [
        'python health.py',
        'health.py',
        good.replace('/readiness', ''),
        ['error Dockerfile:3 the health check asks /health, which needs a key and may call every model'],
      ],
      [
        'sh health.sh',
        'health.sh',
        '#!/bin/sh\ncurl -fsS http://localhost:4000/health/liveliness\n',
        ['error Dockerfile:3 the health check calls curl, which the base image does not promise'],
      ],
      [
        'sh health.sh',
        'health.sh',
        '#!/bin/sh\n# no curl here\npython -c "u.urlopen(\'http://localhost:4000/health/liveliness\')"\n',
        [],
      ],
    ])('%s runs %s', async (probe, name, text, expected) => {
      expect(await told(healthcheckStatic, image(probe, name, text))).toEqual(expected);
    });
  });

  describe('a health check of compose', () => {
    const probe = 'test: [CMD, python, -c, "u.urlopen(\'http://localhost:4000/health/liveliness\')"]';
    const image = (line: string) =>
      `HEALTHCHECK ${line} CMD python -c "u.urlopen('http://localhost:4000/health/liveliness')"`;
    const late = 'the health check has no start period, so a slow first start counts as failed';
    it.each<[readonly string[], string, readonly string[]]>([
      [[], `{${probe}, start_period: 60s}`, []],
      [[], `{${probe}}`, [`error compose.yaml:4 ${late}`]],
      [[], `{${probe}, start_period: 0s}`, [`error compose.yaml:4 ${late}`]],
      [[image('--start-period=60s')], `{${probe}}`, []],
      [[image('')], `{${probe}, start_period: 60s}`, []],
      [[image('')], `{${probe}}`, [`error Dockerfile:2 ${late}`, `error compose.yaml:4 ${late}`]],
      [
        [image('--start-period=60s')],
        '{disable: true}',
        ['warn compose.yaml:4 the service proxy switches the health check off'],
      ],
      [
        [image('--start-period=60s')],
        '{test: [NONE]}',
        ['warn compose.yaml:4 the service proxy switches the health check off'],
      ],
      [[image('--start-period=60s')], '{interval: 10s}', []],
    ])('beside %j, %s', async (lines, healthcheck, expected) => {
      const files = onBase(lines, { 'compose.yaml': compose(`healthcheck: ${healthcheck}`) });
      expect(await told(healthcheckStatic, files)).toEqual(expected);
    });
  });
});
