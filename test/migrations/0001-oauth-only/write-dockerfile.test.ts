import { beforeAll, describe, expect, it } from 'vitest';
import { PLANNED_BASE, PUBLISHED_BASE } from '../../../migrations/0001-oauth-only/params.ts';
import { writeDockerfile } from '../../../migrations/0001-oauth-only/steps/write-dockerfile.ts';
import { finalStage, readDockerfile } from '../../../src/editors/dockerfile.ts';
import { loadParsers } from '../../../src/host/parsers.ts';
import type { MemoryFiles } from '../../../src/tree/memory-source.ts';
import { LEGACY as BARE, LEGACY_DOCKERFILE, onBase, runStep, templateText, told, toldAll } from './container-family.ts';

const WARNING = `warning Dockerfile:1 the base project's CI publishes ${PUBLISHED_BASE}; if ${PLANNED_BASE} cannot be pulled: --param base=${PUBLISHED_BASE}`;
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const LEGACY: MemoryFiles = {
  ...BARE,
  'scripts/litellm-entrypoint.sh': { content: templateText('litellm-entrypoint.sh'), mode: '755' as const },
};

beforeAll(() => loadParsers(['python']));

function stageOf(text: string) {
  const stage = finalStage(readDockerfile(text), { baseWorkdir: '/app' });
  if (stage.kind !== 'stage') throw new Error(stage.why);
  return stage;
}

describe('write-dockerfile', () => {
  it('installs the template, its samples replaced by what this checkout has', async () => {
    const { text, changes, notes } = await runStep(writeDockerfile, LEGACY);
    expect(changes).toEqual({ Dockerfile: 'update' });
    const expected = templateText('Dockerfile')
      .split('\n')
      .filter((line) => !line.startsWith('# refit:'))
      .join('\n');
    expect(text('Dockerfile')).toBe(expected);
    expect(toldAll(notes)).toEqual([
      'info Dockerfile:3 not needed on the base image: RUN apt-get update && apt-get install -y git curl && curl -fsSL https://deb.nodesou…',
      'info Dockerfile:6 not needed on the base image: RUN npm install -g @anthropic-ai/claude-code',
      'info Dockerfile:14 no longer copied, it does not exist: auth_integration.py',
      'info Dockerfile:16 not needed on the base image: RUN chmod +x /app/entrypoint.sh && mkdir -p /root && chmod 755 /root',
      WARNING,
    ]);
  });

  it('takes another base, digest included, and then says nothing about the default', async () => {
    const base = `${PUBLISHED_BASE}@${DIGEST}`;
    const { text, notes } = await runStep(writeDockerfile, LEGACY, { base });
    expect(stageOf(text('Dockerfile')).base.text).toBe(base);
    expect(told(notes).filter((note) => note.startsWith('warning'))).toEqual([]);
  });

  it('warns about a base that is not known', async () => {
    const { notes } = await runStep(writeDockerfile, LEGACY, { base: 'example/other:1' });
    expect(told(notes)).toContain(
      'warning Dockerfile:1 example/other:1 is not known as the base image; it has to keep the same promises',
    );
  });

  it('keeps the line ends of the old file', async () => {
    const { text } = await runStep(writeDockerfile, {
      ...LEGACY,
      Dockerfile: LEGACY_DOCKERFILE.replaceAll('\n', '\r\n'),
    });
    expect(text('Dockerfile').replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(readDockerfile(text('Dockerfile')).problems).toEqual([]);
  });

  it('keeps the mode and writes where the old file lies', async () => {
    const { Dockerfile: text, ...files } = LEGACY;
    const compose = 'services:\n  litellm:\n    build:\n      context: .\n      dockerfile: docker/Dockerfile\n';
    const run = await runStep(writeDockerfile, {
      ...files,
      'compose.yaml': compose,
      'docker/Dockerfile': { content: text as string, mode: '755' },
    });
    expect(run.changes).toEqual({ 'docker/Dockerfile': 'update' });
    expect(run.tree.changes()[0]).toMatchObject({ after: { mode: '755' } });
  });

  it('is done on its own result', async () => {
    const { text } = await runStep(writeDockerfile, LEGACY);
    const second = await runStep(writeDockerfile, { ...LEGACY, Dockerfile: text('Dockerfile') });
    expect(second.answer).toEqual({ kind: 'done', why: `Dockerfile is on the base image (${PLANNED_BASE})` });
    expect(second.changes).toEqual({});
  });

  it.each([
    PLANNED_BASE,
    PUBLISHED_BASE,
    `${PUBLISHED_BASE}@${DIGEST}`,
    'registry.example/mirror/ghcr.io/cabinlab/claude-code-sdk-docker:1.4.0-python',
  ])('leaves a Dockerfile on %s alone, byte for byte', async (base) => {
    const { answer, changes } = await runStep(writeDockerfile, onBase(base));
    expect(answer.kind).toBe('done');
    expect(changes).toEqual({});
  });

  it.each([
    ['COPY startup.py auth_integration.py ./\n', 'COPY startup.py ./\n'],
    ['COPY --chown=claude:claude ./auth_integration.py /app/\n', ''],
    ['COPY --link startup.py \\\n    auth_integration.py \\\n    /app/\n', 'COPY --link startup.py \\\n    /app/\n'],
    ['COPY ["auth_integration.py", "startup.py", "/app/"]\n', 'COPY ["startup.py", "/app/"]\n'],
  ])('takes the missing login module out of %j of a Dockerfile on the base', async (before, after) => {
    const whole = (copy: string): string => `# ours\nFROM ${PUBLISHED_BASE}\n${copy}# then\nUSER claude\n`;
    const { text, notes } = await runStep(writeDockerfile, { ...LEGACY, Dockerfile: whole(before) });
    expect(text('Dockerfile')).toBe(whole(after));
    expect(notes).toEqual([]);
    const there = { ...LEGACY, 'auth_integration.py': 'x = 1\n', Dockerfile: whole(before) };
    expect((await runStep(writeDockerfile, there)).changes).toEqual({});
  });

  it('leaves a base named by an argument, and one below a stage of its own, alone', async () => {
    for (const text of [
      `ARG BASE=${PLANNED_BASE}\nFROM \${BASE}\nUSER claude\n`,
      `FROM ${PUBLISHED_BASE} AS base\nFROM base\nUSER claude\n`,
    ]) {
      expect((await runStep(writeDockerfile, { ...LEGACY, Dockerfile: text })).answer.kind).toBe('done');
    }
  });

  it('replaces a look-alike of the base', async () => {
    const look = LEGACY_DOCKERFILE.replace('python:3.11-slim', 'ghcr.io/cabinlab/claude-agent-sdk:python');
    expect((await runStep(writeDockerfile, { ...LEGACY, Dockerfile: look })).answer.kind).toBe('applies');
  });

  it.each(['scripts/litellm-entrypoint.sh', 'requirements.txt'])(
    'refuses without %s, which the new file copies',
    async (path) => {
      const files = Object.fromEntries(Object.entries(LEGACY).filter(([name]) => name !== path));
      const { answer } = await runStep(writeDockerfile, files);
      expect(answer).toMatchObject({ kind: 'refuse', path: 'Dockerfile', line: 1 });
      expect(JSON.stringify(answer)).toContain(path);
    },
  );

  it('refuses what it cannot read, with the line', async () => {
    const { answer } = await runStep(writeDockerfile, { ...LEGACY, Dockerfile: 'FROM python\nRUN <<EOF\nx\n' });
    expect(answer).toEqual({ kind: 'refuse', why: 'here-document EOF is never closed', path: 'Dockerfile', line: 2 });
  });
});
