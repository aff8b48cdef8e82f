import { beforeAll, expect, test } from 'vitest';
import type { RepoPath } from '../../src/base/repo-path.ts';
import { readProject } from '../../src/checks/project.ts';
import { type Bench, openBench } from '../../src/container/bench.ts';
import { CONTAINER_CHECKS } from '../../src/container/checks/index.ts';
import { stack } from '../../src/container/compose-stack.ts';
import type { VerifyLevel } from '../../src/container/define.ts';
import { listResources, openSession } from '../../src/container/engine.ts';
import { type ContainerRun, runContainerChecks } from '../../src/container/run-checks.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { goodBench, redOf } from '../lab/good-image.ts';
import { describeLab, type Lab } from '../lab/lab.ts';

const GOOD = `services:
  proxy:
    build: .
    image: ghcr.io/example/litellm-claude:latest
    pull_policy: always
    container_name: the-users-proxy
    ports: ["4000:4000"]
    environment:
      LITELLM_MASTER_KEY: \${LITELLM_MASTER_KEY}
      CLAUDE_CODE_OAUTH_TOKEN: \${CLAUDE_CODE_OAUTH_TOKEN}
      DATABASE_URL: postgresql://proxy:\${PASSWORD}@db/proxy
    env_file: [.env]
    volumes:
      - claude-auth:/home/claude/.claude
    depends_on:
      db:
        condition: service_healthy
    mem_limit: 1g
    pids_limit: 256
  db:
    image: postgres:16
    healthcheck:
      test: ["CMD", "pg_isready"]
volumes:
  claude-auth:
    name: the-users-login
`;

/** The same image, with compose files in its tree. */
function withCompose(good: Bench, files: Readonly<Record<string, string>>, change: Partial<Bench> = {}): Bench {
  const known = good.tree.paths().map((path) => [path, { content: good.tree.readBytes(path), mode: '644' as const }]);
  const tree = openTree(memorySource({ ...Object.fromEntries(known), ...files }));
  const project = readProject(tree, {});
  const { dockerfile } = project;
  if (dockerfile.kind !== 'read') throw new Error('the checkout of the lab has no Dockerfile');
  return openBench({ ...good, tree, project, judged: dockerfile, ...change });
}

function runCompose(bench: Bench, level: VerifyLevel): Promise<readonly ContainerRun[]> {
  const checks = CONTAINER_CHECKS.filter(({ id }) => id.startsWith('C'));
  return runContainerChecks(bench, checks, {
    level,
    selection: { only: [], skip: [] },
    width: 2,
    onDone: () => undefined,
  });
}

const resultOf = (runs: readonly ContainerRun[], id: string) =>
  runs.find(({ check }) => check.id.startsWith(id))?.result;

describeLab(
  'compose files of a checkout',
  (lab: Lab) => {
    let good: Bench;
    beforeAll(async () => {
      good = await goodBench(lab);
    });

    test('the stack comes up from the image of the run, alone, and leaves nothing', async () => {
      const session = openSession(lab.engine);
      const before = await listResources(lab.engine);
      const bench = withCompose(good, { 'compose.yaml': GOOD }, { session });
      // From the id of the image, never from the image: that the file names (FM-35), and without the service of the other checks.
      const image = await runCompose(bench, 'image');
      expect(redOf(image)).toEqual([]);
      const outcome = await stack(bench);
      expect(outcome).toMatchObject({
        kind: 'up',
        imageId: good.image.facts.id,
        recreated: { healthy: true, kept: true },
      });
      const left = await listResources(lab.engine, session.id);
      expect(left).toEqual({ containers: [], networks: [], volumes: [], images: [] });
      const after = await listResources(lab.engine);
      expect(after.volumes.filter((name) => !before.volumes.includes(name) && name.includes('the-users'))).toEqual([]);
    });

    test.each([
      ['a key that Compose does not know', 'C01', (text: string) => text.replace('mem_limit: 1g', 'memory: 1g')],
      [
        'a volume on the old path',
        'C02',
        (text: string) => text.replace('claude-auth:/home/claude/.claude', 'claude-auth:/root/.claude'),
      ],
      [
        'an empty key that counts as one',
        'C02',
        (text: string) => text.replace('    env_file', '      ANTHROPIC_API_KEY: ""\n    env_file'),
      ],
      [
        'a health check of the path that needs a key',
        'C02',
        (text: string) =>
          text.replace(
            '    mem_limit',
            '    healthcheck:\n      test: ["CMD", "curl", "http://localhost:4000/health"]\n    mem_limit',
          ),
      ],
      [
        'the socket of the engine',
        'C05',
        (text: string) =>
          text.replace('    depends_on', '      - /var/run/docker.sock:/var/run/docker.sock\n    depends_on'),
      ],
      ['no limits', 'C05', (text: string) => text.replace(/ {4}(?:mem|pids)_limit.*\n/g, '')],
    ])('%s: exactly %s', async (_name, red, change) => {
      const text = change(GOOD);
      expect(text).not.toBe(GOOD);
      expect(redOf(await runCompose(withCompose(good, { 'compose.yaml': text }), 'image'))).toEqual([red]);
    });

    test('names the line that causes it', async () => {
      const text = GOOD.replace('claude-auth:/home/claude/.claude', 'claude-auth:/root/.claude');
      const runs = await runCompose(withCompose(good, { 'compose.yaml': text }), 'image');
      const result = resultOf(runs, 'C02');
      expect(result?.status === 'failed' && result.findings[0]).toMatchObject({
        path: 'compose.yaml' as RepoPath,
        line: 1 + text.split('\n').findIndex((line) => line.includes('/root/.claude')),
        failureMode: 'FM-10',
      });
    });

    test('an override is merged before it is judged', async () => {
      const override = 'services:\n  proxy:\n    volumes:\n      - claude-auth:/root/.claude\n';
      const files = { 'compose.yaml': GOOD, 'compose.override.yaml': override };
      const runs = await runCompose(withCompose(good, files), 'image');
      const result = resultOf(runs, 'C02');
      expect(result?.status === 'failed' && result.findings.map(({ path, line }) => [path, line])).toEqual([
        ['compose.override.yaml', 4],
      ]);
    });

    test.each([
      ['another service', 'none', GOOD.replace('postgres:16', 'example/never-fetched:1')],
      ['the database that was asked for', 'compose', GOOD.replace('postgres:16', 'postgres:0-never-fetched')],
    ] as const)('%s that is not at hand is not fetched: it could not run', async (_name, kind, text) => {
      const outcome = await stack(withCompose(good, { 'compose.yaml': text }, { database: { kind } }));
      expect(outcome).toMatchObject({ kind: 'cannot', why: expect.stringContaining('never-fetched') });
    });

    test('a path of the host is not lent to the stack', async () => {
      const text = GOOD.replace('    depends_on', '      - /etc:/host\n    depends_on');
      expect(await stack(withCompose(good, { 'compose.yaml': text }))).toMatchObject({
        kind: 'cannot',
        why: 'proxy mounts a path of the host that is not of the checkout: /host',
      });
    });
  },
  'compose',
);

describeLab('compose files where the plug-in is missing', (lab: Lab) => {
  test('are told as partial, and the rest as not applicable', async () => {
    const good = await goodBench(lab);
    const session = { ...good.session, engine: { ...lab.engine, composeVersion: null } };
    const runs = await runCompose(withCompose(good, { 'compose.yaml': GOOD }, { session }), 'image');
    expect(resultOf(runs, 'C01')).toEqual({
      check: 'C01-valid',
      status: 'not-applicable',
      why: 'docker has no compose plug-in; partial: its YAML can be read, and no more is known',
    });
    expect(resultOf(runs, 'C02')).toMatchObject({ status: 'not-applicable', why: 'docker has no compose plug-in' });
  });

  test('and a file that is no YAML is a finding all the same', async () => {
    const good = await goodBench(lab);
    const runs = await runCompose(withCompose(good, { 'compose.yaml': 'services:\n  proxy: [\n' }), 'image');
    expect(redOf(runs)).toEqual(['C01']);
  });
});
