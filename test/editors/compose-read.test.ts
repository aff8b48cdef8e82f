// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of the file format
import { describe, expect, test } from 'vitest';
import { interpolateDefaults } from '../../src/editors/compose/interpolate.ts';
import { splitShortMount } from '../../src/editors/compose/short-mount.ts';
import { type ComposeService, readCompose } from '../../src/editors/compose.ts';

function service(text: string, name = 'litellm'): ComposeService {
  const read = readCompose(text);
  if (read.kind === 'refused') throw new Error(read.why);
  const found = read.file.services.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const inService = (body: string): ComposeService => service(`services:\n  litellm:\n${body.replace(/^/gm, '    ')}\n`);

describe('a service', () => {
  test('has its name, line and keys', () => {
    const found = service('# top\nservices:\n  db: {image: a}\n  litellm:\n    image: b\n    x-y: 1\n');
    expect(found).toMatchObject({ line: 4, document: 0, viaAlias: false });
    expect(found.keys).toEqual([
      { name: 'image', line: 5, viaAlias: false },
      { name: 'x-y', line: 6, viaAlias: false },
    ]);
  });

  test('reads build as a path and as a mapping', () => {
    expect(inService('build: ./proxy').build).toMatchObject({
      context: { text: './proxy' },
      dockerfile: null,
      line: 3,
    });
    const { build } = inService('build:\n  context: ..\n  dockerfile: d/File\n  target: run\n  args: [A=1, B]');
    expect(build).toMatchObject({ context: { text: '..' }, dockerfile: { text: 'd/File' }, target: { text: 'run' } });
    expect(build?.args).toEqual([
      { name: 'A', value: '1', raw: 'A=1', line: 7, viaAlias: false },
      { name: 'B', value: null, raw: 'B', line: 7, viaAlias: false },
    ]);
    expect(inService('build: {dockerfile_inline: FROM a}').build).toMatchObject({ inline: true, context: null });
  });

  test('reads environment as a list and as a map', () => {
    const list = inService('environment:\n  - A=b=c\n  - "B="\n  - C');
    expect(list.environmentStyle).toBe('list');
    expect(list.environment.map(({ name, value, line }) => [name, value, line])).toEqual([
      ['A', 'b=c', 4],
      ['B', '', 5],
      ['C', null, 6],
    ]);
    const map = inService('environment:\n  A: 1.0\n  B: ""\n  C:\n  D: yes');
    expect(map.environmentStyle).toBe('map');
    expect(map.environment.map(({ name, value, raw }) => [name, value, raw])).toEqual([
      ['A', '1.0', '1.0'],
      ['B', '', '""'],
      ['C', null, ''],
      ['D', 'yes', 'yes'],
    ]);
    expect(inService('environment:').environmentStyle).toBeNull();
  });

  test.each([
    ['env_file: .env', [['.env', true]]],
    [
      'env_file: [a.env, b.env]',
      [
        ['a.env', true],
        ['b.env', true],
      ],
    ],
    [
      'env_file:\n  - path: ./.env\n    required: false\n  - path: c.env',
      [
        ['./.env', false],
        ['c.env', true],
      ],
    ],
  ])('reads %j', (body, files) => {
    expect(inService(body).envFiles.map(({ path, required }) => [path.text, required])).toEqual(files);
  });

  test('reads mounts in short and long form', () => {
    const { mounts } = inService(
      'volumes:\n  - login:/a\n  - ./b:/b:ro,z\n  - /anonymous\n  - ${DIR:-./c}:/c\n  - C:\\d:/d:rw\n' +
        '  - {type: bind, source: e, target: /e, read_only: true}',
    );
    expect(
      mounts.map((mount) => [
        mount.type,
        mount.source?.text,
        mount.target.text,
        mount.mode,
        mount.readOnly,
        mount.line,
      ]),
    ).toEqual([
      ['volume', 'login', '/a', null, false, 4],
      ['bind', './b', '/b', 'ro,z', true, 5],
      ['volume', undefined, '/anonymous', null, false, 6],
      ['bind', '${DIR:-./c}', '/c', null, false, 7],
      ['bind', 'C:\\d', '/d', 'rw', false, 8],
      ['bind', 'e', '/e', null, true, 9],
    ]);
    expect(mounts[3]?.source?.resolved).toBe('./c');
  });

  test('reads ports of every form', () => {
    const { ports } = inService(
      'ports:\n  - 4000:4000\n  - "127.0.0.1:${PORT:-4001}:4000/tcp"\n  - 5000\n  - {target: 4000, published: "80"}\nexpose: ["4000"]',
    );
    expect(ports.map(({ published, target, exposeOnly }) => [published, target, exposeOnly])).toEqual([
      ['4000', '4000', false],
      ['127.0.0.1:4001', '4000', false],
      [null, '5000', false],
      ['80', '4000', false],
      [null, '4000', true],
    ]);
  });

  test('reads what it extends, depends on, runs and is checked by', () => {
    const found = inService(
      'extends: {file: base.yml, service: proxy}\ndepends_on:\n  db: {condition: service_healthy}\ncommand: [litellm, --port, 4000]\n' +
        'entrypoint: /run.sh\nuser: "1001"\nhealthcheck: {test: [CMD, curl], disable: true, start_period: 60s}',
    );
    expect(found.extends).toEqual({ service: 'proxy', file: 'base.yml', line: 3 });
    expect(found.dependsOn).toEqual([{ service: 'db', condition: 'service_healthy', line: 5 }]);
    expect(found.command?.words).toEqual(['litellm', '--port', '4000']);
    expect(found.entrypoint?.words).toBe('/run.sh');
    expect(found.user?.text).toBe('1001');
    expect(found.healthcheck).toMatchObject({ test: { words: ['CMD', 'curl'] }, disabled: true, startPeriod: '60s' });
    expect(inService('extends: proxy\ndepends_on: [db]')).toMatchObject({
      extends: { service: 'proxy', file: null },
      dependsOn: [{ service: 'db', condition: null }],
    });
  });
});

describe('aliases and merge keys', () => {
  const text =
    'x-base: &base\n  image: a\n  environment: {A: 1}\nx-mounts: &mounts [login:/root/.claude]\nservices:\n' +
    '  litellm:\n    <<: *base\n    volumes: *mounts\n    user: root\n';

  test('are followed for reading and flagged', () => {
    const found = service(text);
    expect(found.image).toEqual({ text: 'a', resolved: 'a', line: 2, viaAlias: true });
    expect(found.environment).toMatchObject([{ name: 'A', value: '1', viaAlias: true }]);
    expect(found.mounts).toMatchObject([{ target: { text: '/root/.claude' }, viaAlias: true }]);
    expect(found.user?.viaAlias).toBe(false);
  });

  test('make no service of an x- block', () => {
    const read = readCompose(text);
    expect(read.kind === 'read' && read.file.services.map(({ name }) => name)).toEqual(['litellm']);
  });
});

describe('a compose text', () => {
  test('may hold several documents and volumes', () => {
    const read = readCompose(
      'services: {a: {image: x}}\n---\nservices: {a: {user: y}}\nvolumes:\n  v:\n  w: {external: true}\n',
    );
    if (read.kind === 'refused') throw new Error(read.why);
    expect(read.file.documents).toBe(2);
    expect(read.file.services.map(({ name, document }) => [name, document])).toEqual([
      ['a', 0],
      ['a', 1],
    ]);
    expect(read.file.volumes).toEqual([
      { name: 'v', document: 1, external: false, line: 5 },
      { name: 'w', document: 1, external: true, line: 6 },
    ]);
  });

  test('may be empty, but is a mapping', () => {
    expect(readCompose('# nothing\n')).toEqual({ kind: 'read', file: { documents: 0, services: [], volumes: [] } });
    expect(readCompose('- a\n')).toEqual({ kind: 'refused', why: 'not a compose file: no mapping', line: 1 });
    expect(readCompose('a: [\n')).toMatchObject({ kind: 'refused' });
  });

  test('survives shapes that Compose would not accept', () => {
    const read = readCompose(
      'services:\n  a:\n  b: text\n  c: {volumes: {x: y}, ports: 1, build: [], env_file: {}, command: {}}\n',
    );
    expect(read.kind === 'read' && read.file.services.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

test.each([
  ['plain', 'plain'],
  ['${A:-b}', 'b'],
  ['${A-b}/c', 'b/c'],
  ['${A:-${B:-./c}}:/d', './c:/d'],
  ['a$$b', 'a$b'],
  ['cost 5$', 'cost 5$'],
  ['${A:-}', ''],
  ['${A}', null],
  ['$A', null],
  ['${A:?must}', null],
  ['${A:-${B}}', null],
  ['${open', null],
])('the default of %j is %j', (text, expected) => {
  expect(interpolateDefaults(text)).toBe(expected);
});

test.each([
  ['/t', null, '/t', null],
  ['s:/t', null, null, null],
  ['vol:/t', 'vol', '/t', null],
  ['vol:/t:ro', 'vol', '/t', 'ro'],
  ['C:\\x:/t', 'C:\\x', '/t', null],
  ['${V:-./x}:/t', '${V:-./x}', '/t', null],
  ['./x:${T:-/t}:ro', './x', '${T:-/t}', 'ro'],
  ['aa:bb:cc:dd', null, undefined, null],
  ['vol:', null, undefined, null],
])('the short mount %j', (text, source, target, mode) => {
  const parts = splitShortMount(text);
  if (target === undefined) expect(parts).toBeNull();
  // A single letter before a colon is a drive, as Compose reads it.
  else if (target === null) expect(parts?.target).toBe(text);
  else {
    expect(parts).toMatchObject({ source, target, mode });
    expect(text.slice(parts?.targetStart, parts?.targetEnd)).toBe(target);
  }
});
