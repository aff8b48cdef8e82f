import { describe, expect, it } from 'vitest';
import { readableFiles } from '../../src/checks/readable.ts';
import { runChecks } from '../../src/checks/run.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { compose, onBase } from './static/container-tree.ts';

async function told(files: Record<string, string>): Promise<string> {
  const [run] = await runChecks(openTree(memorySource(files)), {}, undefined, [readableFiles([])]);
  return run?.result.status === 'errored' ? run.result.message : (run?.result.status ?? '');
}

describe('refit-readable', () => {
  it('ends as errored for a compose file that Compose loads and that is no YAML', async () => {
    expect(await told(onBase([], { 'compose.yaml': 'services:\n\tproxy:\n' }))).toBe(
      'cannot be read: compose.yaml:2 (tab used as indentation)',
    );
    expect(await told(onBase([], { 'compose.yaml': 'services:\n  a: {}\n  a: {}\n' }))).toBe(
      'cannot be read: compose.yaml:3 (duplicate key)',
    );
    expect(await told(onBase([], { 'compose.yaml': compose(), 'compose.dev.yaml': 'services:\n\tproxy:\n' }))).toBe(
      'passed',
    );
  });

  it('ends as errored for a manifest that the image installs from and that is no TOML', async () => {
    const files = (run: string) => onBase(['COPY . /src', run], { 'pyproject.toml': '[project\n' });
    expect(await told(files('RUN pip install /src'))).toMatch(/^cannot be read: pyproject\.toml \(line 1: .+\)$/);
    expect(await told(files('RUN pip install redis'))).toBe('passed');
  });
});
