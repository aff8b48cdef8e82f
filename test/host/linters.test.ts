import { chmodSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { externalLinters } from '../../src/host/linters.ts';
import { judge, told } from '../support/judge.ts';
import { itWithTool } from '../support/outside-tools.ts';
import { tempFolder } from '../support/temp-repo.ts';

/** A program that notes its arguments, folder and input, and prints `output`. */
function install(folder: string, name: string, output: string, exit = 0): void {
  const script = `#!${process.execPath}
const fs = require('node:fs');
fs.writeFileSync(${JSON.stringify(join(folder, `${name}.seen`))}, JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), env: Object.keys(process.env), input: fs.readFileSync(0, 'utf8') }));
process.stderr.write('broken\\n');
process.stdout.write(${JSON.stringify(output)}, () => process.exit(${exit}));
`;
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
}

const seen = (folder: string, name: string): { args: string[]; cwd: string; env: string[]; input: string } =>
  JSON.parse(readFileSync(join(folder, `${name}.seen`), 'utf8'));
const FILES = {
  Dockerfile: 'FROM x\n',
  '.hadolint.yaml': 'ignored: []\n',
  'run.sh': '#!/bin/sh\necho $x\n',
  'plain.sh': 'echo\n',
  '.github/workflows/t.yml': 'on: push\n',
};

describe('externalLinters', () => {
  it('is not applicable where nothing is installed', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'hadolint'), 'not executable');
    expect(await judge(externalLinters({ path: `${folder}::/nowhere` }), FILES)).toBe(
      'not installed: hadolint, ShellCheck, actionlint',
    );
  });

  it('is not applicable where there is nothing to read', async () => {
    const folder = tempFolder();
    install(folder, 'hadolint', '[]');
    expect(await judge(externalLinters({ path: folder }), { 'README.md': '' })).toBe('nothing to read for hadolint');
  });

  it('maps what each of them says, and lets none of it be an error', async () => {
    const folder = tempFolder();
    install(
      folder,
      'hadolint',
      '[{"line":1,"code":"DL3006","level":"warning","message":"Tag it","file":"-","column":1}]',
    );
    install(
      folder,
      'shellcheck',
      '{"comments":[{"line":2,"code":2086,"level":"info","message":"Quote it","file":"-"}]}',
      1,
    );
    install(folder, 'actionlint', '[{"line":1,"kind":"syntax-check","message":"no jobs","filepath":"t.yml"}]', 1);
    expect(await told(externalLinters({ path: folder }), FILES)).toEqual([
      'warn Dockerfile:1 DL3006: Tag it',
      'info plain.sh:2 SC2086: Quote it',
      'info run.sh:2 SC2086: Quote it',
      'warn .github/workflows/t.yml:1 syntax-check: no jobs',
    ]);
  });

  it('hands the text over and nothing else of the checkout or the environment', async () => {
    const folder = tempFolder();
    install(folder, 'hadolint', '[]');
    install(folder, 'actionlint', '[]');
    expect(await told(externalLinters({ path: folder }), FILES)).toEqual([]);
    expect(seen(folder, 'hadolint')).toMatchObject({
      args: ['--config', '/dev/null', '--format', 'json', '--no-fail', '-'],
      cwd: '/',
      input: 'FROM x\n',
    });
    expect(seen(folder, 'hadolint').env).not.toContain('HOME');
    expect(seen(folder, 'actionlint').args).toContain('-shellcheck=');
    expect(existsSync(join(folder, 'shellcheck.seen'))).toBe(false);
  });

  it('names the shell of a script that does not', async () => {
    const folder = tempFolder();
    install(folder, 'shellcheck', '{"comments":[]}');
    await told(externalLinters({ path: folder }), { 'plain.sh': 'echo\n' });
    expect(seen(folder, 'shellcheck').args).toEqual(['--norc', '--format=json1', '--shell=bash', '-']);
    await told(externalLinters({ path: folder }), { 'run.sh': '#!/bin/sh\n' });
    expect(seen(folder, 'shellcheck').args).toEqual(['--norc', '--format=json1', '-']);
  });

  it.each(['', 'usage: …', '{}', 'null'])('does not take %j for an answer', async (output) => {
    const folder = tempFolder();
    install(folder, 'shellcheck', output, 3);
    await expect(told(externalLinters({ path: folder }), { 'run.sh': '#!/bin/sh\n' })).rejects.toThrow(
      'ShellCheck could not read run.sh: exit code 3: broken',
    );
  });

  it('masks a secret that a program repeats', async () => {
    const folder = tempFolder();
    const secret = `sk-${'0a1b2c3d4e'.repeat(3)}`;
    install(folder, 'hadolint', JSON.stringify([{ line: 1, code: 'DL1', level: 'info', message: `saw ${secret}` }]));
    const found = await judge(externalLinters({ path: folder }), { Dockerfile: 'FROM x\n' });
    expect(JSON.stringify(found)).not.toContain(secret);
  });

  const dockerfile = 'FROM debian\nRUN cd /tmp && rm -rf $X\n';
  itWithTool('hadolint', 'reads what hadolint itself says', async (program) => {
    // Alone in its folder: another linter beside it would speak too.
    const folder = tempFolder();
    symlinkSync(program, join(folder, 'hadolint'));
    const found = await told(externalLinters({ path: folder }), { ...FILES, Dockerfile: dockerfile });
    expect(found).toContain('warn Dockerfile:1 DL3006: Always tag the version of an image explicitly');
    expect(found.every((line) => line.includes(' Dockerfile:'))).toBe(true);
    expect(await told(externalLinters({ path: folder }), { Dockerfile: 'FROM debian:12\nUSER 1001:1001\n' })).toEqual(
      [],
    );
  });

  itWithTool('shellcheck', 'reads what ShellCheck itself says', async (program) => {
    const folder = tempFolder();
    symlinkSync(program, join(folder, 'shellcheck'));
    const files = { 'run.sh': '#!/bin/sh\nx="a b"\necho $x\ncd /nowhere\n', 'plain.sh': 'echo\n' };
    expect(await told(externalLinters({ path: folder }), files)).toEqual([
      'info run.sh:3 SC2086: Double quote to prevent globbing and word splitting.',
      "warn run.sh:4 SC2164: Use 'cd ... || exit' or 'cd ... || return' in case cd fails.",
    ]);
  });

  itWithTool('actionlint', 'reads what actionlint itself says', async (program) => {
    const folder = tempFolder();
    symlinkSync(program, join(folder, 'actionlint'));
    const workflow =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub
      'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ unknown.x }}\n';
    const found = await told(externalLinters({ path: folder }), { '.github/workflows/t.yml': workflow });
    expect(found).toEqual([expect.stringMatching(/ \.github\/workflows\/t\.yml:6 .*undefined variable "unknown"/)]);
  });
});

describe('what the migration installs', () => {
  const root = join(import.meta.dirname, '../..');
  const script = readFileSync(join(root, 'migrations/0001-oauth-only/templates/litellm-entrypoint.sh'), 'utf8');

  itWithTool('shellcheck', 'has nothing that ShellCheck would say something about', async (program) => {
    const folder = tempFolder();
    symlinkSync(program, join(folder, 'shellcheck'));
    expect(await told(externalLinters({ path: folder }), { 'scripts/litellm-entrypoint.sh': script })).toEqual([]);
    expect(await told(externalLinters({ path: folder }), { 'a.sh': `${script}echo $x\n` })).not.toEqual([]);
  });

  itWithTool('hadolint', 'has nothing that hadolint would say something about', async (program) => {
    const folder = tempFolder();
    symlinkSync(program, join(folder, 'hadolint'));
    const dockerfile = readFileSync(join(root, 'fixtures/oauth-only/full/after/Dockerfile'), 'utf8');
    const files = { Dockerfile: dockerfile, 'scripts/litellm-entrypoint.sh': script };
    expect(await told(externalLinters({ path: folder }), files)).toEqual([]);
  });
});
