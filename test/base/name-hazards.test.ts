import { expect, test } from 'vitest';
import { isGitFolderName, windowsNameProblem } from '../../src/base/name-hazards.ts';

test.each([
  '.git',
  '.GIT',
  '.Git.',
  '.git ',
  '.git. .',
  'git~1',
  'GIT~2',
  '.git::$INDEX_ALLOCATION',
  '.g\u200cit',
  '\ufeff.git',
])('%j is the folder of git on some file system', (name) => expect(isGitFolderName(name)).toBe(true));

test.each(['git', '.gitignore', '.github', '.git2', 'a.git', 'git~', 'git~x', '.gi t', '..git'])('%j is not', (name) =>
  expect(isGitFolderName(name)).toBe(false),
);

test.each([
  ['CON', 'is a device on Windows'],
  ['aux.md', 'is a device on Windows'],
  ['NUL .txt', 'is a device on Windows'],
  ['com1', 'is a device on Windows'],
  ['LPT\u00b9.log', 'is a device on Windows'],
  ['nul:x', 'is a device on Windows'],
  ['a\\..\\b', 'holds "\\\\", which no name may on Windows'],
  ['a:stream', 'holds ":", which no name may on Windows'],
  ['new\nline', 'holds "\\n", which no name may on Windows'],
  ['end.', 'ends with a dot or space, which Windows cuts off'],
  ['end ', 'ends with a dot or space, which Windows cuts off'],
])('%j: %s', (name, why) => expect(windowsNameProblem(name)).toBe(why));

test.each(['console', 'auxiliary.md', 'com', 'com10', 'null', 'a.con', '.env', 'a b', 'naïve'])(
  '%j is a name there',
  (name) => expect(windowsNameProblem(name)).toBe(null),
);
