import { expect, it } from 'vitest';
import { parseCommandLine } from '../../src/commands/parse.ts';
import { renderTopHelp } from '../../src/commands/top-help.ts';

it('says what the parser itself would say', async () => {
  expect(await parseCommandLine(['--help'])).toEqual({ kind: 'text', text: renderTopHelp() });
});
