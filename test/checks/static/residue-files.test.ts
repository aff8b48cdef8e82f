import { describe, expect, it } from 'vitest';
import { residueFiles } from '../../../src/checks/static/residue-files.ts';
import { told } from '../../support/judge.ts';

const about = (path: string, text: string, more: Readonly<Record<string, string>> = {}): Promise<readonly string[]> =>
  told(residueFiles, { ...more, [path]: text });
const job = (...lines: readonly string[]): string =>
  ['on: push', 'jobs:', '  t:', '    steps:', ...lines.map((line) => `      ${line}`), ''].join('\n');

describe('S21-residue-files', () => {
  it.each([
    [
      'Dockerfile',
      'FROM x\nCOPY gone.py here.py /app/\n',
      'error Dockerfile:2 gone.py is not there: the image does not build',
    ],
    [
      'Dockerfile',
      'FROM x AS a\nCOPY gone/ /app/\nFROM a\n',
      'error Dockerfile:2 gone/ is not there: the image does not build',
    ],
    [
      'Dockerfile',
      'FROM x\nCOPY gone*.py /app/\n',
      'error Dockerfile:2 gone*.py is not there: the image does not build',
    ],
    [
      'Dockerfile',
      'FROM x\nRUN a \\\n  && chmod +x /app/scripts/auth-setup.sh\n',
      'error Dockerfile:3 /app/scripts/auth-setup.sh is not there: the image does not build',
    ],
    [
      'compose.yaml',
      'services:\n  p:\n    image: x\n    volumes:\n      - ./auth_integration.py:/app/auth_integration.py\n',
      'error compose.yaml:5 ./auth_integration.py is not there: Docker puts an empty folder in its place',
    ],
    [
      'compose.yaml',
      'services:\n  p:\n    image: x\n    volumes:\n      - ./simple-oauth:/o\n',
      'error compose.yaml:5 ./simple-oauth is not there: Docker puts an empty folder in its place',
    ],
    [
      'compose.yaml',
      'services:\n  p:\n    build:\n      context: .\n      dockerfile: Dockerfile.gone\n',
      'error compose.yaml:5 Dockerfile.gone is not there: the service does not build',
    ],
    [
      'compose.yaml',
      'services:\n  p:\n    image: x\n    command: bash /app/login.sh\n',
      'error compose.yaml:4 /app/login.sh is not there: the service does not start',
    ],
    [
      '.github/workflows/t.yml',
      job('- run: |', '    ./scripts/gone.sh'),
      'error .github/workflows/t.yml:6 ./scripts/gone.sh is not there: the command fails',
    ],
    [
      '.github/workflows/t.yml',
      job('- uses: ./.github/actions/gone'),
      'error .github/workflows/t.yml:5 ./.github/actions/gone is not there: the workflow fails',
    ],
    [
      '.github/workflows/t.yml',
      job('- run: cd x && bash scripts/auth.sh'),
      'error .github/workflows/t.yml:5 scripts/auth.sh is not there: the command fails',
    ],
    ['run.sh', 'set -e\nbash scripts/gone.sh\n', 'error run.sh:2 scripts/gone.sh is not there: the command fails'],
    [
      'Makefile',
      'login:\n\t@bash scripts/authenticate.sh\n',
      'error Makefile:2 scripts/authenticate.sh is not there: the command fails',
    ],
    ['a.py', 'import os\nfrom pkg.gone import x\n', 'error a.py:2 pkg/gone.py is not there: the import fails'],
    [
      'providers/b.py',
      'from .gone import x\n',
      'error providers/b.py:1 providers/gone.py is not there: the import fails',
    ],
    [
      'a.py',
      'run(["bash", "scripts/login.sh"])\n',
      'error a.py:1 scripts/login.sh is not there: the program does not find it',
    ],
    [
      'README.md',
      'See [it](scripts/authenticate.sh).\n',
      'error README.md:1 scripts/authenticate.sh is not there: the link leads nowhere',
    ],
    ['docs/a.md', 'See [it](gone.md#part).\n', 'warn docs/a.md:1 gone.md#part is not there: the link leads nowhere'],
    [
      'docs/a.md',
      'Once\n\nRun `./scripts/auth.sh`, then `scripts/auth.sh`.\n',
      'warn docs/a.md:3 ./scripts/auth.sh is not there: the reader looks for it in vain',
    ],
  ])('finds in %s: %j', async (path, text, expected) => {
    expect(await about(path, text, { 'here.py': '', 'pkg/__init__.py': '', 'pkg/own.py': '' })).toEqual([expected]);
  });

  it.each([
    [
      'Dockerfile',
      `FROM x\nCOPY . /app/\nCOPY here.py docs* /app/\nCOPY --from=a gone /x\nADD https://h/gone.py /x\nCOPY \${X}/gone /x\n`,
    ],
    ['Dockerfile', 'FROM x\nCOPY dist/ /app/\n'],
    ['Dockerfile', 'FROM x\nRUN ls /app/scripts /app/examples && /app/scripts/entry.sh\n'],
    [
      'compose.yaml',
      `services:\n  p:\n    image: x\n    volumes:\n      - ./data:/d\n      - ./certs/key.pem:/k\n      - vol:/login.sh\n      - \${X}/a.py:/a\n`,
    ],
    [
      '.github/workflows/t.yml',
      job('- run: bash scripts/own.sh', '- run: python -m pytest tests/gone', '- run: ./mvnw'),
    ],
    ['.github/workflows/t.yml', job('- uses: actions/checkout@v4', '  with: {repository: a/b}', '- run: bash gone.sh')],
    ['.github/workflows/t.yml', job('- run: curl -O https://h/gone.sh && bash gone.sh')],
    [
      'run.sh',
      'rm -f scripts/auth.sh\n[ -f scripts/auth.sh ] && echo scripts/auth.sh\n# bash scripts/auth.sh\nbash "$HERE/gone.sh"\n',
    ],
    ['run.sh', 'cat > made.sh <<EOF\nx\nEOF\nbash made.sh\n'],
    ['a.py', 'from pkg.own import x\nfrom pkg import own, other\nfrom other.gone import y\nfrom .here import z\n'],
    ['a.py', 'try:\n    from pkg.gone import x\nexcept ImportError:\n    pass\n"""scripts/login.sh"""\n'],
    ['pkg/b.py', 'from . import own\nfrom .own import x\nfrom pkg.name import y\n'],
    [
      'README.md',
      '[a](here.py) [b](pkg) [c](https://h/gone.md) [d](#x) [e](../../issues) [f](/here.py) [g](pkg/) [h](mailto:a@b) [i](sp%20ace.md) [j](dist/made.md)\n',
    ],
    ['README.md', 'Your auth.shape, oauth and https://host/auth.sh are fine.\n'],
    ['vendor/other/README.md', '[a](gone.md) and scripts/auth.sh\n'],
    ['CHANGELOG.md', 'Removed [it](gone.md) and scripts/auth.sh\n'],
    ['.archive/x.md', '[a](gone.md)\n'],
    ['Dockerfile.backup', 'FROM x\nCOPY gone.py /x\n'],
  ])('is silent about %s: %j', async (path, text) => {
    const more = {
      'here.py': '',
      'docs.txt': '',
      'sp ace.md': '',
      'pkg/__init__.py': 'name = 1\n',
      'pkg/own.py': '',
      'scripts/own.sh': '',
      '.gitignore': 'dist/\n',
    };
    expect(await about(path, text, more)).toEqual([]);
  });

  it('tells nothing of a script of that kind that is there', async () => {
    const files = {
      'scripts/auth.sh': 'true\n',
      Makefile: 'a:\n\tbash scripts/auth.sh\n',
      'README.md': '`scripts/auth.sh`\n',
    };
    expect(await told(residueFiles, files)).toEqual([]);
  });

  it('knows a folder by its name also where its files are called like others', async () => {
    const files = {
      'docs/README.md': 'see simple-oauth/\n',
      'simple-oauth/README.md': 'x\n',
      Makefile: 'a:\n\tls simple-oauth/\n',
    };
    expect(await told(residueFiles, { ...files, 'docs/a.py': "run('simple-oauth/x')\n" })).toEqual([]);
  });

  it('reads only Python that may speak of what is gone, however it is written', async () => {
    const files = { 'app/__init__.py': '', 'app/own.py': '' };
    for (const line of [
      'from app.gone import x',
      'from  .gone import x',
      'from.gone import x',
      'from\t.gone import x',
      'from \\\n    .gone import x',
    ])
      expect(await told(residueFiles, { ...files, 'app/a.py': `${line}\n` }), line).toHaveLength(1);
    expect(
      await told(residueFiles, { ...files, 'app/a.py': "run('scripts/Auth.SH')\nrun('scripts/auth.sh')\n" }),
    ).toHaveLength(2);
  });

  it('finds the web login by what it defines', async () => {
    expect(await about('auth_integration.py', '# Claude\ndef add_auth_routes(app):\n    return app\n')).toEqual([
      'error auth_integration.py:1 the web login is still there',
    ]);
    expect(await about('auth_integration.py', 'def verify():\n    pass\n')).toEqual([]);
  });

  it('reads the build context that compose names', async () => {
    const files = {
      'docker-compose.yml': 'services:\n  p:\n    build: ./proxy\n    ports: ["4000:4000"]\n',
      'proxy/Dockerfile': 'FROM x\nCOPY here.py gone.py /app/\n',
      'proxy/here.py': '',
      'proxy/docs/a.md': '[a](gone.md)\n',
      'gone.py': '',
    };
    expect(await told(residueFiles, files)).toEqual([
      'error proxy/Dockerfile:2 gone.py is not there: the image does not build',
      'warn proxy/docs/a.md:1 gone.md is not there: the link leads nowhere',
    ]);
  });

  it('says nothing of what is in a submodule', async () => {
    const files = {
      '.gitmodules': '[submodule "x"]\n\tpath = vendor/x\n\turl = https://example.org/x.git\n',
      'README.md': '[x](vendor/x/README.md) [y](vendor/xy/README.md)\n',
    };
    expect(await told(residueFiles, files)).toEqual([
      'warn README.md:1 vendor/xy/README.md is not there: the link leads nowhere',
    ]);
  });
});
