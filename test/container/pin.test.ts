import { describe, expect, it } from 'vitest';
import { judgedDockerfile, readProject } from '../../src/checks/project.ts';
import { digestOf, pinnedLine } from '../../src/container/pin.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const BASE = 'ghcr.io/cabinlab/claude-code-sdk-docker:python';

function judgedOf(head: string) {
  const judged = judgedDockerfile(readProject(openTree(memorySource({ Dockerfile: `${head}\nUSER claude\n` })), {}));
  if (judged.kind === 'skip') throw new Error(judged.why);
  return judged;
}

describe('the line that pins the base', () => {
  it.each([
    ['a plain FROM', `FROM ${BASE}`, 1, `FROM ${BASE}@${DIGEST}`],
    [
      'flags and a stage name stay',
      `# base\nFROM --platform=linux/amd64 ${BASE} AS final`,
      2,
      `FROM --platform=linux/amd64 ${BASE}@${DIGEST} AS final`,
    ],
    ['the default of the ARG', `ARG BASE_IMAGE=${BASE}\nFROM \${BASE_IMAGE}`, 1, `ARG BASE_IMAGE=${BASE}@${DIGEST}`],
    [
      'the ARG beside others, quoted',
      `ARG A=1 BASE="${BASE}" B=2\nFROM $BASE`,
      1,
      `ARG A=1 BASE=${BASE}@${DIGEST} B=2`,
    ],
    [
      'a name put together',
      `ARG TAG=python\nFROM ghcr.io/cabinlab/claude-code-sdk-docker:\${TAG}`,
      2,
      `FROM ghcr.io/cabinlab/claude-code-sdk-docker:\${TAG}@${DIGEST}`,
    ],
    ['a default within FROM', `FROM \${BASE:-${BASE}}`, 1, `FROM \${BASE:-${BASE}}@${DIGEST}`],
    [
      'an ARG that has a default of its own',
      `ARG BASE=${BASE}\nFROM \${BASE:-other:1}`,
      1,
      `ARG BASE=${BASE}@${DIGEST}`,
    ],
    ['the base of the first stage in the chain', `FROM ${BASE} AS one\nFROM one`, 1, `FROM ${BASE}@${DIGEST} AS one`],
  ])('%s', (_name, head, line, after) => {
    const pin = pinnedLine(judgedOf(head), BASE, DIGEST, false);
    expect(pin).toMatchObject({ path: 'Dockerfile', line, after, image: BASE, digest: DIGEST });
    expect(pin.before).not.toContain(DIGEST);
  });

  it('names the image that the caller wants, in the place of a name put together and of another digest', () => {
    const other = 'registry.example:5000/cabinlab/claude-code-sdk:python';
    const at = (head: string) => pinnedLine(judgedOf(head), other, DIGEST, true).after;
    expect(at(`ARG TAG=python\nFROM ghcr.io/x:\${TAG}`)).toBe(`FROM ${other}@${DIGEST}`);
    expect(at(`FROM ${BASE}@sha256:${'0'.repeat(64)}`)).toBe(`FROM ${other}@${DIGEST}`);
  });
});

describe('the digest of an image', () => {
  const other = `sha256:${'cd'.repeat(32)}`;

  it('is the one under its own repository', () => {
    const digests = [
      `mirror.example/cabinlab/claude-code-sdk-docker@${other}`,
      `${BASE.replace(':python', '')}@${DIGEST}`,
    ];
    expect(digestOf(BASE, { digests })).toBe(DIGEST);
    expect(digestOf('docker.io/library/debian:12', { digests: [`debian@${DIGEST}`] })).toBe(DIGEST);
    expect(digestOf('debian', { digests: [`docker.io/library/debian@${DIGEST}`] })).toBe(DIGEST);
  });

  it('is none for another repository or a local image', () => {
    expect(digestOf(BASE, { digests: [`mirror.example/cabinlab/claude-code-sdk-docker@${other}`] })).toBeNull();
    expect(digestOf(BASE, { digests: [] })).toBeNull();
  });
});
