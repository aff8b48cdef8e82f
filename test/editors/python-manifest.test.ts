import { describe, expect, it } from 'vitest';
import { repoPath } from '../../src/base/repo-path.ts';
import { asRequirements, readManifest } from '../../src/editors/python-manifest.ts';
import { readToml } from '../../src/editors/toml.ts';

/** `line requirement` of what is installed. */
function installed(name: string, text: string, extras: readonly string[] | 'all' = []): readonly string[] | string {
  const reading = readManifest(repoPath(name), text);
  if (reading.kind === 'unread') return reading.why;
  return asRequirements(reading.entries, extras).requirements.map((one) => `${one.line} ${one.text}`);
}

describe('pyproject.toml', () => {
  const project = [
    '# litellm is the proxy',
    '[project]',
    'name = "proxy"',
    'dependencies = [',
    '  "litellm[proxy]>=1.40,<2",   # bound',
    '  \'Claude_Agent.SDK ; python_version > "3.9"\',',
    ']',
    '[project.optional-dependencies]',
    'web = ["redis~=5.0"]',
    'docs = ["sphinx"]',
  ].join('\n');

  it('names the packages with their lines, and those of the extras that are asked for', () => {
    const always = ['5 litellm[proxy]>=1.40,<2', '6 Claude_Agent.SDK ; python_version > "3.9"'];
    expect(installed('pyproject.toml', project)).toEqual(always);
    expect(installed('pyproject.toml', project, ['web'])).toEqual([...always, '9 redis~=5.0']);
    expect(installed('sub/pyproject.toml', project, 'all')).toEqual([...always, '9 redis~=5.0', '10 sphinx']);
  });

  it('reads CRLF, and a byte-order mark like any other reader', () => {
    expect(installed('pyproject.toml', project.replaceAll('\n', '\r\n'), ['docs'])).toContain('10 sphinx');
  });

  it('reads the tables of Poetry, its bounds in the words of pip', () => {
    const poetry = [
      '[tool.poetry.dependencies]',
      'python = "^3.11"',
      'litellm = {version = "^1.40", extras = ["proxy"]}',
      'aiofiles = "~23.2"',
      'redis = "*"',
      'httpx = ">=0.27, <1"',
      'old = "1.2"',
      'early = "^0.3.1"',
      'sdk = {git = "https://example.org/sdk.git"}',
      'extra-one = {version = "^2", optional = true}',
      'either = "^1 || ^3"',
      '[tool.poetry.group.test.dependencies]',
      'pytest = "^8"',
      '[tool.poetry.group.late]',
      'optional = true',
      '[tool.poetry.group.late.dependencies]',
      'late = "*"',
      '[tool.poetry.extras]',
      'more = ["extra-one"]',
    ].join('\n');
    const always = [
      '3 litellm[proxy]>=1.40,<2',
      '4 aiofiles>=23.2,<23.3',
      '5 redis',
      '6 httpx>=0.27,<1',
      '7 old==1.2',
      '8 early>=0.3.1,<0.4',
      '9 sdk @ https://example.org/sdk.git',
    ];
    expect(installed('pyproject.toml', poetry)).toEqual([...always, '11 either', '13 pytest>=8,<9']);
    expect(installed('pyproject.toml', poetry, ['more'])).toContain('10 extra-one>=2,<3');
  });

  it('counts dependency groups in', () => {
    expect(
      installed('pyproject.toml', '[project]\n[dependency-groups]\ndev = ["pytest", {include-group = "x"}]\n'),
    ).toEqual(['3 pytest']);
    expect(installed('pyproject.toml', '[project]\n[tool.uv]\ndev-dependencies = ["ruff"]\n')).toEqual(['3 ruff']);
  });

  it.each([
    ['[project]\ndynamic = ["dependencies"]\n', true, []],
    ['[tool.ruff]\nline-length = 100\n', true, []],
    ['[project]\nname = "x"\n', false, []],
    [
      '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["deps.txt"]}\n',
      false,
      ['deps.txt'],
    ],
  ])('tells whether %j leaves the packages to others', (text, open, files) => {
    expect(readManifest(repoPath('pyproject.toml'), text)).toEqual({ kind: 'read', entries: [], files, open });
  });

  it('is not guessed at when it is no TOML', () => {
    expect(installed('pyproject.toml', '[project]\nname = \n')).toMatch(/^line 2: /);
    expect(readToml('a = 1\n\tb')).toMatchObject({ kind: 'refused', line: 2 });
  });
});

describe('setup.cfg and setup.py', () => {
  it('are read where the packages are written out', () => {
    const cfg =
      '[metadata]\nname = x\n[options]\ninstall_requires =\n    litellm[proxy]\n    # none\n    redis>=5\npackages = find:\n[options.extras_require]\nweb = aiofiles\n';
    expect(installed('setup.cfg', cfg, ['web'])).toEqual(['5 litellm[proxy]', '7 redis>=5', '10 aiofiles']);
    expect(readManifest(repoPath('setup.cfg'), '[options]\ninstall_requires = file: a.txt, b.txt\n')).toMatchObject({
      files: ['a.txt', 'b.txt'],
      open: false,
    });
    const py =
      'from setuptools import setup\nsetup(\n  install_requires=[\n    \'litellm[proxy]>=1.40\',  # the proxy\n    "redis",\n  ],\n)\n';
    expect(installed('setup.py', py)).toEqual(['4 litellm[proxy]>=1.40', '5 redis']);
  });

  it.each([
    'setup(install_requires=read("r.txt"))',
    "setup(install_requires=['a'] + more)",
    "setup(install_requires=[x, 'a'])",
    'setup()',
  ])('are not guessed at: %s', (text) => {
    expect(installed('setup.py', text)).toBe('install_requires is no list of strings');
  });
});

describe('Pipfile and lock files', () => {
  it('give packages and versions', () => {
    expect(
      installed(
        'Pipfile',
        '[packages]\nlitellm = {version = ">=1.40", extras = ["proxy"]}\nredis = "*"\n[dev-packages]\npytest = "*"\n',
      ),
    ).toEqual(['2 litellm[proxy]>=1.40', '3 redis']);
    expect(installed('uv.lock', 'version = 1\n[[package]]\nname = "litellm"\nversion = "1.80.0"\n')).toEqual([
      '3 litellm==1.80.0',
    ]);
    expect(installed('poetry.lock', '[[package]]\nname = "litellm"\nversion = "1.82.7"\n')).toEqual([
      '2 litellm==1.82.7',
    ]);
    expect(installed('Pipfile.lock', '{"default": {"litellm": {"version": "==1.80.0"}}, "develop": {}}')).toEqual([
      '1 litellm==1.80.0',
    ]);
    expect(installed('Pipfile.lock', '{"default": ')).toBe('it is no lock file');
    expect(installed('poetry.lock', '= =')).toBe('it is no lock file');
  });
});
