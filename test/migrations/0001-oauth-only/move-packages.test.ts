import { describe, expect, it } from 'vitest';
import { movePackages } from '../../../migrations/0001-oauth-only/steps/move-packages.ts';
import { LEGACY, LEGACY_DOCKERFILE, onBase, runStep, told } from './container-family.ts';

const withRun = (run: string): string =>
  LEGACY_DOCKERFILE.replace('RUN pip install --no-cache-dir claude-code-sdk', run);
const run = (requirements: string | null, dockerfile = LEGACY_DOCKERFILE) => {
  const { 'requirements.txt': _, ...files } = LEGACY;
  const all = { ...files, Dockerfile: dockerfile };
  return runStep(movePackages, requirements === null ? all : { ...all, 'requirements.txt': requirements });
};

describe('move-packages', () => {
  it('adds what was installed by hand and keeps the missing final newline', async () => {
    const { text, changes, notes } = await run('litellm[proxy]>=1.40.0\nprisma\naiofiles');
    expect(changes).toEqual({ 'requirements.txt': 'update' });
    expect(text('requirements.txt')).toBe(
      'litellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8\nprisma\naiofiles\nclaude-code-sdk',
    );
    expect(notes).toEqual([]);
  });

  it('leaves the installer of the old image behind, also with a version in a variable', async () => {
    const { notes } = await run('litellm\n', withRun('RUN pip install "poetry==$POETRY_VERSION" uv "x==$V"'));
    expect(told(notes)).toEqual(['todo Dockerfile:9 installed by hand and not moved: x==$V']);
  });

  it('keeps CRLF, comments, markers and spacing', async () => {
    const { text } = await run('# why\r\nlitellm[proxy] >= 1.40.0 ; python_version >= "3.9" # bound\r\n');
    expect(text('requirements.txt')).toBe(
      '# why\r\nlitellm[proxy] >= 1.40.0,!=1.82.7,!=1.82.8 ; python_version >= "3.9" # bound\r\nclaude-code-sdk\r\n',
    );
  });

  it('creates the file when there is none', async () => {
    const both = withRun("RUN pip install 'litellm[proxy]>=1.40.0' claude-code-sdk==0.0.25");
    const { text, changes } = await run(null, both);
    expect(changes).toEqual({ 'requirements.txt': 'create' });
    expect(text('requirements.txt')).toBe('litellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8\nclaude-code-sdk==0.0.25\n');
  });

  it('gives an unquoted bound its meaning back', async () => {
    const { text, notes } = await run(
      'prisma\n',
      withRun('RUN pip install --no-cache-dir \\\n    litellm[proxy]>=1.40.0 \\\n    claude-code-sdk'),
    );
    expect(text('requirements.txt')).toBe('prisma\nlitellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8\nclaude-code-sdk\n');
    expect(told(notes)).toEqual([
      'info Dockerfile:10 litellm[proxy]>=1.40.0 stood without quotes, so the shell dropped its bound; in requirements.txt the bound holds',
    ]);
  });

  it('keeps a git URL as it is and says so', async () => {
    const url = 'git+https://git.example.org/early/claude-code-sdk-python.git';
    const { text, notes } = await run('litellm!=1.82.7,!=1.82.8\n', withRun(`RUN pip install ${url}`));
    expect(text('requirements.txt')).toBe(`litellm!=1.82.7,!=1.82.8\n${url}\n`);
    expect(told(notes)).toEqual([
      `warning Dockerfile:9 ${url} comes from a URL, unpinned, and is not the published package; moved as it is`,
    ]);
  });

  it('leaves a package that is there, and names another bound', async () => {
    const { text, notes } = await run(
      'litellm!=1.82.7,!=1.82.8\nClaude_Code_SDK>=0.0.20\n',
      withRun('RUN python -m pip install claude-code-sdk==0.0.25'),
    ).then((done) => done);
    expect(text('requirements.txt')).toBe('litellm!=1.82.7,!=1.82.8\nClaude_Code_SDK>=0.0.20\n');
    expect(notes).toEqual([]);
  });

  it('is done when all is there', async () => {
    const { answer, changes } = await run('litellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8\nclaude-code-sdk\n');
    expect(answer).toEqual({ kind: 'done', why: 'requirements.txt holds every package' });
    expect(changes).toEqual({});
  });

  it.each(['litellm==1.60.0', 'litellm<1.80', 'litellm[proxy]>=1.40,<=1.82.6'])(
    'leaves %s, which cannot be a bad one',
    async (line) => {
      expect((await run(`${line}\nclaude-code-sdk`)).answer.kind).toBe('done');
    },
  );

  it('names a pin on a compromised version', async () => {
    const { text, notes } = await run('litellm==1.82.8\n');
    expect(text('requirements.txt')).toBe('litellm==1.82.8\nclaude-code-sdk\n');
    expect(told(notes)).toEqual(['todo requirements.txt:1 LiteLLM 1.82.8 carried a credential stealer: pin another']);
  });

  it('does not move tools, files and local packages', async () => {
    const { text, notes } = await run(
      'litellm!=1.82.7,!=1.82.8\n',
      withRun(
        'RUN pip install --upgrade pip && pip3 install -i https://x.example/simple -e . ./vendor/lib "$EXTRA" aiohttp',
      ),
    );
    expect(text('requirements.txt')).toBe('litellm!=1.82.7,!=1.82.8\naiohttp\n');
    expect(told(notes)).toEqual([
      'todo Dockerfile:9 installed by hand and not moved: -e .',
      'todo Dockerfile:9 installed by hand and not moved: ./vendor/lib',
      'todo Dockerfile:9 installed by hand and not moved: $EXTRA',
    ]);
  });

  it('adds LiteLLM when the old base brought it', async () => {
    const dockerfile =
      'FROM ghcr.io/berriai/litellm:main-stable\nCOPY custom_handler.py /app/\nRUN pip install claude-code-sdk\n';
    const { text, notes } = await run(null, dockerfile);
    expect(text('requirements.txt')).toBe('claude-code-sdk\nlitellm[proxy]!=1.82.7,!=1.82.8\n');
    expect(notes).toHaveLength(1);
  });

  it('edits the requirements file that the image installs', async () => {
    const dockerfile = LEGACY_DOCKERFILE.replace('COPY requirements.txt .', 'COPY deps/base.txt /tmp/base.txt').replace(
      '-r requirements.txt',
      '-r /tmp/base.txt',
    );
    const { changes } = await runStep(movePackages, {
      ...LEGACY,
      Dockerfile: dockerfile,
      'deps/base.txt': 'litellm\n',
    });
    expect(changes).toEqual({ 'deps/base.txt': 'update' });
  });

  it('refuses a file whose last line goes on', async () => {
    await expect(run('litellm!=1.82.7,!=1.82.8\nprisma \\')).rejects.toMatchObject({ exitCode: 4 });
  });

  it('leaves a checkout on the base alone', async () => {
    expect((await runStep(movePackages, onBase())).answer.kind).toBe('skip');
  });
});

describe('a project with a pyproject.toml', () => {
  const PYPROJECT = '[project]\ndependencies = [\n  "litellm[proxy]>=1.60",\n  "claude-code-sdk",\n]\n';
  const { 'requirements.txt': _, ...bare } = LEGACY;
  const project = (install: string) => ({
    ...bare,
    'pyproject.toml': PYPROJECT,
    'uv.lock': '',
    Dockerfile: `FROM python:3.11 AS builder\nCOPY pyproject.toml uv.lock ./\nRUN pip install uv && ${install}\nFROM python:3.11-slim\nCOPY --from=builder /.venv /.venv\nCMD ["python", "startup.py"]\n`,
  });

  it.each([
    'uv pip install -r pyproject.toml',
    'uv sync --frozen',
    'poetry install --only main',
    'pip install .',
    'uv pip install --system -e .[all]',
  ])('that was installed by %s puts its dependencies into the requirements file', async (install) => {
    const { text, changes, notes } = await runStep(movePackages, project(install));
    expect(changes).toEqual({ 'requirements.txt': 'create' });
    expect(text('requirements.txt')).toBe('litellm[proxy]>=1.60,!=1.82.7,!=1.82.8\nclaude-code-sdk\n');
    expect(told(notes).slice(0, 2)).toEqual([
      'info pyproject.toml: its dependencies stand in requirements.txt too, which the new image installs: keep the two in step',
      'warning uv.lock: the new image installs from requirements.txt and not from this file; to keep its versions, export them to requirements.txt',
    ]);
  });

  it('that is not installed by the old image is no source of packages', async () => {
    const files = { ...project('true'), 'requirements.txt': 'litellm!=1.82.7,!=1.82.8\n' };
    const { answer } = await runStep(movePackages, files);
    expect(answer).toEqual({ kind: 'done', why: 'requirements.txt holds every package' });
  });

  it('takes what another stage installed by hand', async () => {
    const files = {
      ...project('pip install claude-agent-sdk==0.1.0'),
      'requirements.txt': 'litellm!=1.82.7,!=1.82.8\n',
    };
    const { text } = await runStep(movePackages, files);
    expect(text('requirements.txt')).toBe('litellm!=1.82.7,!=1.82.8\nclaude-agent-sdk==0.1.0\n');
  });

  it('names what cannot be moved', async () => {
    const poetry = '[tool.poetry.dependencies]\nlitellm = "^1.60"\nmine = { path = "../mine" }\n';
    const { text, notes } = await runStep(movePackages, { ...project('poetry install'), 'pyproject.toml': poetry });
    expect(text('requirements.txt')).toBe('litellm>=1.60,<2,!=1.82.7,!=1.82.8\n');
    expect(told(notes)[0]).toBe(
      'todo pyproject.toml:3 not moved to requirements.txt, which the new image installs: mine = { path = "../mine" }',
    );
  });
});
