import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import { dockerignore } from '../../../src/checks/static/dockerignore.ts';
import { judge, mended, told } from '../../support/judge.ts';

const DOCKERFILE = { Dockerfile: 'FROM x\n' };

describe('S24-dockerignore', () => {
  it.each([
    ['.git\n.env*\n!.env.example\n'],
    ['**/.git\n**/.env*\n'],
    ['*\n!providers\n'],
    ['.git/\n.env\n.env.*\n'],
    ['.*\n'],
  ])('is silent about %j', async (text) => {
    expect(await told(dockerignore, { ...DOCKERFILE, '.dockerignore': text })).toEqual([]);
  });

  it.each([
    ['', '.git and .env would be sent to the builder'],
    ['.git\n', '.env would be sent to the builder'],
    ['.env*\n', '.git would be sent to the builder'],
    ['.git\n.env\n', 'other .env files would be sent to the builder'],
    ['.git\n.env*\n!.env\n', '.env would be sent to the builder'],
  ])('tells what %j lets through', async (text, message) => {
    expect(await told(dockerignore, { ...DOCKERFILE, '.dockerignore': text })).toEqual([
      `warn .dockerignore:1 ${message}`,
    ]);
  });

  it('creates the file, and keeps the example in', async () => {
    expect((await mended(dockerignore, { ...DOCKERFILE, '.env.example': 'A=\n' }))['.dockerignore']).toBe(
      '.git\n.env*\n!.env.example\n',
    );
  });

  it.each([
    ['node_modules', 'node_modules\n.git\n.env*'],
    ['.git\r\n.env*\r\n!.env\r\n', '.git\r\n.env*\r\n!.env\r\n.env*\r\n'],
  ])('mends %j so that nothing is left to say', async (before, after) => {
    const files = await mended(dockerignore, { ...DOCKERFILE, '.dockerignore': before });
    expect(files['.dockerignore']).toBe(after);
    expect(await told(dockerignore, files)).toEqual([]);
  });

  it('goes by the ignore file of the Dockerfile itself', async () => {
    const files = { 'deploy/Dockerfile': 'FROM x\n', 'deploy/Dockerfile.dockerignore': '.git\n.env*\n' };
    expect(await told(dockerignore, files, { dockerfile: 'deploy/Dockerfile' as RepoPath })).toEqual([]);
  });

  it('has nothing to judge without a Dockerfile', async () => {
    expect(await judge(dockerignore, { 'README.md': '' })).toBe(
      'there is no Dockerfile at the root, and compose names none',
    );
  });
});
