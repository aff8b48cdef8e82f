import { describe, expect, test } from 'vitest';
import { commandLine, lastLines, plainText } from '../../src/container/engine/call.ts';
import { containerArguments } from '../../src/container/engine/container-spec.ts';
import { formatOwner, isGone, parseOwner, thisOwner } from '../../src/container/engine/owner.ts';
import { describeEngine, type Engine, explainBuildFailure, openSession } from '../../src/container/engine.ts';

const ENGINE: Engine = {
  kind: 'docker',
  program: 'docker',
  clientVersion: '28.2.2',
  serverVersion: '20.10.24',
  apiVersion: '1.41',
  builder: 'legacy',
  composeVersion: null,
  rootless: false,
  storageDriver: 'overlay2',
  architecture: 'x86_64',
  limits: { memory: true, pids: true },
  endpoint: 'unix:///var/run/docker.sock',
};

describe('describeEngine', () => {
  test('names both versions when client and server differ', () => {
    expect(describeEngine(ENGINE)).toBe('docker 28.2.2 → 20.10.24 (API 1.41), legacy builder, no compose, overlay2');
  });

  test('names one version, the plug-ins and a rootless engine', () => {
    const engine: Engine = {
      ...ENGINE,
      clientVersion: '20.10.24',
      builder: 'buildkit',
      composeVersion: '2.40.3',
      rootless: true,
    };
    expect(describeEngine(engine)).toBe('docker 20.10.24 (API 1.41), BuildKit, compose 2.40.3, overlay2, rootless');
  });
});

describe('containerArguments', () => {
  const session = openSession(ENGINE, { id: 'abc123abc123' });
  const common = (name: string) => ['--name', name, '--pull', 'never', ...session.labels];

  test('shuts a container in unless told otherwise', () => {
    expect(containerArguments(session, { image: 'an-image', role: 'r' }, 'a-name')).toEqual({
      args: [
        ...common('a-name'),
        ...['--network', 'none', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
        ...['--memory', '2147483648', '--memory-swap', '2147483648', '--pids-limit', '512'],
        ...['--log-driver', 'json-file', '--log-opt', 'max-size=8m', 'an-image'],
      ],
      env: {},
    });
  });

  test('keeps the values of variables out of the arguments, but for those that steer the client', () => {
    const env = {
      LITELLM_MASTER_KEY: 'sk-secret',
      PATH: '/bin',
      DOCKER_HOST: 'elsewhere',
      HOME: '/h',
      XDG_DATA_HOME: '/x',
    };
    const made = containerArguments(session, { image: 'i', role: 'r', env, command: ['run', '--it'] }, 'n');
    expect(made.args.join(' ')).not.toContain('sk-secret');
    expect(made.args.slice(made.args.indexOf('max-size=8m') + 1)).toEqual([
      ...['--env', 'LITELLM_MASTER_KEY', '--env', 'PATH=/bin', '--env', 'DOCKER_HOST=elsewhere'],
      ...['--env', 'HOME=/h', '--env', 'XDG_DATA_HOME=/x', 'i', 'run', '--it'],
    ]);
    expect(made.env).toEqual({ LITELLM_MASTER_KEY: 'sk-secret' });
  });

  test('asks for no limit that the engine lacks, and speaks podman to podman', () => {
    const engine: Engine = { ...ENGINE, kind: 'podman', limits: { memory: false, pids: false } };
    const spec = {
      image: 'i',
      role: 'r',
      hardened: false,
      network: 'net',
      alias: 'service',
      entrypoint: 'sh',
      user: '4242',
      workingDirectory: '/w',
      mounts: [
        { source: 'volume', target: '/v' },
        { source: '/host', target: '/h', readOnly: true },
      ],
      tmpfs: ['/tmp'],
      readOnlyRoot: true,
      extra: ['--no-healthcheck'],
    };
    const { args } = containerArguments(openSession(engine, { id: 'abc123abc123' }), spec, 'n');
    expect(args.slice(args.indexOf('--network'))).toEqual([
      ...['--network', 'net', '--network-alias', 'service', '--log-driver', 'k8s-file', '--log-opt', 'max-size=8m'],
      ...['--entrypoint', 'sh', '--user', '4242', '--workdir', '/w'],
      ...['--mount', 'type=volume,source=volume,target=/v', '--mount', 'type=bind,source=/host,target=/h,readonly'],
      ...['--tmpfs', '/tmp', '--read-only', '--no-healthcheck', 'i'],
    ]);
  });

  test('names within a session never repeat', () => {
    const other = openSession(ENGINE, { id: 'ffffffffffff' });
    expect([other.name('a'), other.name('a'), other.name('b')]).toEqual([
      'refit-ffffffffffff-a',
      'refit-ffffffffffff-a-2',
      'refit-ffffffffffff-b',
    ]);
    expect(openSession(ENGINE).id).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('the owner of a run', () => {
  const self = thisOwner();

  test('survives being a label', () => {
    expect(parseOwner(formatOwner(self))).toEqual(self);
    const odd = { ...self, host: 'a|b' };
    expect(parseOwner(formatOwner(odd))).toEqual(odd);
    for (const text of ['', '<no value>', 'x|1|b|n|h', '0|1|b|n|h', '12']) expect(parseOwner(text)).toBeNull();
  });

  test('is gone only when that is certain', () => {
    const never = 4_194_305;
    expect(isGone(self)).toBe(false);
    expect(isGone({ ...self, pid: never })).toBe(true);
    expect(isGone({ ...self, host: 'elsewhere', pid: never })).toBe(false);
    expect(isGone({ ...self, namespace: 'pid:[1]', pid: never })).toBe(false);
    const known = { ...self, boot: 'this-boot', start: '1' };
    expect(isGone({ ...known, boot: 'an-earlier-boot' }, known)).toBe(true);
    expect(isGone({ ...known, boot: '' }, known)).toBe(false);
  });

  test.runIf(self.start !== '')('is gone when another process has its number', () => {
    expect(isGone({ ...self, start: '1' })).toBe(true);
    expect(isGone({ ...self, start: '' })).toBe(false);
  });
});

describe('texts of the engine', () => {
  test('a log cannot steer a terminal', () => {
    expect(plainText('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u0000y\u009bz\ttab\nnext')).toBe(
      'red xyz\ttab\nnext',
    );
    expect(lastLines('one\n\ntwo \r\nthree\n', 2)).toEqual(['two', 'three']);
  });

  test('a command reads as it is typed, without secrets', () => {
    const secret = `sk-ant-oat01-${'a1'.repeat(20)}`;
    const line = commandLine(ENGINE, ['run', "it's", '', 'a b', `X=${secret}`, '--name=x']);
    expect(line).toMatch(/^docker run 'it'\\''s' '' 'a b' X=sk-ant-oat01-\S+ --name=x$/);
    expect(line).not.toContain(secret);
  });
});

describe('explainBuildFailure', () => {
  const dockerfile = [
    'ARG BASE=x',
    'FROM $BASE',
    '# a comment',
    'RUN echo one \\',
    '  # inside',
    '  && echo two',
    'COPY --chown=claude:claude  a b /app/',
    'RUN echo one && echo two',
    '',
  ].join('\n');

  test('legacy builder: by place, so of two that read alike the right one', () => {
    const log = [
      'DEPRECATED: The legacy builder is deprecated',
      'Step 3/6 : RUN echo one   && echo two',
      ' ---> Running in 0123',
      'Step 5/6 : RUN echo one && echo two',
      'two',
      "The command '/bin/sh -c echo one && echo two' returned a non-zero code: 1",
    ];
    expect(explainBuildFailure(log, dockerfile)).toEqual({
      line: 8,
      instruction: 'RUN echo one && echo two',
      tail: log.slice(1),
    });
    expect(explainBuildFailure(log.slice(0, 3), dockerfile).line).toBe(4);
  });

  test('buildah: by text', () => {
    const log = [
      'STEP 1/4: FROM x',
      'STEP 3/4: COPY --chown=claude:claude a b /app/',
      'Error: building at STEP "COPY": no such file',
    ];
    expect(explainBuildFailure(log, dockerfile)).toMatchObject({ line: 7 });
  });

  test('BuildKit: the step that broke, not the last one that spoke', () => {
    const log = [
      '#5 [2/4] RUN echo one   && echo two',
      '#5 0.1 one',
      '#6 [stage-0 3/4] COPY --chown=claude:claude  a b /app/',
      '#6 ERROR: "/a" not found: not found',
      '#5 DONE 0.4s',
      '------',
      ' > [3/4] COPY a b /app/:',
      '------',
    ];
    expect(explainBuildFailure(log, dockerfile)).toMatchObject({
      line: 7,
      instruction: 'COPY --chown=claude:claude a b /app/',
      tail: [...log.slice(0, 5), log[6]],
    });
  });

  test('a line that the builder names counts most', () => {
    const excerpt = [
      '#6 ERROR: no',
      'Dockerfile:7',
      '   6 |       && echo two',
      '   7 | >>> COPY --chown=claude:claude  a b /app/',
    ];
    expect(explainBuildFailure(excerpt, dockerfile)).toMatchObject({ line: 7 });
    const parse = ['failed to create LLB definition: dockerfile parse error line 6: unknown instruction: X'];
    expect(explainBuildFailure(parse, dockerfile)).toMatchObject({ line: 4, instruction: 'RUN echo one && echo two' });
  });

  test('no step in the output: no guess, and never more than 20 lines', () => {
    const log = Array.from({ length: 50 }, (_, number) => `line ${number}`);
    expect(explainBuildFailure(log, dockerfile)).toEqual({ line: null, instruction: null, tail: log.slice(30) });
  });
});
