import { describe, expect, it } from 'vitest';
import { residueNames } from '../../../src/checks/static/residue-names.ts';
import { told } from '../../support/judge.ts';

const MODULE = 'auth_integration was removed, and is used here';
const FUNCTION = 'add_auth_routes was removed, and is used here';
const LOGIN = '# runs claude\ndef add_auth_routes(app):\n    return app\n';

describe('S20-residue-names', () => {
  it.each([
    ['a.py', '\nimport auth_integration\n', [`error a.py:2 ${MODULE}`]],
    ['a.py', 'from auth_integration import add_auth_routes\n', [`error a.py:1 ${FUNCTION}`]],
    ['a.py', 'app = add_auth_routes(app)\n', [`error a.py:1 ${FUNCTION}`]],
    ['a.py', 'importlib.import_module("auth_integration")\n', [`error a.py:1 ${MODULE}`]],
    ['a.py', 'uvicorn.run("auth_integration:app")\n', [`error a.py:1 ${MODULE}`]],
    ['tests/test_a.py', 'patch("auth_integration.app")\n', [`error tests/test_a.py:1 ${MODULE}`]],
    ['Dockerfile', 'FROM x\nRUN a \\\n  && python -m auth_integration\n', [`error Dockerfile:3 ${MODULE}`]],
    ['Dockerfile', 'FROM x\nCMD ["uvicorn", "auth_integration:app"]\n', [`error Dockerfile:2 ${MODULE}`]],
    ['scripts/s.sh', 'set -e\npython -c "import auth_integration"\n', [`error scripts/s.sh:2 ${MODULE}`]],
    ['config/c.yaml', 'a:\n  custom_handler: auth_integration.handler\n', [`error config/c.yaml:2 ${MODULE}`]],
    ['compose.yaml', 'services:\n  p:\n    command: python -m auth_integration\n', [`error compose.yaml:3 ${MODULE}`]],
    [
      '.github/workflows/t.yml',
      'run: |\n  echo\n  python -m auth_integration\n',
      [`error .github/workflows/t.yml:3 ${MODULE}`],
    ],
  ])('finds the use in %s: %j', async (path, text, expected) => {
    expect(await told(residueNames, { [path]: text })).toEqual(expected);
  });

  it.each([
    ['a.py', '# auth_integration\nprint("auth_integration and add_auth_routes are gone")\n'],
    ['a.py', '"""auth_integration"""\nmy_auth_integration_test = 1\n'],
    ['a.py', 'import my_auth_integration, auth_integration_v2\n'],
    ['README.md', 'auth_integration and add_auth_routes\n'],
    ['Dockerfile.backup', 'FROM x\nCMD ["python", "-m", "auth_integration"]\n'],
    ['.archive/a.py', 'import auth_integration\n'],
    ['s.sh', '# python -m auth_integration\necho auth_integration\n'],
    ['c.yaml', 'name: auth_integration\nfile: auth_integration.py\n'],
    ['c.yaml', '# auth_integration\na: no auth_integration here\n'],
    ['package.json', '{"dependencies": {"@anthropic-ai/claude-code": "1"}}\n'],
    ['b.py', 'from claude_code_sdk import query\n'],
  ])('is silent about %s: %j', async (path, text) => {
    expect(await told(residueNames, { [path]: text })).toEqual([]);
  });

  it('leaves the module itself to the check of files, and finds its users', async () => {
    const files = { 'auth_integration.py': LOGIN, 'startup.py': 'from auth_integration import add_auth_routes\n' };
    expect(await told(residueNames, files)).toEqual([`error startup.py:1 ${FUNCTION}`]);
  });

  it('leaves a module of that name alone that is something else', async () => {
    const files = {
      'web/auth_integration.py': 'def verify(token):\n    return token\n',
      'web/main.py': 'import auth_integration\n',
      'proxy/startup.py': 'import auth_integration\n',
    };
    expect(await told(residueNames, files)).toEqual([`error proxy/startup.py:1 ${MODULE}`]);
  });
});
