import { afterEach, describe, expect, it, vi } from 'vitest';
import { FAKE_DOCKER, type FakeAnswer, fakeEngine, fakeImage } from '../support/fake-engine.ts';
import { runHere } from '../support/run-here.ts';
import { tempFolder, tempRepo } from '../support/temp-repo.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const BASE = 'ghcr.io/cabinlab/claude-code-sdk-docker:python';
const FILES = { Dockerfile: `ARG BASE_IMAGE=${BASE}\nFROM \${BASE_IMAGE}\nUSER claude\n` };
const HELD = {
  [`image inspect ${BASE}`]: { out: fakeImage({ RepoDigests: [`${BASE.replace(':python', '')}@${DIGEST}`] }) },
};

afterEach(() => vi.unstubAllEnvs());

/** The command, with a docker on PATH that knows the given images. */
async function pin(
  files: Readonly<Record<string, string>>,
  images: Readonly<Record<string, FakeAnswer>>,
  ...more: string[]
) {
  const folder = tempFolder();
  fakeEngine(folder, 'docker', { ...FAKE_DOCKER, ...images });
  const repo = tempRepo(files);
  const before = repo.snapshot();
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  const result = await runHere(['verify', repo.root, '--pin', ...more]);
  expect(repo.snapshot()).toEqual(before);
  return result;
}

describe('verify --pin', () => {
  it('tells the line to write, unwrapped, and where', async () => {
    const { code, stdout, stderr } = await pin(FILES, HELD);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`\nLine to write\n  Dockerfile:1\n  ARG BASE_IMAGE=${BASE}@${DIGEST}\n`);
  });

  it('tells it as JSON and as Markdown', async () => {
    const json = await pin(FILES, HELD, '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      exitCode: 0,
      summary: [`Pin: Dockerfile:1 takes the digest of ${BASE}, ${DIGEST}`],
      pin: {
        path: 'Dockerfile',
        line: 1,
        before: `ARG BASE_IMAGE=${BASE}`,
        after: `ARG BASE_IMAGE=${BASE}@${DIGEST}`,
        image: BASE,
        digest: DIGEST,
        engine: 'docker 24.0.7 (API 1.43), legacy builder, no compose, overlay2',
      },
      checks: [],
    });
    const markdown = await pin(FILES, HELD, '--format', 'markdown');
    expect(markdown.stdout).toContain('<summary>Line to write (1)</summary>');
    expect(markdown.stdout).toContain(
      `<code>Dockerfile:1</code> | <code>ARG BASE&#95;IMAGE=${BASE}@${DIGEST}</code> |`,
    );
  });

  it('asks no engine where the digest is there', async () => {
    vi.stubEnv('PATH', tempFolder());
    const repo = tempRepo({ Dockerfile: `FROM ${BASE}@${DIGEST}\nUSER claude\n` }, { git: false });
    const { code, stdout } = await runHere(['verify', repo.root, '--pin', '--format', 'json']);
    const why = `Dockerfile:1 names the base image by its digest already, ${DIGEST}`;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 0, outcome: { kind: 'nothing-to-do', why } });
  });

  it('is incomplete without an engine', async () => {
    vi.stubEnv('PATH', tempFolder());
    const { code, stderr } = await runHere(['verify', tempRepo(FILES, { git: false }).root, '--pin']);
    expect([code, stderr.split('\n')[0]]).toEqual([
      6,
      'no digest to pin the base image by: there is no docker and no podman on PATH',
    ]);
  });

  it('is incomplete for an image that no registry gave, with what to do', async () => {
    const { code, stdout, stderr } = await pin(FILES, { [`image inspect ${BASE}`]: { out: fakeImage() } });
    expect([code, stdout]).toEqual([6, '']);
    expect(stderr.split('\n')).toEqual([
      `no digest to pin the base image by: ${BASE} has no digest in this engine: it was built or loaded here, not fetched from a registry`,
      `→ docker pull ${BASE}, then again; or name an image of a registry: --base-image NAME`,
      '',
    ]);
  });

  it('takes no digest of another repository', async () => {
    const digests = [`mirror.example/cabinlab/claude-code-sdk-docker@${DIGEST}`];
    const answer = await pin(
      FILES,
      { [`image inspect ${BASE}`]: { out: fakeImage({ RepoDigests: digests }) } },
      '--format',
      'json',
    );
    expect(JSON.parse(answer.stdout)).toMatchObject({ exitCode: 6, outcome: { kind: 'fault' } });
    expect(answer.stderr).toContain(`only as ${digests[0]}`);
  });

  it('is incomplete for an image that is nowhere, and offers the other name', async () => {
    const other = 'ghcr.io/cabinlab/claude-code-sdk:python';
    const { code, stderr } = await pin(FILES, { [`image inspect ${other}`]: { out: fakeImage() } });
    expect(code).toBe(6);
    expect(stderr).toContain(`fetching ${BASE}\n`);
    expect(stderr).toContain(`the base image ${BASE} (Dockerfile:2) is not in the engine, and no registry gives it`);
    expect(stderr).toContain(`${other} is at hand (--base-image ${other})`);
  });

  it('warns of a base that compose builds with', async () => {
    const compose = `services:\n  litellm:\n    build:\n      context: .\n      args:\n        BASE_IMAGE: other.example/base:python\n    command: ["litellm"]\n`;
    const { code, stdout } = await pin({ ...FILES, 'docker-compose.yml': compose }, HELD);
    expect(code).toBe(0);
    expect(stdout).toContain('compose builds on other.example/base:python, by an argument of its own');
  });

  it('refuses a checkout without a Dockerfile', async () => {
    const { code, stderr } = await pin({ 'README.md': 'text\n' }, {});
    expect([code, stderr.split(':')[0]]).toEqual([4, 'there is no base image to pin']);
  });
});
