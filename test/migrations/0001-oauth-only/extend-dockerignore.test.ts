import { describe, expect, it } from 'vitest';
import { extendDockerignore } from '../../../migrations/0001-oauth-only/steps/extend-dockerignore.ts';
import { LEGACY, onBase, runStep } from './container-family.ts';

const run = (text: string) => runStep(extendDockerignore, { ...LEGACY, '.dockerignore': text });

describe('extend-dockerignore', () => {
  it('creates the file', async () => {
    const { text, changes } = await runStep(extendDockerignore, LEGACY);
    expect(changes).toEqual({ '.dockerignore': 'create' });
    expect(text('.dockerignore')).toBe('.git\n.env*\n!.env.example\n');
  });
  it.each([
    ['node_modules', 'node_modules\n.git\n.env*\n!.env.example'],
    ['.git/\r\n', '.git/\r\n.env*\r\n!.env.example\r\n'],
    ['.git\n.env\n', '.git\n.env\n.env*\n!.env.example\n'],
    ['!.env.example\n.git\n', '!.env.example\n.git\n.env*\n!.env.example\n'],
    ['.git\n.env*\n!.env.local\n', '.git\n.env*\n!.env.local\n'],
    ['.git\n**/.env*\nscripts\n', '.git\n**/.env*\nscripts\n!scripts/litellm-entrypoint.sh\n'],
    ['.git\n.env.e*\n', '.git\n.env.e*\n.env*\n'],
    ['*.md\n.git\n.env*', '*.md\n.git\n.env*'],
  ])('adds to %j only what is missing', async (before, after) => {
    const { text, changes } = await run(before);
    expect(text('.dockerignore')).toBe(after);
    expect(changes).toEqual(before === after ? {} : { '.dockerignore': 'update' });
  });
  it('is done on its own result', async () => {
    expect((await run('.git\n.env*\n!.env.example\n')).answer.kind).toBe('done');
  });
  it('leaves a checkout on the base alone', async () => {
    expect((await runStep(extendDockerignore, onBase())).answer.kind).toBe('skip');
  });

  it('keeps the environment file out that compose loads for the proxy, by whatever name', async () => {
    const compose = (file: string) =>
      `services:\n  proxy:\n    build: .\n    env_file:\n      - .env.local\n      - ${file}\n`;
    const text = async (file: string, before = '') =>
      (await runStep(extendDockerignore, { ...LEGACY, 'compose.yaml': compose(file), '.dockerignore': before })).text(
        '.dockerignore',
      );
    expect(await text('app.env')).toBe('.git\n.env*\n!.env.example\napp.env\n');
    expect(await text('app.env', '*.env\n')).toBe('*.env\n.git\n.env*\n!.env.example\n');
    expect(await text('app.env.example')).toBe('.git\n.env*\n!.env.example\n');
  });
});
