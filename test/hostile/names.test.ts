import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { REPORT_FORMATS } from '../../src/report/index.ts';
import { legacyRepo } from '../support/legacy-repo.ts';
import { runCli } from '../support/run-cli.ts';
import { runHere } from '../support/run-here.ts';
import { runTestGit, snapshot, tempFolder } from '../support/temp-repo.ts';

const NAMES = [
  'new\nline',
  'tab\there',
  'cr\rname',
  '\x1b[31mred\x1b[0m\x1b]0;title\x07',
  '\u202egnp.exe\u2066',
  '-rf',
  '--output=stolen',
  '::set-output name=x::y',
  '\n::error::injected',
  '##[error]injected',
  '##vso[task.setvariable]x',
  '%0A::warning::x%0D',
  ']]><x',
  '<img src=x onerror=alert(1)>',
  '`|*[x](y)@someone',
  '$(touch ran)`touch ran`',
  "'; touch ran; '",
];

/** A legacy repository in which every kind of file that a report names has one of the names. */
function repoWithNames(): string {
  const repo = legacyRepo();
  for (const [index, name] of NAMES.entries()) {
    const write = (path: string, text: string): void => {
      fs.mkdirSync(dirname(join(repo, path)), { recursive: true });
      fs.writeFileSync(join(repo, path), text);
    };
    // Told by notes of the plan and findings of checks, and changed by the plan.
    write(`${name}.md`, 'See auth_integration.py and `python auth_integration.py`.\n');
    write(`notes/${name}/Dockerfile.${index}`, 'FROM python:3\nRUN pip install litellm>=1\n');
    write(`simple-oauth/${name}.txt`, 'gone\n');
    write(`scripts/${name}.sh`, '#!/bin/sh\npython auth_integration.py\n');
  }
  runTestGit(repo, ['add', '--all', '--force']);
  runTestGit(repo, ['commit', '-qm', 'names']);
  for (const name of NAMES) fs.writeFileSync(join(repo, 'docs', `untracked ${name}`), 'x\n');
  return repo;
}

/** What no output may hold, whatever its format. */
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;
/** A line that a runner of GitHub or Azure takes for a command, those of the reporter itself aside. */
const COMMAND = /^\s*::(?:set-output|error::injected|warning::x)|##\[error\]|##vso\[/m;

describe('hostile names, reported by plan, check, apply, status and rollback', () => {
  const shown = Object.fromEntries(REPORT_FORMATS.map((format) => [format, '']));

  test('the commands do their work, and nothing is taken for an option or a command', async () => {
    const repo = repoWithNames();
    const before = snapshot(repo);
    const out = tempFolder();
    const reports = REPORT_FORMATS.flatMap((format) => ['--format', format, '--output', join(out, format)]);
    const run = async (...words: string[]): Promise<number> => {
      // What goes to a file is never read by a runner; the text and the diff in it are looked at as a job prints them.
      const { code } = await runHere([...words, ...reports], { cwd: repo });
      for (const format of REPORT_FORMATS) shown[format] += fs.readFileSync(join(out, format), 'utf8');
      return code;
    };
    expect(await run('check', repo)).toBe(2);
    expect(await run('apply', repo, '--yes', '--allow-dirty', '--prove', 'none')).toBe(5);
    expect(await run('status', repo)).toBe(0);
    expect(await run('rollback', repo)).toBe(0);
    shown['text'] = '';
    for (const format of ['text', 'json', 'markdown'] as const) {
      const { code, stdout, stderr } = await runHere(['plan', repo, '--format', format], { env: { CI: 'true' } });
      expect([code, stderr]).toEqual([0, '']);
      shown[format] += stdout;
    }
    expect(snapshot(repo)).toEqual(before);
    expect(fs.existsSync(join(repo, 'ran')) || fs.existsSync(join(repo, 'stolen'))).toBe(false);
  });

  test.each(REPORT_FORMATS)('%s shows them escaped, and never as a command', (format) => {
    const text = shown[format] ?? '';
    expect(text).toContain('set-output');
    expect(CONTROL.exec(text)).toBe(null);
    expect(COMMAND.exec(text)).toBe(null);
    if (format === 'markdown') expect(text.replace(/^```+diff$[\s\S]*?^```+$/gm, '')).not.toMatch(/<img|<x|\[x\]\(y\)/);
    if (format === 'junit') expect(text).not.toMatch(/<img|\]\]>|<x/);
  });
});

describe('standard error', () => {
  test('names what is dirty without the terminal or a runner acting on it', () => {
    const repo = repoWithNames();
    for (const name of NAMES) fs.appendFileSync(join(repo, `${name}.md`), 'dirty\n');
    const refused = runCli(['apply', repo, '--yes', '--prove', 'none']);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain(
      '  the plan leaves alone \\n\\x3a:error::injected.md (modified)\n'.replace('\\x3a', ':'),
    );
    expect(CONTROL.exec(refused.stderr)).toBe(null);
    expect(COMMAND.exec(refused.stderr)).toBe(null);
  });

  test('of a folder with such a name, also as the working folder', () => {
    const name = NAMES.join(' ').replaceAll('/', '_');
    const folder = join(tempFolder(), name.slice(0, 200));
    fs.mkdirSync(folder);
    fs.writeFileSync(join(folder, 'Dockerfile'), 'RUN x\n');
    for (const words of [['plan'], ['check'], ['status'], ['rollback'], ['plan', folder], ['plan', name]]) {
      const { stdout, stderr } = runCli(words, { cwd: folder });
      expect([words, CONTROL.exec(stdout + stderr), COMMAND.exec(stdout + stderr)]).toEqual([words, null, null]);
      expect(stderr).not.toContain('unexpected fault');
    }
  });
});
