import { type CodeSet, defineCheck, type Finding, indexLines } from '../../../src/authoring.ts';
import { NEW_MODULE } from '../python/names.ts';
import { findGroups } from '../python/options/groups.ts';
import { readSdkPython, type SdkPython } from '../python/sdk-python.ts';
import { gatherChanges } from '../typescript/options/changes.ts';
import { findOldKeys } from '../typescript/options/queries.ts';
import { readSdkCode } from '../typescript/sdk-code.ts';

const ID = 'A02-old-option';

interface Users {
  readonly code: CodeSet | null;
  readonly python: SdkPython;
}

export const oldOption = defineCheck<Users>({
  id: ID,
  title: 'No option that the new SDK drops reaches a query',
  severity: 'error',
  description:
    'Follows the options of every query of the Agent SDK to where they are written. It drops customSystemPrompt and appendSystemPrompt without a word, ' +
    'and a spread under a condition hides them from the compiler. In Python append_system_prompt is an error where options are made, and is ignored where it ' +
    'is assigned to them.',
  examples: {
    bad: "query({ prompt, options: { appendSystemPrompt: 'Be brief.' } });",
    good: "query({ prompt, options: { systemPrompt: { type: 'preset', preset: 'claude_code', append: 'Be brief.' } } });",
  },
  select: async (tree) => {
    const code = await readSdkCode(tree, 'new');
    const python = await readSdkPython(tree, NEW_MODULE);
    return code === null && python.files.length === 0
      ? { kind: 'skip', why: 'no code loads the Agent SDK' }
      : { kind: 'applies', input: { code, python } };
  },
  run: ({ code, python }) => [...(code === null ? [] : inCode(code)), ...inPython(python)],
});

function inCode(set: CodeSet): readonly Finding[] {
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
}

const OLD_KEY = 'append_system_prompt';

function inPython(sdk: SdkPython): readonly Finding[] {
  return sdk.files.flatMap((file) => {
    const writes = findGroups(sdk, file).flatMap((group) => [
      ...group.sites.flatMap((site) => site.writes),
      ...group.writes,
    ]);
    return writes
      .filter(({ key }) => key === OLD_KEY)
      .map(({ form, keyNode }) => ({
        check: ID,
        severity: 'error',
        path: file.path,
        line: file.lineAt(keyNode.start),
        message: `${OLD_KEY} ${form === 'attribute' ? 'is set on options, which ignore it' : 'is given to options, which do not take it'}`,
        expected: 'system_prompt',
        seen: OLD_KEY,
        subject: OLD_KEY,
        next: 'set system_prompt: a text, or the preset claude_code with append',
      }));
  });
}
