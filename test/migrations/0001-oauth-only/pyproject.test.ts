import { describe, expect, it } from 'vitest';
import { readProjectDependencies } from '../../../migrations/0001-oauth-only/pyproject.ts';

const lines = (text: string): readonly string[] =>
  readProjectDependencies(text).packages.map(({ requirement, line }) => `${line} ${requirement}`);

describe('readProjectDependencies', () => {
  it('reads the list of the standard, over lines, with comments, extras, markers and both quotes', () => {
    const text = `[build-system]
requires = ["hatchling"]
[project]
name = "x" # dependencies = ["no"]
dependencies = [
  "litellm[proxy]>=1.60", # why ]
  'prisma ; python_version >= "3.11"',

  "aiofiles" ]
optional = ["no"]
[project.optional-dependencies]
dependencies = ["no"]
`;
    expect(lines(text)).toEqual(['6 litellm[proxy]>=1.60', '7 prisma ; python_version >= "3.11"', '9 aiofiles']);
    expect(lines('[project]\r\ndependencies = ["a", "b>=1"]\r\n')).toEqual(['2 a', '2 b>=1']);
    expect(lines('[project]\nname = "x"\ndynamic = ["dependencies"]\n')).toEqual([]);
  });

  it.each([
    ['"^1.50"', '>=1.50,<2'],
    ['"^0.2.3"', '>=0.2.3,<0.3'],
    ['"^0.0.3"', '>=0.0.3,<0.0.4'],
    ['"~1.2.3"', '>=1.2.3,<1.3'],
    ['"~1"', '>=1,<2'],
    ['"*"', ''],
    ['"1.2.3"', '==1.2.3'],
    ['">= 1.2, < 3"', '>=1.2,<3'],
    ["'^2.0'", '>=2.0,<3'],
    ['{ version = "^1.50", extras = ["proxy", "extra_proxy"] }', '[proxy,extra_proxy]>=1.50,<2'],
  ])('says Poetry %s as a requirement', (value, bounds) => {
    expect(lines(`[tool.poetry.dependencies]\npython = "^3.11"\nlitellm = ${value} # c\n`)).toEqual([
      `3 litellm${bounds}`,
    ]);
  });

  it.each(['{ git = "https://host.example/x.git" }', '{ version = "1", optional = true }', '"^1 || ^2"', '"latest"'])(
    'leaves %s to a person',
    (value) => {
      const { packages, left } = readProjectDependencies(`[tool.poetry.dependencies]\nx = ${value}\n`);
      expect([packages, left]).toEqual([[], [{ text: `x = ${value}`, line: 2 }]]);
    },
  );
});
