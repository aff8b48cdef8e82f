import { type CodeSet, defineCheck, indexLines } from '../../../src/authoring.ts';
import { gatherChanges } from '../typescript/options/changes.ts';
import { findOldKeys } from '../typescript/options/queries.ts';
import { readSdkCode } from '../typescript/sdk-code.ts';

const ID = 'A02-old-option';

export const oldOption = defineCheck<CodeSet>({
  id: ID,
  title: 'No option that the new SDK drops reaches a query',
  severity: 'error',
  description:
    'Follows the options of every query of the Agent SDK to where they are written. It drops customSystemPrompt and appendSystemPrompt without a word, ' +
    'and a spread under a condition hides them from the compiler.',
  examples: {
    bad: "query({ prompt, options: { appendSystemPrompt: 'Be brief.' } });",
    good: "query({ prompt, options: { systemPrompt: { type: 'preset', preset: 'claude_code', append: 'Be brief.' } } });",
  },
  select: async (tree) => {
    const set = await readSdkCode(tree, 'new');
    return set === null ? { kind: 'skip', why: 'no code loads the Agent SDK' } : { kind: 'applies', input: set };
  },
  run: (set) => {
    const changes = gatherChanges(set, '');
    return findOldKeys(changes).map(({ key, node }) => {
      const { path, text } = changes.fileOf(node);
      return {
        check: ID,
        severity: 'error',
        path,
        line: indexLines(text).lineAt(node.getStart()),
        message: `${key} reaches a query, which drops it`,
        expected: 'systemPrompt',
        seen: key,
        subject: key,
        next: 'set systemPrompt: a text, or the preset claude_code with append',
      };
    });
  },
});
