import { describe, expect, test } from 'vitest';
import { escapeLine, neutraliseCommands } from '../../src/report/escape.ts';
import { renderReport, renderStepSummary } from '../../src/report/index.ts';
import type { Report } from '../../src/report/report.ts';
import { everyReport, fullReport, hugeReport, WIDE } from './sample.ts';

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** What the runner of GitHub Actions acts on in a log: its own rules for commands, with the pause. */
function commandsOf(log: string): readonly Command[] {
  const commands: Command[] = [];
  let pause: string | null = null;
  for (const line of log.split(/\r\n|\r|\n/)) {
    if (pause !== null) {
      if (line.trimStart() === `::${pause}::`) pause = null;
      continue;
    }
    const match = /^::([\w-]+)(?: (.*?))?::(.*)$/.exec(line.trimStart());
    if (match === null) {
      const old = /##\[(\w+)/.exec(line);
      if (old?.[1] !== undefined) commands.push({ name: `##${old[1]}`, properties: {}, data: '' });
      continue;
    }
    const [, name = '', list = '', data = ''] = match;
    if (name === 'stop-commands') pause = data;
    const pairs =
      list === ''
        ? []
        : list.split(',').map(
            (pair) =>
              [
                pair.slice(0, pair.indexOf('=')),
                decodeURI(pair.slice(pair.indexOf('=') + 1))
                  .replaceAll('%3A', ':')
                  .replaceAll('%2C', ','),
              ] as const,
          );
    commands.push({ name, properties: Object.fromEntries(pairs), data });
  }
  if (pause !== null) throw new Error('the pause never ends');
  return commands;
}

const github = (report: Report): string => renderReport(report, 'github', WIDE);

describe('renderGithub', () => {
  test('annotations worst first, then the summary', () => {
    const text = github(fullReport());
    expect(text.slice(text.indexOf('::endgroup::'))).toBe(
      [
        '::endgroup::',
        '::error file=ci/Dockerfile,line=2,title=S05-pip-quoting%3A Title of S05-pip-quoting::a version operator is not quoted%0AExpected: "litellm>=1.40"%0ASeen: litellm>=1.40',
        '::error file=Dockerfile,line=1,title=refit-pending%3A The migration is applied::oauth-only is not applied to this repository%0AExpected: an empty plan%0ASeen: Pending: 1 to create, 1 to update, 1 to rename, 2 to delete, 19 lines removed%0ANext: refit plan',
        '::error file=Dockerfile,line=12,title=S05-pip-quoting%3A Title of S05-pip-quoting::a version operator is not quoted%0AExpected: "litellm>=1.40"%0ASeen: litellm>=1.40%0AFailure mode: FM-14%0ANext: refit check --fix',
        '::error title=S15-shadow could not run::compose.yaml is not YAML: line 3',
        '::warning file=Dockerfile,line=9,title=S05-pip-quoting%3A Title of S05-pip-quoting::a second one%0AExpected: "litellm>=1.40"%0ASeen: litellm>=1.40',
        '::warning file=docs/old.md,line=3,title=refit%3A todo::mentions auth.py',
        '::notice file=Dockerfile,line=1,title=S10-script-mode%3A Title of S10-script-mode::no script%0AExpected: one%0ASeen: none',
        '::notice title=refit%3A warning::the base image has two names',
        'refit: Pending: 1 to create, 1 to update, 1 to rename, 2 to delete, 19 lines removed',
        'refit: Checks: 1 passed, 2 failed (1 blocker, 1 error, 1 warn, 1 info), 1 waived, 1 errored, 1 skipped, 2 not applicable; incomplete: 1 check could not run',
        '',
      ].join('\n'),
    );
  });

  test('hostile text never becomes a command of its own', () => {
    for (const [name, report] of Object.entries(everyReport())) {
      const commands = commandsOf(github(report));
      expect(commands.slice(0, 3).map((command) => command.name)).toEqual(['group', 'stop-commands', 'endgroup']);
      for (const command of commands.slice(3)) {
        expect([name, command.name]).toEqual([name, expect.stringMatching(/^(?:error|warning|notice)$/)]);
        expect(Object.keys(command.properties).filter((key) => !['file', 'line', 'title'].includes(key))).toEqual([]);
      }
    }
    const hostile = everyReport()['hostile'] as Report;
    const path = commandsOf(github(hostile)).find(({ properties }) => properties['file'] !== undefined);
    expect(path?.properties['file']).toBe(neutraliseCommands(escapeLine(hostile.dirty[0] as string)));
  });

  test('30,000 findings: ten of each level at most, the last notice tells of the rest', () => {
    const text = github(hugeReport(30_000));
    const commands = commandsOf(text).slice(3);
    const of = (name: string): number => commands.filter((command) => command.name === name).length;
    expect([of('error'), of('warning'), of('notice')]).toEqual([10, 10, 10]);
    expect(commands.at(-1)?.data).toBe('29974 more in the summary of this job');
    expect(text.length).toBeLessThan(200_000);
  });

  test('the step summary stays under one MiB', () => {
    expect(Buffer.byteLength(renderStepSummary(hugeReport(30_000)))).toBeLessThan(1_048_576);
    expect(renderStepSummary(fullReport())).toBe(renderReport(fullReport(), 'markdown', WIDE));
  });
});
