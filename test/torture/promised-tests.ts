import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type NamedTest, promisedRows } from './promises.ts';
import type { Section } from './section.ts';

const root = resolve(import.meta.dirname, '../..');
const DOCUMENTS = ['docs/threat-model.md', 'docs/crash-safety.md'];
/** What the other parts of the report do at length. */
const ELSEWHERE = /\/(?:every-fault|kill|power-loss|history|fuzz)\.test\.ts$/;

interface RunTest {
  readonly file: string;
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/** Runs the tests that the documents promise in a process of their own, ended when the time is over. */
export async function promisedSection(milliseconds: number): Promise<Section> {
  const rows = DOCUMENTS.flatMap(promisedRows);
  const files = [...new Set(rows.flatMap(({ tests }) => tests.map(({ file }) => file)))];
  const run = await runTests(
    files.filter((file) => !ELSEWHERE.test(file)),
    milliseconds,
  );
  const failures = new Set<string>();
  const left: string[] = [];
  const cells = rows.map(({ heading, what, tests }) => {
    const results = tests.map((test) => judge(test, run));
    for (const { failed } of results) for (const text of failed) failures.add(text);
    const words = results.map(({ word }) => word);
    if (run === null && !tests.every(({ file }) => ELSEWHERE.test(file))) left.push(`${heading}: ${what}`);
    return [heading, what, words.join(', ')];
  });
  return {
    title: 'What a row of the documents promises',
    columns: ['part', 'row', 'result'],
    rows: cells,
    failures: [...failures],
    left,
  };
}

function judge(test: NamedTest, run: readonly RunTest[] | null): { readonly word: string; readonly failed: string[] } {
  if (ELSEWHERE.test(test.file)) return { word: 'above', failed: [] };
  if (run === null) return { word: 'not run', failed: [] };
  const meant = run.filter(({ file, fullName }) => file === test.file && fullName.includes(test.words));
  const name = test.words === '' ? test.file : `${test.file} › ${test.words}`;
  if (meant.length === 0) return { word: 'NO SUCH TEST', failed: [`there is no test ${name}`] };
  const failed = meant.filter(({ status }) => status === 'failed');
  if (failed.length > 0)
    return {
      word: `FAILED ${failed.length} of ${meant.length}`,
      failed: failed.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n')}`),
    };
  const passed = meant.filter(({ status }) => status === 'passed').length;
  const skipped = meant.length - passed;
  return { word: `${passed} passed${skipped === 0 ? '' : `, ${skipped} skipped on this machine`}`, failed: [] };
}

/** Null when the time was over first. */
async function runTests(files: readonly string[], milliseconds: number): Promise<readonly RunTest[] | null> {
  const folder = mkdtempSync(join(tmpdir(), 'refit-torture-'));
  try {
    const output = join(folder, 'results.json');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const words = [vitest, 'run', '--reporter=json', `--outputFile=${output}`, '--maxWorkers=1', ...files];
    const child = spawn(process.execPath, words, { cwd: root, detached: true, stdio: 'ignore' });
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    }, milliseconds);
    await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    clearTimeout(timer);
    return over ? null : readResults(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readResults(output: string): readonly RunTest[] {
  const { testResults } = JSON.parse(readFileSync(output, 'utf8')) as {
    testResults: { name: string; message: string; assertionResults: Omit<RunTest, 'file'>[] }[];
  };
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = name.slice(root.length + 1);
    if (assertionResults.length > 0) return assertionResults.map((result) => ({ ...result, file }));
    return [{ file, fullName: '', status: 'failed', failureMessages: [message] }];
  });
}
