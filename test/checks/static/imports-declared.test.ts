import { describe, expect, it } from 'vitest';
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

  it('does not guess where the packages are declared in another form', async () => {
    const found = await judge(importsDeclared, {
      Dockerfile: 'FROM x\nCOPY . /app\nRUN pip install .\n',
      'pyproject.toml': '[project]\n',
      'p.py': 'import redis\n',
    });
    expect(found).toBe('the packages are declared in a form that is not read');
  });
});
