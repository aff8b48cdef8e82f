import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/checks/define.ts';
import { importsDeclared } from '../../../src/checks/static/imports-declared.ts';
import { judge, told } from '../../support/judge.ts';

const DOCKERFILE =
  'FROM x\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY providers/ /app/providers/\n';
const files = (code: string, requirements = 'litellm[proxy]\nclaude-agent-sdk\n'): Record<string, string> => ({
  Dockerfile: DOCKERFILE,
  'requirements.txt': requirements,
  'providers/p.py': code,
});

describe('S22-imports-declared', () => {
  it('does not count what only the base image has', async () => {
    expect(
      await told(importsDeclared, files('import os\nfrom claude_agent_sdk import query\n', 'litellm[proxy]\n')),
    ).toEqual(['error providers/p.py:2 claude_agent_sdk is there only as long as the base image happens to have it']);
  });

  it.each([
    ['import requests\nimport requests.auth\n', ':1 requests is imported, and nothing installs it'],
    ['import os, redis\n', ':1 redis is imported, and nothing installs it'],
    ['def f():\n    import redis\n', ':2 redis is imported, and nothing installs it'],
    ['from google.cloud import storage\n', ':1 google is imported, and nothing installs it'],
  ])('finds %j once', async (code, told_) => {
    expect(await told(importsDeclared, files(code))).toEqual([`error providers/p.py${told_}`]);
  });

  it.each([
    ['import asyncio, typing\nfrom __future__ import annotations\n'],
    ['import litellm\nfrom litellm.types import x\nimport uvicorn, fastapi, yaml, httpx, pydantic, dotenv, jwt\n'],
    ['from providers.other import x\nfrom . import y\nimport other\n'],
    ['try:\n    import redis\nexcept ImportError:\n    redis = None\n'],
    ['from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import redis\n'],
    ['# import redis\n"""import redis"""\n'],
    ['import pkg_resources\n'],
  ])('is silent about %j', async (code) => {
    expect(await told(importsDeclared, { ...files(code), 'providers/other.py': '' })).toEqual([]);
  });

  it.each([
    ['redis/x.py', true],
    ['lib/redis/deep/x.py', true],
    ['lib/redis.py', true],
    ['lib/redis.cpython-312.so', true],
    ['redis.d/x.py', false],
    ['lib/redis.d/redis.d/x.py', false],
    ['redis/x.txt', false],
    ['redis_x.py', false],
    ['my-redis/x.py', false],
  ])('with %s in the checkout takes redis for its own module: %s', async (path, isLocal) => {
    const found = await told(importsDeclared, { ...files('import redis\n'), [path]: '' });
    expect(found.length).toBe(isLocal ? 0 : 1);
  });

  it.each([
    ['redis>=5 ; python_version > "3"\n', 'import redis\n'],
    ['python-dateutil\n', 'import dateutil\n'],
    ['google-cloud-storage\n', 'from google.cloud import storage\n'],
    ['git+https://github.com/owner/claude-code-sdk-python.git@main\n', 'import claude_code_sdk\n'],
    ['-r more.txt\n', 'import aiofiles\n'],
  ])('takes %j for a declaration', async (requirements, code) => {
    expect(await told(importsDeclared, { ...files(code, requirements), 'more.txt': 'aiofiles\n' })).toEqual([]);
  });

  it('takes what a RUN installs by name, also unquoted', async () => {
    const dockerfile = `${DOCKERFILE}RUN pip install --no-cache-dir redis>=5 'aiofiles==1'\n`;
    expect(await told(importsDeclared, { ...files('import redis, aiofiles\n'), Dockerfile: dockerfile })).toEqual([]);
  });

  it('wants the extra for what the proxy brings', async () => {
    expect(await told(importsDeclared, files('import fastapi\nimport httpx\n', 'litellm\n'))).toEqual([
      'error providers/p.py:1 fastapi is imported, and nothing installs it',
    ]);
  });

  it('leaves code alone that is not part of the image, and tests', async () => {
    const more = { 'tools/t.py': 'import redis\n', 'providers/test_p.py': 'import pytest\n' };
    expect(await told(importsDeclared, { ...files('import os\n'), ...more })).toEqual([]);
  });

  describe('reads the manifest that the image installs from', () => {
    const missing = 'error p.py:1 redis is imported, and nothing installs it';
    const project = '[project]\nname = "p"\ndependencies = ["litellm[proxy]"]\noptional-dependencies.db = ["redis"]\n';
    const poetry = '[tool.poetry]\nname = "p"\n[tool.poetry.dependencies]\nredis = "^5"\n';
    const image = (run: string, files: Record<string, string>, code = 'import redis\n') => ({
      Dockerfile: `FROM x\nWORKDIR /app\nCOPY . .\n${run}\n`,
      'p.py': code,
      ...files,
    });

    it.each<[string, string, Record<string, string>, readonly string[]]>([
      ['PEP 621', 'RUN pip install .', { 'pyproject.toml': project }, [missing]],
      ['an extra', 'RUN pip install --no-cache-dir ".[db]"', { 'pyproject.toml': project }, []],
      ['another folder', 'COPY sub /src\nRUN pip install -e /src[db]', { 'sub/pyproject.toml': project }, []],
      ['uv sync', 'RUN uv sync --frozen --no-dev --extra db', { 'pyproject.toml': project }, []],
      ['uv without the extra', 'RUN uv sync --frozen', { 'pyproject.toml': project }, [missing]],
      ['uv pip', 'RUN uv pip install --system -r pyproject.toml', { 'pyproject.toml': project }, []],
      ['Poetry', 'RUN pip install poetry && poetry install --no-root', { 'pyproject.toml': poetry }, []],
      [
        'Poetry as a module',
        'RUN python -m poetry install',
        { 'pyproject.toml': poetry.replace('redis', 'other') },
        [missing],
      ],
      ['Pipenv', 'RUN pipenv install --system --deploy', { Pipfile: '[packages]\nredis = "*"\n' }, []],
      ['setup.cfg', 'RUN pip install .', { 'setup.cfg': '[options]\ninstall_requires =\n  redis\n' }, []],
      ['setup.py', 'RUN pip install .', { 'setup.py': "setup(install_requires=['other'])\n" }, [missing]],
      [
        'tool settings beside it',
        'RUN pip install .',
        { 'pyproject.toml': '[tool.ruff]\n', 'setup.cfg': '[options]\ninstall_requires = redis\n' },
        [],
      ],
      [
        'a requirements file behind it',
        'RUN pip install .',
        {
          'pyproject.toml':
            '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = "deps.txt"}\n',
          'deps.txt': 'redis\n',
        },
        [],
      ],
      ['a script of the start', 'CMD ["bash", "start.sh"]', { 'start.sh': 'pip install redis\n' }, []],
      ['nothing else is said', 'RUN true', { 'pyproject.toml': project }, []],
    ])('%s', async (_, run, files, expected) => {
      const found = await told(importsDeclared, image(run, files));
      expect(found).toEqual(expected);
    });

    it('and not a requirements file that nothing installs', async () => {
      const files = { 'pyproject.toml': project, 'requirements.txt': 'redis\n' };
      expect(await told(importsDeclared, image('RUN pip install .', files))).toEqual([missing]);
    });

    it('tells where to add the package', async () => {
      const [found] = (await judge(
        importsDeclared,
        image('RUN pip install .', { 'pyproject.toml': project }),
      )) as Finding[];
      expect(found?.next).toBe('add to pyproject.toml: redis');
    });

    it.each<[string, string, Record<string, string>, string]>([
      ['made up by a program', 'RUN pip install .', { 'setup.py': 'setup(install_requires=load())\n' }, 'setup.py'],
      ['no TOML', 'RUN uv sync', { 'pyproject.toml': '[project\n' }, 'pyproject.toml'],
      ['not in the checkout', 'RUN pip install -r /tmp/made.txt', {}, '/tmp/made.txt'],
      ['behind a variable', 'RUN pip install $PACKAGES', {}, 'a variable'],
      ['of another tool', 'RUN conda env create', { 'environment.yml': 'name: x\n' }, 'environment.yml'],
    ])('and does not guess where it is %s', async (_, run, files, what) => {
      expect(await judge(importsDeclared, image(run, files))).toBe(
        `packages are declared in a form that is not read: ${what}`,
      );
    });
  });

  it('leaves the removed web login to the check of its names', async () => {
    expect(await told(importsDeclared, files('from auth_integration import add_auth_routes\n'))).toEqual([]);
  });

  it('names the package of a shared namespace', async () => {
    const [found] = (await judge(importsDeclared, files('from google.cloud import storage\n'))) as Finding[];
    expect(found?.next).toBe('add to requirements.txt: google-cloud-storage');
  });
});
