import { describe, expect, it } from 'vitest';
import { isPythonLoaded } from '../../src/editors/python.ts';
import { isTypeScriptLoaded } from '../../src/editors/typescript.ts';
import { loadParsers } from '../../src/host/parsers.ts';

describe('loadParsers', () => {
  it('loads Python once, however often it is asked', async () => {
    await Promise.all([loadParsers(['python']), loadParsers(['python', 'python'])]);
    expect(isPythonLoaded()).toBe(true);
    await loadParsers([]);
    await loadParsers(['python']);
    expect(isPythonLoaded()).toBe(true);
  });

  it('loads the compiler of TypeScript when asked for', async () => {
    await loadParsers(['typescript']);
    expect(isTypeScriptLoaded()).toBe(true);
  });
});
