import { describe, expect, it } from 'vitest';
import { compareFiles } from '../../src/container/compare/files.ts';
import type { TarEntry } from '../../src/container/engine.ts';

const file = (path: string, uid = 0, kind: TarEntry['kind'] = 'file'): TarEntry => ({
  path,
  kind,
  mode: 0o644,
  uid,
  gid: uid,
  size: 1,
  linkTarget: '',
});

describe('files of two images', () => {
  it('are counted by owner where they matter, folders left out, and named below /app', () => {
    const before = [
      file('app', 0, 'folder'),
      file('app/auth_integration.py'),
      file('app/config/litellm_config.yaml', 1001),
      file('app/__pycache__/x.pyc'),
      file('root/.claude/.credentials.json'),
      file('application/other'),
    ];
    const after = [
      file('app/config/litellm_config.yaml', 1001),
      file('app/custom_handler.py', 1001),
      file('home/claude/.claude/settings.json', 1001),
      file('usr/local/bin/claude', 0, 'link'),
    ];
    expect(compareFiles(before, after)).toEqual([
      { what: 'files below /app', before: '2 (0:0), 1 (1001:1001)', after: '2 (1001:1001)' },
      { what: 'files below /root', before: '1 (0:0)', after: 'none' },
      { what: 'files below /home/claude', before: 'none', after: '1 (1001:1001)' },
      { what: 'files below /usr/local/bin', before: 'none', after: '1 (0:0)' },
      { what: 'only there, below /app', before: '/app/auth_integration.py', after: '/app/custom_handler.py' },
    ]);
  });

  it('names no more than a dozen', () => {
    const many = Array.from({ length: 15 }, (_, number) => file(`app/${String.fromCharCode(97 + number)}.py`));
    const named = compareFiles([], many).at(-1)?.after ?? '';
    expect(named).toMatch(/^\/app\/a\.py, .*\/app\/l\.py and 3 more$/);
  });
});
