// biome-ignore-all lint/suspicious/noTemplateCurlyInString: `${…}` is a variable of a Dockerfile
import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import { basePinned } from '../../../src/checks/static/base-pinned.ts';
import { baseRef } from '../../../src/checks/static/base-ref.ts';
import { judge, told } from '../../support/judge.ts';
import { CONFIG, compose, DIGEST, FROM } from './container-tree.ts';

const family = (dockerfile: string, files: Record<string, string> = {}) => ({
  Dockerfile: dockerfile,
  'config/litellm_config.yaml': CONFIG,
  ...files,
});

describe('S01-base-ref', () => {
  it.each([
    'FROM ghcr.io/cabinlab/claude-code-sdk:python',
    'FROM ghcr.io/cabinlab/claude-code-sdk-docker:python',
    `FROM mirror.example:5000/ghcr.io/cabinlab/claude-code-sdk@${DIGEST}`,
    'ARG BASE=ghcr.io/cabinlab/claude-code-sdk:python\nFROM ${BASE}',
    'ARG TAG\nFROM ghcr.io/cabinlab/claude-code-sdk:${TAG:-python}',
    'FROM python:3.11 AS tools\nFROM ghcr.io/cabinlab/claude-code-sdk:python',
    'FROM ghcr.io/cabinlab/claude-code-sdk:python AS base\nFROM base',
  ])('takes %j', async (text) => {
    expect(await told(baseRef, family(text))).toEqual([]);
  });

  it.each([
    [
      'FROM ghcr.io/cabinlab/claude-agent-sdk:python',
      1,
      'ghcr.io/cabinlab/claude-agent-sdk:python is not the base image, it only looks like it',
    ],
    [
      'FROM ghcr.io/cabinlab/claude-code-sdk:typescript',
      1,
      'ghcr.io/cabinlab/claude-code-sdk:typescript is not the base image, it only looks like it',
    ],
    [
      '\nARG B=ghcr.io/other/claude-code-sdk:python\nFROM $B',
      2,
      'ghcr.io/other/claude-code-sdk:python is not the base image, it only looks like it',
    ],
    ['FROM python:3.11-slim', 1, 'the image is built on python:3.11-slim, not on the base image'],
    ['ARG BASE\nFROM ${BASE}', 2, 'cannot tell the base image: the build argument BASE has no default'],
    [
      'FROM ghcr.io/cabinlab/claude-code-sdk:python AS a\nFROM node:22',
      2,
      'the image is built on node:22, not on the base image',
    ],
    ['RUN true', 1, 'Dockerfile cannot be built: no FROM instruction'],
  ])('stops %j', async (text, line, message) => {
    expect(await told(baseRef, family(text))).toEqual([`blocker Dockerfile:${line} ${message}`]);
  });

  it('gives only a look-alike the number of its failure mode', async () => {
    const found = await judge(baseRef, family('FROM ghcr.io/cabinlab/claude-agent-sdk:python'));
    expect(found).toMatchObject([
      { failureMode: 'FM-31', next: 'FROM ghcr.io/cabinlab/claude-code-sdk-docker:python' },
    ]);
    const other = await judge(baseRef, family('FROM python:3.11'));
    expect(other[0]).not.toHaveProperty('failureMode');
  });

  it('takes the argument that compose builds with', async () => {
    const yaml = compose('').replace(
      'build: .',
      'build: {context: ., args: {BASE: "ghcr.io/cabinlab/claude-code-sdk:python"}}',
    );
    expect(await told(baseRef, family('ARG BASE\nFROM ${BASE}', { 'compose.yaml': yaml }))).toEqual([]);
  });

  it('does not judge an image that has nothing of a LiteLLM provider', async () => {
    expect(await told(baseRef, { Dockerfile: 'FROM nginx:1.27\n' })).toEqual([
      'not applicable: nothing says that Dockerfile is the image of a LiteLLM provider',
    ]);
  });

  it('judges the Dockerfile that compose names for the provider, and the one that the caller names', async () => {
    const files = {
      Dockerfile: 'FROM nginx:1.27\n',
      'proxy.Dockerfile': 'FROM ghcr.io/cabinlab/claude-agent-sdk:python\n',
      'compose.yaml': compose('ports: ["4000:4000"]').replace(
        'build: .',
        'build: {context: ., dockerfile: proxy.Dockerfile}',
      ),
    };
    expect((await told(baseRef, files))[0]).toContain('blocker proxy.Dockerfile:1');
    expect(await told(baseRef, files, { dockerfile: 'Dockerfile' as RepoPath })).toEqual([
      'not applicable: nothing says that Dockerfile is the image of a LiteLLM provider',
    ]);
  });
});

describe('S02-base-pinned', () => {
  it('wants a digest, and names the line that decides', async () => {
    expect(await told(basePinned, { Dockerfile: FROM })).toEqual([]);
    expect(await told(basePinned, { Dockerfile: `ARG B=ghcr.io/cabinlab/claude-code-sdk:python\nFROM $B\n` })).toEqual([
      'warn Dockerfile:1 the base image is a moving tag without a digest',
    ]);
  });
  it('leaves an image on another base alone', async () => {
    expect(await told(basePinned, { Dockerfile: 'FROM python:3.11\n' })).toEqual([
      'not applicable: Dockerfile is not built on the base image: python:3.11',
    ]);
  });
});
