import { expect, test } from 'vitest';
import { findRepair } from '../../../src/container/auth-volume-repair.ts';

const GOOD =
  'docker run --rm --user root --entrypoint chown -v VOLUME:/home/claude/.claude IMAGE -R claude:claude /home/claude/.claude';

test('the command that the start script prints', () => {
  const text = `[x] ERROR: no login\n[x]   ${GOOD}\n`;
  expect(findRepair(text)).toEqual({ text: GOOD, args: ['-R', 'claude:claude', '/home/claude/.claude'] });
});

test.each([
  ['in a document', `Run \`${GOOD}\``],
  ['with chown as the command', GOOD.replace('--entrypoint chown ', '').replace('IMAGE ', 'IMAGE chown ')],
  ['with joined options', GOOD.replace('--user root', '--user=0').replace('-v ', '--volume=')],
  ['with podman', GOOD.replace('docker', 'podman')],
])('%s', (_, text) => {
  expect(findRepair(text)?.args).toEqual(['-R', 'claude:claude', '/home/claude/.claude']);
});

test.each([
  ['another program', GOOD.replace('chown -v', 'rm -v')],
  ['another folder', GOOD.replaceAll('/home/claude/.claude', '/etc')],
  ['another folder in the volume', GOOD.replace(/\/home\/claude\/\.claude$/, '/')],
  ['more rights', GOOD.replace('--rm', '--rm --privileged')],
  ['a file of the host', GOOD.replace('VOLUME:/home/claude/.claude', '/etc:/etc')],
  ['more than chown', GOOD.replace('-R claude', '-R --reference=/x claude')],
  ['no owner', GOOD.replace('claude:claude', '$(id)')],
  ['no run', 'docker volume rm VOLUME'],
])('never %s', (_, text) => {
  expect(findRepair(text)).toBe(null);
});
