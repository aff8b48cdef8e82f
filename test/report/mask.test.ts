import { describe, expect, test } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { formatPatch } from '../../src/plan/diff.ts';
import { REPORT_FORMATS, renderReport, renderStepSummary } from '../../src/report/index.ts';
import { maskDeep, printableChanges, printablePatch } from '../../src/report/mask.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { check, failed, finding, fullReport, WIDE } from './sample.ts';

// Assembled, so that this file itself holds no secret's shape.
const secret = `sk-ant-${'oat01-'}${'Ab3'.repeat(30)}`;

describe('printableChanges', () => {
  const far = Array.from({ length: 20 }, (_, index) => `${index}\n`).join('');
  const tree = openTree(
    memorySource({
      context: `TOKEN=${secret}\nA=1\n`,
      removed: `${secret}\n`,
      far: `TOKEN=${secret}\n${far}end\n`,
      placeholder: 'TOKEN=sk-ant-oat01-your-token-here\nA=1\n',
      binary: Buffer.concat([Buffer.from([0]), Buffer.from(secret)]),
    }),
  );
  for (const path of ['context', 'placeholder', 'far'].map(repoPath))
    tree.overwrite(path, `${tree.readText(path)}B=2\n`);
  tree.delete(repoPath('removed'));
  tree.delete(repoPath('binary'));
  tree.create(repoPath(`name-${secret}`), 'x\n');
  const { printable, hidden } = printableChanges(tree.changes(), tree.content);

  test('a change whose hunk shows a secret is hidden; one whose secret is out of sight is not', () => {
    expect(hidden).toEqual(['binary', 'context', `name-${secret}`, 'removed']);
    expect(printable.map(({ path }) => path)).toEqual(['far', 'placeholder']);
  });

  test('the printable patch is the whole patch without the hidden files', () => {
    const printed = printablePatch(tree.changes(), tree.content);
    expect(printed.hidden).toEqual(hidden);
    expect(printed.diff).toBe(formatPatch(printable, tree.content));
    expect(printed.diff).not.toContain(secret);
    expect(printed.diff).toContain('sk-ant-oat01-your-token-here');
  });
});

describe('masking', () => {
  test('reaches every string of a value', () => {
    const text = JSON.stringify(maskDeep({ a: [secret, { [secret]: secret }], b: 1, c: null, d: undefined }));
    expect(text).not.toContain(secret.slice(0, 24));
    expect(text.match(/sk-ant-oat01-…#[0-9a-f]{8}/g)).toHaveLength(3);
  });

  test('no format shows a secret or a part of one, however it wraps or cuts', () => {
    const long = `${'x '.repeat(290)}${secret}`;
    const report = fullReport({
      warnings: [secret],
      checks: [check('S25-secrets', failed(finding({ message: long, seen: secret, expected: `no ${secret}` })))],
      next: [{ command: `export A=${secret}`, why: secret }],
    });
    for (const format of REPORT_FORMATS) {
      expect(renderReport(report, format, { ...WIDE, width: 20 })).not.toContain(secret.slice(13, 21));
    }
    expect(renderStepSummary(report)).not.toContain(secret.slice(13, 21));
  });
});
