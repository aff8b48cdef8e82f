import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../src/base/repo-path.ts';
import type { Check, CheckResult, Finding } from '../../src/checks/define.ts';
import type { CheckRun } from '../../src/checks/run.ts';
import { applyWaivers, readWaivers } from '../../src/checks/waivers.ts';

const IDS = ['S05-pip-quoting', 'S14-compose-auth-volume', 'S15-compose-shadow'];
const TODAY = '2026-06-15';

function read(text: string) {
  const reading = readWaivers(text, IDS);
  if (reading.kind !== 'read') throw new Error(reading.kind);
  return reading;
}

const problems = (text: string) => read(text).problems;

function finding(check: string, path?: string): Finding {
  return {
    check,
    severity: 'error',
    message: 'm',
    expected: 'e',
    seen: 's',
    ...(path === undefined ? {} : { path: path as RepoPath }),
  };
}

function run(id: string, ...findings: readonly Finding[]): CheckRun {
  const result: CheckResult =
    findings.length === 0 ? { check: id, status: 'passed' } : { check: id, status: 'failed', findings };
  return { check: { id } as Check, result };
}

describe('readWaivers', () => {
  it('reads check, path, reason and end of each entry, with its line', () => {
    expect(
      read(
        'waivers:\n  - check: S14\n    path: "deploy/**"\n    reason: until the host moves\n    until: 2026-12-31\n  - check: S05-pip-quoting\n    reason: kept\n    permanent: true\n',
      ),
    ).toEqual({
      kind: 'read',
      problems: [],
      waivers: [
        { check: 'S14', path: 'deploy/**', reason: 'until the host moves', until: '2026-12-31', line: 2 },
        { check: 'S05-pip-quoting', reason: 'kept', line: 6 },
      ],
    });
    expect(read('# none yet\n')).toEqual({ kind: 'read', waivers: [], problems: [] });
    expect(read('waivers: []\n')).toEqual({ kind: 'read', waivers: [], problems: [] });
  });

  it.each<[string, string, number, string, string?]>([
    ['no reason', '- check: S05\n    until: 2026-12-31', 2, 'reason: missing'],
    ['an empty reason', '- check: S05\n    reason: " "\n    until: 2026-12-31', 3, 'reason: a reason is expected'],
    ['no end', '- check: S05\n    reason: r', 2, 'until: YEAR-MONTH-DAY is missing, or permanent: true'],
    [
      'two ends',
      '- check: S05\n    reason: r\n    until: 2026-12-31\n    permanent: true',
      2,
      'until and permanent exclude each other',
    ],
    ['permanent: false', '- check: S05\n    reason: r\n    permanent: false', 4, 'permanent: one of true is expected'],
    [
      'another form of day',
      '- check: S05\n    reason: r\n    until: 31.12.2026',
      4,
      'until: a day such as 2026-12-31 is expected',
    ],
    ['no such day', '- check: S05\n    reason: r\n    until: 2026-02-30', 4, 'until: there is no such day'],
    [
      'an unknown key',
      '- check: S05\n    reasn: r\n    reason: r\n    permanent: true',
      3,
      'unknown key "reasn"',
      'did you mean reason?',
    ],
    [
      'an unknown check',
      '- check: S55-pip-quoting\n    reason: r\n    permanent: true',
      2,
      'unknown check "S55-pip-quoting"',
      'did you mean S05-pip-quoting?',
    ],
    ['a text in place of an entry', '- S05', 2, 'expected object, received string'],
  ])('%s: told with its line, and the other waivers hold', (_name, entry, line, message, hint) => {
    const good = '  - check: S15\n    reason: good\n    permanent: true\n';
    const { waivers, problems: told } = read(`waivers:\n  ${entry}\n${good}`);
    expect(waivers.map(({ check }) => check)).toEqual(['S15']);
    expect(told[0]).toEqual({ line, message, ...(hint === undefined ? {} : { hint }) });
  });

  it('tells of a file that is none', () => {
    expect(problems('- a\n')).toEqual([{ line: 1, message: 'a mapping of keys is expected' }]);
    expect(problems('waivers: [\n')[0]?.message).toMatch(/^not valid YAML/);
    expect(problems('waivers: []\nwaiver: []\n')).toEqual([
      { line: 2, message: 'unknown key "waiver"', hint: 'did you mean waivers?' },
    ]);
    expect(problems('waivers: {}\n')).toEqual([{ line: 1, message: 'waivers: expected array, received object' }]);
  });

  it('does not judge the shape of a later format', () => {
    expect(readWaivers('formatVersion: 2\nexceptions: 1\n', IDS)).toEqual({ kind: 'newer', version: 2 });
  });

  it('leaves waivers of container checks to the command that runs those', () => {
    expect(problems('waivers:\n  - check: R06-prisma\n    reason: r\n    permanent: true\n')).toEqual([]);
  });
});

describe('applyWaivers', () => {
  const deep = finding('S14-compose-auth-volume', 'deploy/eu/compose.yaml');
  const top = finding('S14-compose-auth-volume', 'compose.yaml');
  const placeless = finding('S14-compose-auth-volume');
  const runs = [
    run('S05-pip-quoting'),
    run('S14-compose-auth-volume', deep, top, placeless),
    run('S15-compose-shadow'),
  ];
  const waiver = { check: 'S14', path: 'deploy/**', reason: 'r', until: '2026-06-15', line: 2 };

  it('waives what check and path name, on the last day too', () => {
    const { waived, findings } = applyWaivers([waiver], runs, TODAY);
    expect([...waived]).toEqual([[deep, { reason: 'r', until: '2026-06-15' }]]);
    expect(findings).toEqual([]);
    const all = applyWaivers([{ check: 's14-compose', reason: 'all', line: 1 }], runs, TODAY);
    expect([...all.waived.keys()]).toEqual([deep, top, placeless]);
  });

  it('no longer waives on the day after, and says so', () => {
    const { waived, findings } = applyWaivers([waiver], runs, '2026-06-16');
    expect(waived.size).toBe(0);
    expect(findings).toEqual([
      {
        check: 'refit-waivers',
        severity: 'warn',
        message: 'the waiver for S14 ended on 2026-06-15',
        expected: 'a waiver that is in force',
        seen: 'its findings count again: 1',
        path: '.refit/waivers.yaml',
        line: 2,
        next: 'mend what it waived and delete it, or give it a later day and a reason',
      },
    ]);
  });

  it('tells of a waiver that waives nothing', () => {
    const unused = applyWaivers(
      [
        { ...waiver, path: 'other/**' },
        { check: 'S05', reason: 'r', line: 7 },
      ],
      runs,
      TODAY,
    );
    expect(unused.findings.map(({ message, seen, line }) => [message, seen, line])).toEqual([
      ['the waiver for S14 waives nothing', 'S14 has no finding in other/**', 2],
      ['the waiver for S05 waives nothing', 'S05 has no finding', 7],
    ]);
  });

  it.each(['errored', 'not-asked', 'skipped'] as const)('cannot tell where the check is %s', (status) => {
    const open = {
      check: { id: 'S05-pip-quoting' } as Check,
      result: { check: 'S05-pip-quoting', status, why: '', message: '' },
    };
    expect(applyWaivers([{ check: 'S05', reason: 'r', line: 1 }], [open as CheckRun], TODAY).findings).toEqual([]);
    expect(applyWaivers([{ check: 'R06', reason: 'r', line: 1 }], runs, TODAY).findings).toEqual([]);
  });

  it('judges the waivers of one part, and leaves those of the other to it', () => {
    const waivers = [
      { check: 'S05', reason: 'r', line: 1 },
      { check: 'R09', reason: 'r', line: 2 },
      { check: 'h10', reason: 'r', until: '2026-01-01', line: 3 },
      { check: 'I03-user', reason: 'needed', line: 4 },
    ];
    const seen = finding('I03-user');
    const ran = [run('R09-health-program'), run('I03-user', seen)];
    const told = (part: 'tree' | 'image', all: readonly CheckRun[]) => {
      const { waived, findings } = applyWaivers(waivers, all, TODAY, part);
      return [[...waived.keys()], findings.map(({ message, seen: what }) => [message, what])];
    };
    expect(told('tree', runs)).toEqual([[], [['the waiver for S05 waives nothing', 'S05 has no finding']]]);
    expect(told('image', ran)).toEqual([
      [seen],
      [
        ['the waiver for R09 waives nothing', 'R09 has no finding'],
        ['the waiver for h10 ended on 2026-01-01', 'not every check that it names ran'],
      ],
    ]);
  });
});
