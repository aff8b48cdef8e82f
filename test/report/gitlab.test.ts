import { describe, expect, test } from 'vitest';
import { renderReport } from '../../src/report/index.ts';
import { check, everyReport, failed, finding, fullReport, hugeReport, WIDE } from './sample.ts';

interface Item {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}
const gitlab = (report: Parameters<typeof renderReport>[0]): readonly Item[] =>
  JSON.parse(renderReport(report, 'gitlab', WIDE));

describe('renderGitlab', () => {
  test('every item of every report has what the format asks for', () => {
    for (const report of [...Object.values(everyReport()), hugeReport(3000)]) {
      const items = gitlab(report);
      for (const item of items) {
        expect(Object.keys(item)).toEqual(['description', 'check_name', 'fingerprint', 'severity', 'location']);
        expect(item.description).not.toBe('');
        expect(item.severity).toMatch(/^(?:info|minor|major|critical|blocker)$/);
        expect(item.location.path).toMatch(/^(?!\.?\/)/);
        expect(item.location.lines.begin).toBeGreaterThanOrEqual(1);
      }
      expect(new Set(items.map(({ fingerprint }) => fingerprint)).size).toBe(items.length);
    }
  });

  test('worst first, with the pending migration, without what is waived', () => {
    expect(
      gitlab(fullReport()).map(({ severity, check_name, location }) => [
        severity,
        check_name,
        location.path,
        location.lines.begin,
      ]),
    ).toEqual([
      ['blocker', 'S05-pip-quoting', 'ci/Dockerfile', 2],
      ['major', 'refit-pending', 'Dockerfile', 1],
      ['major', 'S05-pip-quoting', 'Dockerfile', 12],
      ['minor', 'S05-pip-quoting', 'Dockerfile', 9],
      ['info', 'S10-script-mode', 'Dockerfile', 1],
    ]);
  });

  test('a description is one line without controls', () => {
    const [item] = gitlab(
      fullReport({ plan: undefined as never, checks: [check('S05', failed(finding({ message: 'a\n\x1bb' })))] }),
    );
    expect(item?.description).toBe('a \\x1bb Expected: "litellm>=1.40" Seen: litellm>=1.40');
  });
});

test('services get paths from the top of the repository, people from the folder judged', () => {
  const report = { ...fullReport(), scope: 'apps/proxy' };
  const [item] = JSON.parse(renderReport(report, 'gitlab', WIDE)) as readonly { location: { path: string } }[];
  const path = item?.location.path ?? '';
  expect(path).toMatch(/^apps\/proxy\/\w/);
  expect(renderReport(report, 'github', WIDE)).toContain(`file=${path},`);
  expect(renderReport(report, 'sarif', WIDE)).toContain(`"uri":"${path}"`);
  expect(renderReport(report, 'text', WIDE)).not.toContain('apps/proxy/');
  expect(JSON.parse(renderReport(report, 'json', WIDE))).toMatchObject({ scope: 'apps/proxy' });
});
