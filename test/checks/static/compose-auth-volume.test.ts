import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/checks/define.ts';
import { composeAuthVolume } from '../../../src/checks/static/compose-auth-volume.ts';
import { judge, mended, told } from '../../support/judge.ts';

const compose = (mount: string): Readonly<Record<string, string>> => ({
  'docker-compose.yml': `services:\n  p:\n    build: .\n    volumes:\n      - ${mount}\n  other:\n    image: x\n    volumes:\n      - o:/root/.claude\n`,
});

describe('S14-compose-auth-volume', () => {
  it('finds the old place of the login and moves it', async () => {
    const files = compose('claude-auth:/root/.claude:rw # kept');
    expect(await told(composeAuthVolume, files)).toEqual([
      'error docker-compose.yml:5 p keeps its login where the user claude never looks',
    ]);
    expect((await mended(composeAuthVolume, files))['docker-compose.yml']).toBe(
      compose('claude-auth:/home/claude/.claude:rw # kept')['docker-compose.yml'],
    );
  });

  it.each(['vol:/root/.claude.json', 'vol:/root/.claude/x', './x:/root'])('only warns of %s', async (mount) => {
    const files = compose(mount);
    expect(await told(composeAuthVolume, files)).toEqual([
      'warn docker-compose.yml:5 p mounts below /root, which the user claude cannot read',
    ]);
    expect(await mended(composeAuthVolume, files)).toEqual(files);
  });

  it.each(['vol:/home/claude/.claude', 'vol:/rooted/.claude', './root:/app/root'])(
    'is silent about %s',
    async (mount) => {
      expect(await told(composeAuthVolume, compose(mount))).toEqual([]);
    },
  );

  it('reads the override too', async () => {
    const files = {
      'compose.yaml': 'services:\n  p:\n    build: .\n',
      'compose.override.yaml':
        'services:\n  p:\n    volumes:\n      - type: volume\n        source: a\n        target: /root/.claude\n',
    };
    expect(await told(composeAuthVolume, files)).toEqual([
      'error compose.override.yaml:6 p keeps its login where the user claude never looks',
    ]);
  });

  it('has nothing to judge without mounts of the provider', async () => {
    expect(await judge(composeAuthVolume, { 'compose.yaml': 'services:\n  x:\n    image: y\n' })).toBe(
      'no compose file mounts anything into the provider',
    );
  });

  it('warns of a home that the base image does not have', async () => {
    const files = (more: string) => compose(`auth:/home/node/.claude\n    environment: [${more}]`);
    expect(await told(composeAuthVolume, files('A=b'))).toEqual([
      'warn docker-compose.yml:5 p keeps a login in a home that the base image does not have',
    ]);
    expect(await told(composeAuthVolume, files('CLAUDE_CONFIG_DIR=/home/node/.claude'))).toEqual([]);
  });

  it('never advises to change the owner of a folder of the host', async () => {
    const nextOf = async (source: string) => {
      return ((await judge(composeAuthVolume, compose(`${source}:/root/.claude`))) as Finding[])[0]?.next;
    };
    expect(await nextOf('~/.claude')).toBe('change the target to /home/claude/.claude');
    expect(await nextOf('auth')).toContain('chown p -R claude:claude /home/claude/.claude');
  });
});
