import { describe, expect, it } from 'vitest';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runHere } from '../support/run-here.ts';

const verify = (...words: readonly string[]) => runHere(['verify', ...words, '--level', 'static', '--quiet']);

describe('the image to compare with', () => {
  it('is named once', async () => {
    const { code, stderr } = await verify(legacyRepo('noop-published-base'), '--compare', '--old-image', 'old:1');
    expect([code, stderr.split('\n')[0]]).toEqual([1, '--old-image and --compare both name the image from before']);
  });

  it('comes from a commit of this clone; without a name from HEAD, and the folder stays a folder', async () => {
    const repo = legacyRepo('noop-published-base');
    expect(await verify('--compare', repo)).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await verify(repo, '--compare=nowhere');
    expect([code, stderr.split('\n')[0]]).toEqual([1, 'there is no commit "nowhere" in this clone']);
  });

  it('is no failure in a folder without git', async () => {
    const repo = legacyRepo('noop-published-base', { git: false });
    expect(await verify(repo, '--compare')).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a request with a real login', () => {
  const token = `sk-ant-oat01-${'Ab1_'.repeat(8)}`;
  const live = (env: Readonly<Record<string, string>>, ...words: readonly string[]) =>
    runHere(['verify', legacyRepo('noop-published-base'), '--live', ...words], { env });

  it('takes its token from the environment only', async () => {
    const { code, stderr } = await live({}, '--yes');
    expect([code, stderr]).toEqual([4, '--live takes a real token from CLAUDE_CODE_OAUTH_TOKEN, and it is not set\n']);
  });

  it('is asked for before anything is built, and shows nothing of the token', async () => {
    const { code, stdout, stderr } = await live({ CLAUDE_CODE_OAUTH_TOKEN: token });
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr.split('\n')).toEqual([
      '--live sends one small request to the real service, on the account of CLAUDE_CODE_OAUTH_TOKEN, and there is no terminal to ask on',
      '→ refit verify --live --yes',
      '',
    ]);
  });

  it('needs a level that starts the server', async () => {
    const { code, stderr } = await live({ CLAUDE_CODE_OAUTH_TOKEN: token }, '--yes', '--level', 'run');
    expect([code, stderr]).toEqual([4, '--live asks a running server, which --level run leaves out\n']);
  });
});
