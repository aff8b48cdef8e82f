import { describe, expect, it } from 'vitest';
import { isPythonLoaded } from '../../src/editors/python.ts';
import { loadParsers } from '../../src/host/parsers.ts';

describe('loadParsers', () => {
  it('loads Python once, however often it is asked', async () => {
    await Promise.all([loadParsers(['python']), loadParsers(['python', 'python'])]);
    expect(isPythonLoaded()).toBe(true);
    await loadParsers([]);
    await loadParsers(['python']);
    expect(isPythonLoaded()).toBe(true);
  });

  it('says that it reads no TypeScript', async () => {
    await expect(loadParsers(['typescript'])).rejects.toThrow('reads no TypeScript');
  });
});
