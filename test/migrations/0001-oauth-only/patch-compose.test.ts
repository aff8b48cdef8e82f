// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of Compose
import { describe, expect, test } from 'vitest';
import { oauthOnlyParams } from '../../../migrations/0001-oauth-only/params.ts';
import { patchCompose } from '../../../migrations/0001-oauth-only/steps/patch-compose.ts';
import { findProviderServices } from '../../../src/checks/project/compose-evidence.ts';
import type { Applicability, Note, StepContext } from '../../../src/migration/define.ts';
import { type MemoryFiles, memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';

const OLD_DOCKERFILE = 'FROM python:3.11-slim\nCMD ["/app/entrypoint.sh"]\n';
const NEW_DOCKERFILE = 'ARG BASE=mirror.example/cabinlab/claude-code-sdk:python\nFROM ${BASE}\nUSER claude\n';
const REPAIR = '-R claude:claude /home/claude/.claude';

interface StepRun {
  readonly found: Applicability<unknown>;
  readonly notes: readonly Note[];
  /** Changed files only. */
  readonly changed: Readonly<Record<string, string>>;
}

async function runStep(files: MemoryFiles): Promise<StepRun> {
  const tree = openTree(memorySource({ Dockerfile: OLD_DOCKERFILE, ...files }));
  const notes: Note[] = [];
  const ctx: StepContext<ReturnType<typeof oauthOnlyParams.parse>> = {
    params: oauthOnlyParams.parse({}),
    template: (name) => {
      throw new Error(`no template ${name}`);
    },
    note: (note) => notes.push(note),
  };
  const found = await patchCompose.select(tree, ctx);
  tree.attributeTo(patchCompose.id);
  if (found.kind === 'applies') await patchCompose.run(found.input, tree, ctx);
  const changed = Object.fromEntries(tree.changes().map(({ path }) => [path, tree.readText(path)]));
  if (found.kind === 'applies') {
    const again = await patchCompose.select(tree, ctx);
    if (again.kind === 'applies') expect(again.input.patches).toEqual([]);
    else expect(again.kind).toBe('done');
  }
  return { found, notes, changed };
}

async function expectUnchanged(files: MemoryFiles, kind: Applicability<unknown>['kind']): Promise<StepRun> {
  const result = await runStep(files);
  expect(result.changed).toEqual({});
  expect(result.found.kind).toBe(kind);
  return result;
}

const provider = (body: string): string => `services:\n  litellm:\n    build: .\n${body}`;

describe('the legacy deployment', () => {
  const before = `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_DB: litellm
    volumes:
      - data:/var/lib/postgresql/data

  litellm:
    build: .
    ports:
      - "4000:4000"
    volumes:
      # models
      - ./config:/app/config:ro
      # the login survives a restart
      - claude-auth:/root/.claude
    env_file:
      - .env
    depends_on:
      db:
        condition: service_healthy

volumes:
  data:
  claude-auth:`;
  const after = before
    .replace('claude-auth:/root/.claude', 'claude-auth:/home/claude/.claude')
    .replace(
      '      - .env\n',
      '      - .env\n    environment:\n      CLAUDE_CODE_OAUTH_TOKEN: ${CLAUDE_CODE_OAUTH_TOKEN:-}\n',
    );

  test('differs only in the mount and the token', async () => {
    const { changed, notes } = await runStep({ 'docker-compose.yml': before });
    expect(changed).toEqual({ 'docker-compose.yml': after });
    expect(notes).toEqual([
      {
        severity: 'info',
        path: 'docker-compose.yml',
        line: 17,
        message: `a volume claude-auth written by the old image belongs to root and stops the new one at every start; once: docker compose run --rm --user root --entrypoint chown litellm ${REPAIR}`,
      },
    ]);
  });

  test('keeps CRLF and a byte-order mark', async () => {
    const windows = (text: string) => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    const { changed } = await runStep({ 'compose.yaml': windows(before) });
    expect(changed).toEqual({ 'compose.yaml': windows(after) });
  });

  test('is done once patched, and a file beside it plays no part', async () => {
    await expectUnchanged(
      {
        'docker-compose.yml': after,
        '.archive/docker-compose.yml': before.replace('build: .', 'build: ..'),
        'docker-compose.yml.bak': before,
      },
      'done',
    );
  });
});

describe('the token', () => {
  const mounted = provider('    volumes: [login:/root/.claude]\n');
  const moved = mounted.replace('/root/.claude', '/home/claude/.claude');
  const line = 'CLAUDE_CODE_OAUTH_TOKEN=${CLAUDE_CODE_OAUTH_TOKEN:-}';

  test.each([
    ['no env file', '', ''],
    ['.env', '    env_file: .env\n', ''],
    ['./.env, optional', '    env_file:\n      - path: ./.env\n        required: false\n', ''],
  ])('is added with %s', async (_, envFile) => {
    const { changed } = await runStep({ 'compose.yml': mounted + envFile });
    expect(changed['compose.yml']).toContain(`    environment:\n      - ${line}\n`);
  });

  test.each([
    ['another file', '    env_file: app.env\n', 'app.env', 5],
    ['.env and another', '    env_file: [.env, extra.env]\n', 'extra.env', 5],
    ['.env of another folder', '    env_file:\n      - ../.env\n', '../.env', 6],
    ['a variable', '    env_file: ${ENV:-.env}\n', '${ENV:-.env}', 5],
  ])('is not added with %s, which is said', async (_, envFile, name, at) => {
    const { changed, notes } = await runStep({ 'compose.yml': mounted + envFile });
    expect(changed).toEqual({ 'compose.yml': moved + envFile });
    expect(notes[0]).toEqual({
      severity: 'info',
      path: 'compose.yml',
      line: at,
      message: `litellm loads ${name}: put CLAUDE_CODE_OAUTH_TOKEN there; a line in environment would override it, so none was added`,
    });
  });

  test.each([
    `    environment: [${line.replace('${', "'${")}']\n`.replace(
      "CLAUDE_CODE_OAUTH_TOKEN='",
      "'CLAUDE_CODE_OAUTH_TOKEN=",
    ),
    '    environment:\n      - CLAUDE_CODE_OAUTH_TOKEN\n',
    '    environment:\n      CLAUDE_CODE_OAUTH_TOKEN: secret\n',
  ])('that is there stays as it is: %j', async (environment) => {
    const { changed } = await runStep({ 'compose.yml': mounted + environment });
    expect(changed).toEqual({ 'compose.yml': moved + environment });
  });

  test('is added to the base file and not to the override', async () => {
    const { changed } = await runStep({
      'docker-compose.yml': provider('    ports: ["4000:4000"]\n'),
      'docker-compose.override.yml': provider('    ports: ["4001:4000"]\n    volumes:\n      - login:/root/.claude\n'),
    });
    expect(changed).toEqual({
      'docker-compose.yml': provider(`    ports: ["4000:4000"]\n    environment:\n      - ${line}\n`),
      'docker-compose.override.yml': provider(
        '    ports: ["4001:4000"]\n    volumes:\n      - login:/home/claude/.claude\n',
      ),
    });
  });

  test('heeds an env file that the override adds', async () => {
    const override = 'services:\n  litellm:\n    env_file: dev.env\n';
    const { changed } = await runStep({ 'docker-compose.yml': mounted, 'docker-compose.override.yml': override });
    expect(changed).toEqual({ 'docker-compose.yml': moved });
  });

  test('is told at the line of the env file, in the file that names it', async () => {
    const override = 'services:\n  litellm:\n    env_file: dev.env\n';
    const { notes } = await runStep({ 'docker-compose.yml': mounted, 'docker-compose.override.yml': override });
    expect(notes.filter(({ message }) => message.includes('dev.env'))).toMatchObject([
      { severity: 'info', path: 'docker-compose.override.yml', line: 3 },
    ]);
  });

  test('is not needed in the base file when the override has it', async () => {
    const override = 'services:\n  litellm:\n    environment: [CLAUDE_CODE_OAUTH_TOKEN]\n';
    const { changed } = await runStep({ 'docker-compose.yml': mounted, 'docker-compose.override.yml': override });
    expect(changed).toEqual({ 'docker-compose.yml': moved });
  });

  test('is added to a variant that is run in place of the base file, not to one laid over it', async () => {
    const full = provider('    expose: ["4000"]\n    volumes: [login:/root/.claude]\n');
    const over = 'services:\n  litellm:\n    image: registry.example/proxy\n    volumes: [login:/root/.claude]\n';
    const { changed } = await runStep({
      'docker-compose.yml': mounted,
      'compose-full.yaml': full,
      'docker-compose.prod.yml': over.replace('image: registry.example/proxy', 'build: .'),
    });
    expect(changed['compose-full.yaml']).toContain(line);
    expect(changed['docker-compose.prod.yml']).toBe(provider('    volumes: [login:/home/claude/.claude]\n'));
  });

  test('is added while the image is still the old one, even with no login mounted', async () => {
    const { changed } = await runStep({ 'compose.yml': provider('    env_file: .env\n') });
    expect(changed).toEqual({ 'compose.yml': provider(`    env_file: .env\n    environment:\n      - ${line}\n`) });
  });

  test('is no reason for a change once the image is new or .env brings it to the new mount', async () => {
    await expectUnchanged({ Dockerfile: NEW_DOCKERFILE, 'compose.yml': provider('    env_file: .env\n') }, 'done');
    await expectUnchanged({ Dockerfile: NEW_DOCKERFILE, 'compose.yml': moved }, 'done');
    await expectUnchanged({ 'compose.yml': `${moved}    env_file: .env\n` }, 'done');
  });

  test('that cannot be added is left to .env, else to a person', async () => {
    const merged = `x-env: &env {A: b}\n${mounted}    environment: *env\n`;
    const withFile = await runStep({ 'compose.yml': `${merged}    env_file: .env\n` });
    expect(withFile.changed).toEqual({
      'compose.yml': `${merged}    env_file: .env\n`.replace('/root/.claude', '/home/claude/.claude'),
    });
    expect(withFile.notes[0]).toMatchObject({ severity: 'info', line: 6, message: expect.stringContaining('*env') });
    const without = await runStep({ 'compose.yml': merged });
    expect(without.notes[0]).toMatchObject({ severity: 'todo', line: 6, message: expect.stringContaining('by hand') });
  });
});

describe('the right service only', () => {
  test('another service keeps its mounts, and is named when it shares the volume', async () => {
    const other =
      '  backup:\n    image: busybox\n    volumes:\n      - login:/root/.claude\n      - other:/root/.claude\n';
    const env = '    environment: [CLAUDE_CODE_OAUTH_TOKEN]\n';
    const { changed, notes } = await runStep({
      'compose.yml': provider(`${env}    volumes:\n      - login:/root/.claude\n${other}`),
    });
    expect(changed).toEqual({
      'compose.yml': provider(`${env}    volumes:\n      - login:/home/claude/.claude\n${other}`),
    });
    expect(notes.slice(1)).toEqual([
      {
        severity: 'warning',
        path: 'compose.yml',
        line: 10,
        message: 'backup also mounts login, whose files will belong to claude (uid 1001); left as it is',
      },
    ]);
  });

  test('two services of the same image are both moved', async () => {
    const text =
      'services:\n  a: {build: ., volumes: [login:/root/.claude]}\n  b: {build: ., volumes: [login:/root/.claude]}\n';
    const { changed } = await runStep({ 'compose.yml': text });
    expect(changed['compose.yml']?.match(/login:\/home\/claude\/\.claude/g)).toHaveLength(2);
  });

  test('a service that runs the image which the provider builds is moved, one of another tag is not', async () => {
    const text = (home: string): string =>
      `services:\n  a: {build: ., image: "team/proxy:\${TAG:-dev}"}\n  b: {image: "team/proxy:\${TAG:-dev}", env_file: .env, volumes: [login:${home}/.claude]}\n  c: {image: "team/proxy:old", volumes: [other:/root/.claude]}\n`;
    const { changed } = await runStep({ 'compose.yml': text('/root') });
    expect(changed['compose.yml']).toContain('volumes: [login:/home/claude/.claude]');
    expect(changed['compose.yml']).toContain('volumes: [other:/root/.claude]');
  });

  test.each([
    ['builds another folder', 'services:\n  litellm:\n    build: ./web\n    volumes: [login:/root/.claude]\n'],
    [
      'builds another Dockerfile',
      'services:\n  litellm:\n    build: {context: ., dockerfile: Dockerfile.web}\n    volumes: [login:/root/.claude]\n',
    ],
    [
      'builds a Dockerfile written in the compose file',
      'services:\n  litellm:\n    build: {context: ., dockerfile_inline: FROM busybox}\n    volumes: [login:/root/.claude]\n',
    ],
    [
      'builds from a repository',
      'services:\n  litellm:\n    build: https://git.example/x.git\n    volumes: [login:/root/.claude]\n',
    ],
    [
      "is LiteLLM's own image",
      'services:\n  litellm:\n    image: ghcr.io/berriai/litellm:main\n    ports: ["4000:4000"]\n    environment: [LITELLM_MASTER_KEY]\n    volumes: [./c:/app/config, login:/root/.claude]\n',
    ],
    ['is any other image', 'services:\n  litellm:\n    image: tool\n    volumes: [login:/root/.claude]\n'],
  ])('a service that %s is not it', async (_, text) => {
    await expectUnchanged({ 'compose.yml': text }, 'skip');
  });

  test('a compose file in a folder may build the root, or a Dockerfile of its own', async () => {
    const text = 'services:\n  proxy:\n    build: {context: ..}\n    volumes: [login:/root/.claude]\n';
    const { changed } = await runStep({ 'deploy/compose.yml': text, 'web/compose.yml': text.replace('..', '.') });
    expect(Object.keys(changed)).toEqual(['deploy/compose.yml']);
  });

  test('the name of the provider in another file says nothing against an image of its own', async () => {
    const { changed } = await runStep({
      'docker-compose.yml': provider(''),
      'compose-plain.yml':
        'services:\n  litellm:\n    image: ghcr.io/berriai/litellm:main\n    volumes: [login:/root/.claude]\n',
    });
    expect(Object.keys(changed)).toEqual(['docker-compose.yml']);
  });

  test('the override without build or image is the service of the base file', async () => {
    const override = 'services:\n  litellm:\n    volumes:\n      - ~/.claude:/root/.claude\n';
    const { changed } = await runStep({
      'docker-compose.yml': provider(''),
      'docker-compose.override.example.yml': override,
    });
    expect(changed['docker-compose.override.example.yml']).toBe(override.replace('/root/', '/home/claude/'));
  });

  test('/root/.claude is a path, not a prefix: its neighbours are named and stay', async () => {
    const rest =
      '      - one:/root/.claude.json\n      - two:/root/.claude_code\n      - three:/root/.claude-wrapper\n      - four:/root/.claude/projects\n';
    const { changed, notes } = await runStep({
      'compose.yml': provider(`    env_file: .env\n    volumes:\n${rest}      - login:/root/.claude\n`),
    });
    expect(changed['compose.yml']).toContain(`${rest}      - login:/home/claude/.claude\n`);
    const lines = changed['compose.yml']?.split('\n') ?? [];
    const warned = notes.filter(({ severity }) => severity === 'warning');
    expect(warned.map(({ line }) => lines[(line ?? 0) - 1])).toEqual(rest.trimEnd().split('\n'));
    expect(warned[0]?.message).toContain('litellm mounts /root/.claude.json');
  });

  test('the login in the home of another user is named', async () => {
    const { changed, notes } = await runStep({
      'compose.yml': provider('    env_file: .env\n    volumes: [login:/home/app/.claude, work:/home/app/work]\n'),
    });
    expect(changed['compose.yml']).toContain('login:/home/app/.claude');
    expect(notes).toMatchObject([
      {
        severity: 'warning',
        message:
          'litellm mounts /home/app/.claude: the new image runs as claude, whose home is /home/claude, and looks nowhere else; left as it is',
      },
    ]);
  });

  test('a folder of the host is moved too, with a word about its owner', async () => {
    const { changed, notes } = await runStep({
      'compose.yml': provider('    env_file: .env\n    volumes: ["~/.claude:/root/.claude:rw"]\n'),
    });
    expect(changed['compose.yml']).toContain('["~/.claude:/home/claude/.claude:rw"]');
    expect(notes).toEqual([
      {
        severity: 'warning',
        path: 'compose.yml',
        line: 7,
        message:
          '~/.claude of the host must be writable for uid 1001, the user claude of the new image; a named volume avoids that',
      },
    ]);
  });

  test('the login in the home of the user that the old image ran as is moved; that of any other is not', async () => {
    const compose = provider(
      '    env_file: .env\n    volumes: ["login:/home/app/.claude", "more:/home/other/.claude"]\n',
    );
    const nonRoot = 'FROM python:3.11\nRUN useradd -m app\nUSER app:app\nCMD ["python", "startup.py"]\n';
    const { changed, notes } = await runStep({ 'compose.yml': compose, Dockerfile: nonRoot });
    expect(changed['compose.yml']).toContain('["login:/home/claude/.claude", "more:/home/other/.claude"]');
    expect(notes.map(({ line, message }) => [line, message.split(/[;:]/)[0]])).toEqual([
      [7, 'a volume login written by the old image belongs to app and stops the new one at every start'],
      [7, 'litellm mounts /home/other/.claude'],
    ]);
    const elsewhere = nonRoot.replace('USER', 'ENV HOME=/srv/app\nUSER');
    const kept = await runStep({ 'compose.yml': compose, Dockerfile: elsewhere });
    expect(kept.changed['compose.yml'] ?? compose).toContain('login:/home/app/.claude');
  });

  test('a volume that two files of the folder mount is told of once, at the file that Compose loads first', async () => {
    const { notes } = await runStep({
      'compose.override.yml': 'services:\n  litellm:\n    volumes: ["login:/root/.claude"]\n',
      'compose.yml': provider('    env_file: .env\n    volumes: ["login:/root/.claude"]\n'),
    });
    expect(notes.map(({ path, line, message }) => [path, line, message.split(';')[0]])).toEqual([
      [
        'compose.yml',
        7,
        'a volume login written by the old image belongs to root and stops the new one at every start',
      ],
    ]);
  });

  test('keys that overrule the new image are named', async () => {
    const body =
      '    user: root\n    command: python /app/startup.py\n    healthcheck: {test: curl -f http://localhost:4000/health}\n';
    const { notes } = await runStep({ 'compose.yml': provider(body) });
    expect(notes.map(({ severity, line, message }) => [severity, line, message.split(';')[0]])).toEqual([
      ['warning', 6, 'litellm: user root overrules the user claude of the new image'],
      ['warning', 7, 'litellm: command starts a file that the old image was started with'],
      ['todo', 8, 'litellm: healthcheck calls a program that the new image may not have'],
    ]);
  });
});

describe('extends', () => {
  const base = '  base:\n    image: registry.example/x\n    volumes:\n      - login:/root/.claude\n';

  test('moves the mount where the extended service has it', async () => {
    const { changed } = await runStep({ 'compose.yml': provider(`    extends: base\n${base}`) });
    expect(changed['compose.yml']).toContain('      - login:/home/claude/.claude\n');
  });

  test('follows it into another file', async () => {
    const files = {
      'compose.yml': provider('    extends: {file: common.yml, service: base}\n'),
      'compose-common.yml': `services:\n${base}`,
    };
    const { changed } = await runStep({
      ...files,
      'compose.yml': files['compose.yml'].replace('common', 'compose-common'),
    });
    expect(changed['compose-common.yml']).toContain('      - login:/home/claude/.claude\n');
    expect(changed['compose.yml']).toBeUndefined();
  });

  test('moves the mount of the service that takes its image from another, whose env file keeps the token', async () => {
    const common = 'services:\n  base:\n    build: .\n';
    const main = (home: string): string =>
      `services:\n  proxy:\n    extends: {file: compose-common.yml, service: base}\n    env_file: app.env\n    volumes: [login:${home}/.claude]\n`;
    const { changed, notes } = await runStep({ 'compose.yml': main('/root'), 'compose-common.yml': common });
    expect(changed).toEqual({ 'compose.yml': main('/home/claude') });
    expect(notes).toContainEqual(
      expect.objectContaining({
        path: 'compose.yml',
        line: 4,
        message: expect.stringContaining('proxy loads app.env'),
      }),
    );
  });

  test('a service with an image of its own is not what it extends', async () => {
    const text = provider('  other:\n    extends: litellm\n    image: tool\n    volumes: [login:/root/.claude]\n');
    const { changed } = await runStep({ 'compose.yml': text });
    expect(changed['compose.yml']).toContain('login:/root/.claude');
  });

  test('refuses when a service that is not the provider extends it as well', async () => {
    const { found } = await expectUnchanged(
      { 'compose.yml': provider(`    extends: base\n${base}  other:\n    extends: base\n`) },
      'refuse',
    );
    expect(found).toMatchObject({
      path: 'compose.yml',
      line: 8,
      why: expect.stringContaining('also extended by other'),
    });
  });
});

describe('what cannot be edited safely', () => {
  const shared = `x-m: &m [login:/root/.claude]\n${provider('    volumes: *m\n')}`;

  test('stops the run in a file that Compose loads by itself', async () => {
    for (const path of ['docker-compose.yml', 'compose.yaml', 'docker-compose.override.yml']) {
      const { found } = await expectUnchanged({ [path]: shared }, 'refuse');
      expect(found).toMatchObject({ path, line: 1, why: expect.stringContaining('alias') });
    }
  });

  test('is left to a person in any other file, and the rest goes on', async () => {
    const { changed, notes } = await runStep({
      'docker-compose.dev.yml': shared,
      'docker-compose.yml': provider('    env_file: .env\n    volumes: [login:/root/.claude]\n'),
    });
    expect(Object.keys(changed)).toEqual(['docker-compose.yml']);
    expect(notes[0]).toMatchObject({ severity: 'todo', path: 'docker-compose.dev.yml', line: 1 });
  });

  test('a root compose file that is no YAML stops the run; one elsewhere only when it names the login', async () => {
    const broken = 'services:\n  litellm:\n    build: .\n    build: ..\n';
    const { found } = await expectUnchanged({ 'compose.yml': broken }, 'refuse');
    expect(found).toMatchObject({ path: 'compose.yml', line: 4 });
    await expectUnchanged({ 'examples/compose.yml': broken }, 'skip');
    const { notes } = await expectUnchanged(
      { 'examples/compose.yml': `${broken}    volumes: [login:/root/.claude]\n` },
      'applies',
    );
    expect(notes).toMatchObject([{ severity: 'todo', path: 'examples/compose.yml', line: 4 }]);
  });

  test('there may be no compose file at all, or only a link to one', async () => {
    await expectUnchanged({}, 'skip');
    await expectUnchanged({ 'compose.yml': { content: '../elsewhere.yml', mode: 'link' } }, 'skip');
  });
});

describe('evidence', () => {
  const traits = (body: string) => findProviderServices(`services:\n  proxy:\n${body}`, { folder: null })[0]?.traits;

  test('names what speaks for a service', () => {
    expect(traits('    build: .\n    ports: ["4000:4000"]\n    environment: [LITELLM_MASTER_KEY]\n')).toEqual([
      'builds-here',
      'port-4000',
      'master-key',
    ]);
    expect(traits('    image: ghcr.io/someone/litellm-claude-code:latest\n')).toEqual(['image-name']);
    expect(
      traits(
        '    image: mine\n    expose: [4000]\n    volumes: [./config:/app/config:ro, login:/home/claude/.claude]\n',
      ),
    ).toEqual(['port-4000', 'config-mount', 'login-mount']);
    expect(traits('    image: mine\n    expose: [4000]\n    environment: [LITELLM_MASTER_KEY]\n')).toBeUndefined();
  });
});

describe('a Dockerfile of another name', () => {
  const compose = (dockerfile: string): string => `services:
  proxy:
    build:
      context: .
      dockerfile: ${dockerfile}
    ports: ['4000:4000']
    volumes:
      - login:/root/.claude
  dev:
    build:
      context: .
      dockerfile: Dockerfile.dev
    volumes:
      - dev-login:/root/.claude
volumes:
  login:
  dev-login:
`;

  test('its service is the provider; one that builds another is named and left', async () => {
    const files = { 'Dockerfile.prod': OLD_DOCKERFILE, 'Dockerfile.dev': OLD_DOCKERFILE, Dockerfile: 'FROM nginx:1\n' };
    const { changed, notes } = await runStep({ ...files, 'compose.yml': compose('Dockerfile.prod') });
    expect(changed).toEqual({
      'compose.yml': compose('Dockerfile.prod')
        .replace('login:/root/.claude', 'login:/home/claude/.claude')
        .replace(
          '    volumes:\n',
          '    environment:\n      - CLAUDE_CODE_OAUTH_TOKEN=${CLAUDE_CODE_OAUTH_TOKEN:-}\n    volumes:\n',
        ),
    });
    expect(notes.filter(({ severity }) => severity === 'warning')).toEqual([
      {
        severity: 'warning',
        path: 'compose.yml',
        line: 16,
        message:
          'dev mounts /root/.claude and is not known to run the new image; if it does, the target is /home/claude/.claude; left as it is',
      },
    ]);
  });
});
