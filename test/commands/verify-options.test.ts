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
