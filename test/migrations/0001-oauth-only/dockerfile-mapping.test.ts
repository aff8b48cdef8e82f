import { beforeAll, describe, expect, it } from 'vitest';
import { type DockerfileMapping, mapDockerfile } from '../../../migrations/0001-oauth-only/dockerfile-mapping.ts';
import { containerState, isBaseImage } from '../../../migrations/0001-oauth-only/old-dockerfile.ts';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import { parseImageReference } from '../../../src/editors/dockerfile.ts';
import { loadParsers } from '../../../src/host/parsers.ts';
import { type MemoryFiles, memorySource } from '../../../src/tree/memory-source.ts';
import { openTree } from '../../../src/tree/memory-tree.ts';
import { LEGACY, LEGACY_DOCKERFILE, told } from './container-family.ts';

const ENTRYPOINT = 'scripts/litellm-entrypoint.sh' as RepoPath;
const DEFAULT_COMMAND = [
  'litellm',
  '--config',
  '/app/config/litellm_config.yaml',
  '--host',
  '0.0.0.0',
  '--port',
  '4000',
];
const COPIES = [
  'COPY --chown=claude:claude providers/ /app/providers/',
  'COPY --chown=claude:claude config/ /app/config/',
  'COPY --chown=claude:claude custom_handler.py /app/custom_handler.py',
  'COPY --chown=claude:claude custom_handler.py /app/config/custom_handler.py',
];
const STARTUP = 'COPY --chown=claude:claude startup.py /app/';
const GONE = 'info Dockerfile:14 no longer copied, it does not exist: auth_integration.py';

beforeAll(() => loadParsers(['python']));

function map(dockerfile: string, files: MemoryFiles = LEGACY): DockerfileMapping {
  const tree = openTree(memorySource({ ...files, [ENTRYPOINT]: '#!/bin/bash\n', Dockerfile: dockerfile }));
  const state = containerState(tree, undefined);
  if (state.kind !== 'legacy') throw new Error(state.kind);
  return mapDockerfile(state, tree, [ENTRYPOINT]);
}
/** The notes about lines that stand before EXPOSE. */
const notesOf = (...lines: readonly string[]): readonly string[] =>
  told(map(withLines(...lines)).notes).filter((note) => note !== GONE);

/** The legacy Dockerfile with lines put in before EXPOSE, which is line 17. */
const withLines = (...lines: readonly string[]): string =>
  LEGACY_DOCKERFILE.replace('EXPOSE', `${lines.join('\n')}\nEXPOSE`);

describe('isBaseImage', () => {
  const digest = `@sha256:${'a'.repeat(64)}`;
  it.each([
    'ghcr.io/cabinlab/claude-code-sdk:python',
    'ghcr.io/cabinlab/claude-code-sdk-docker:python',
    `ghcr.io/cabinlab/claude-code-sdk-docker:python${digest}`,
    `ghcr.io/cabinlab/claude-code-sdk${digest}`,
    'mirror.example:5000/ghcr.io/cabinlab/claude-code-sdk:1.2.3-python',
    'cabinlab/claude-code-sdk:python',
  ])('takes %s', (text) => {
    expect(isBaseImage(parseImageReference(text))).toBe(true);
  });
  it.each([
    'ghcr.io/cabinlab/claude-agent-sdk:python',
    'ghcr.io/cabinlab/claude-code-sdk',
    'ghcr.io/cabinlab/claude-code-sdk:typescript',
    'ghcr.io/cabinlab/claude-code-sdk:alpine-python',
    'ghcr.io/other/claude-code-sdk:python',
    'ghcr.io/notcabinlab/claude-code-sdk:python',
    'python:3.11',
  ])('does not take %s', (text) => {
    expect(isBaseImage(parseImageReference(text))).toBe(false);
  });
});

describe('copies', () => {
  it('come from the old file and the tree; launchers that are boilerplate and deleted sources go', () => {
    const { parts, notes } = map(LEGACY_DOCKERFILE);
    expect(parts).toEqual({
      requirements: 'requirements.txt',
      lines: COPIES,
      pythonPath: ['/app'],
      command: DEFAULT_COMMAND,
      database: true,
    });
    expect(told(notes)).toEqual([GONE]);
  });

  it('leave out a folder that is not there', () => {
    const { 'providers/claude_code_provider.py': _, ...files } = LEGACY;
    const { parts, notes } = map(LEGACY_DOCKERFILE, files);
    expect(parts.lines).toEqual(COPIES.slice(1));
    expect(told(notes)).toContain('info Dockerfile:10 no longer copied, it does not exist: providers/');
  });

  it('keep other files, wildcards, odd names and folders of their own', () => {
    const { parts } = map(
      withLines(
        'COPY sql/*.sql /docker/',
        'COPY ["my notes.txt", "/app/"]',
        'ADD data.tar.gz /opt/data/',
        'COPY custom_handler.py app.py /srv',
        'COPY --chown=root ./sql/ sql',
      ),
      { ...LEGACY, 'sql/a.sql': '', 'my notes.txt': '', 'data.tar.gz': '', 'app.py': '' },
    );
    expect(parts.lines.slice(COPIES.length)).toEqual([
      'COPY --chown=claude:claude sql/*.sql /docker/',
      'COPY --chown=claude:claude ["my notes.txt", "/app/"]',
      'ADD --chown=claude:claude data.tar.gz /opt/data/',
      'COPY --chown=claude:claude custom_handler.py app.py /srv/',
      'COPY --chown=claude:claude sql/ /app/sql/',
    ]);
  });

  it('take no scripts folder that only holds the new entrypoint', () => {
    expect(map(withLines('COPY scripts/ /app/scripts/')).parts.lines).toEqual(COPIES);
    const files = { ...LEGACY, 'scripts/init-db.sql': '' };
    expect(map(withLines('COPY scripts/ /app/scripts/'), files).parts.lines).toContain(
      'COPY --chown=claude:claude scripts/ /app/scripts/',
    );
  });

  it('keep the whole context', () => {
    const { parts } = map(
      'FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["python", "startup.py"]\n',
    );
    expect(parts.lines).toEqual([
      'COPY --chown=claude:claude . /app/',
      'COPY --chown=claude:claude custom_handler.py /app/config/custom_handler.py',
    ]);
    expect(parts.command).toEqual(DEFAULT_COMMAND);
  });

  it('name what cannot be copied', () => {
    const { parts, notes } = map(
      withLines(
        'COPY --from=builder /x /y',
        'ADD https://host.example/a /b',
        'COPY startup.py /root/x.py',
        'COPY <<EOF /c',
        'text',
        'EOF',
      ),
    );
    expect(parts.lines).toEqual(COPIES);
    expect(told(notes).slice(1)).toEqual([
      'todo Dockerfile:17 COPY not carried over: it copies from builder',
      'todo Dockerfile:18 ADD not carried over: it downloads https://host.example/a',
      'todo Dockerfile:19 COPY not carried over: /root/x.py is out of reach of the user claude',
      'todo Dockerfile:20 COPY not carried over: it brings its text in a here-document',
    ]);
  });
});

describe('configuration and handler', () => {
  const without = (...parts: readonly string[]): string =>
    LEGACY_DOCKERFILE.split('\n')
      .filter((line) => !parts.some((part) => line.startsWith(part)))
      .join('\n');

  it('are added when the old file left them to a mount', () => {
    const { parts, notes } = map(without('COPY config/', 'COPY custom_handler.py /app/config'));
    expect(parts.lines).toEqual([COPIES[0], COPIES[2], COPIES[1], COPIES[3]]);
    expect(told(notes).slice(1, 3)).toEqual([
      'info Dockerfile:13 config/ was not copied to /app/config/: added',
      'info Dockerfile:13 the handler custom_handler.py was not copied to /app/config/custom_handler.py: added',
    ]);
  });

  it('follow the configuration path of the command', () => {
    const old =
      'FROM python:3.11\nWORKDIR /srv\nCOPY config/litellm_config.yaml conf/my.yaml\nCMD litellm --config conf/my.yaml --port 8000 --detailed_debug\n';
    const { parts, notes } = map(old);
    expect(parts.command).toEqual([
      'litellm',
      '--config',
      '/srv/conf/my.yaml',
      '--host',
      '0.0.0.0',
      '--port',
      '4000',
      '--detailed_debug',
    ]);
    expect(parts.lines).toEqual([
      'COPY --chown=claude:claude config/litellm_config.yaml /srv/conf/my.yaml',
      'COPY --chown=claude:claude custom_handler.py /srv/conf/custom_handler.py',
    ]);
    expect(told(notes)).toContain('todo Dockerfile:1 the old server listened on port 8000; the new image serves 4000');
  });

  it('say so when nothing brings them', () => {
    const { 'config/litellm_config.yaml': _, ...files } = LEGACY;
    expect(told(map(LEGACY_DOCKERFILE, files).notes)).toContain(
      'todo Dockerfile:15 nothing brings /app/config/litellm_config.yaml into the image: copy or mount it',
    );
    const { 'custom_handler.py': __, ...rest } = LEGACY;
    expect(told(map(LEGACY_DOCKERFILE, rest).notes)).toContain(
      'todo Dockerfile:15 the handler custom_handler of /app/config/litellm_config.yaml is nowhere beside it: LiteLLM will not find it',
    );
  });
});

describe('the command', () => {
  it('is a startup script that does more, copied with its launcher dropped', () => {
    const startup = `${LEGACY['startup.py'] as string}`.replace(
      '    uvicorn.run',
      '    app.add_middleware(Own)\n    uvicorn.run',
    );
    const { parts, notes } = map(LEGACY_DOCKERFILE, { ...LEGACY, 'startup.py': startup });
    expect(parts.command).toEqual(['python', '/app/startup.py']);
    expect(parts.lines).toEqual([...COPIES, 'COPY --chown=claude:claude startup.py /app/']);
    expect(told(notes)).toEqual([
      GONE,
      'info startup.py:8 goes on running, so the new image starts startup.py: app.add_middleware(Own)',
    ]);
  });

  it('is told of once, with the lines of all that goes on, and with what it names of the old image', () => {
    const startup = (LEGACY['startup.py'] as string).replace(
      '    uvicorn.run',
      "    app.add_middleware(Own)\n    app.state.a = 1\n    app.state.b = 2\n    os.chdir('/root/.claude')\n" +
        "    try:\n        os.chdir('/usr/lib/python3.11/site-packages/litellm/proxy')\n    except Exception:\n        pass\n" +
        '    uvicorn.run',
    );
    expect(told(map(LEGACY_DOCKERFILE, { ...LEGACY, 'startup.py': startup }).notes).slice(1)).toEqual([
      'info startup.py:8 goes on running, so the new image starts startup.py: app.add_middleware(Own), and lines 9, 10, 11, 13',
      'todo startup.py:11 names /root/.claude, which the new image does not have, so the start may fail: take it out',
      'warning startup.py:13 names /usr/lib/python3.11/site-packages/litellm/proxy, which the new image does not have; its failure is caught',
    ]);
  });

  it('is LiteLLM where a launcher does nothing but hand over to a module of the project', () => {
    const files = {
      ...LEGACY,
      'entrypoint.sh': '#!/bin/bash\nexport PYTHONPATH=/app\nexec python -u -m app.main\n',
      'app/main.py': LEGACY['startup.py'] as string,
    };
    const dockerfile = LEGACY_DOCKERFILE.replace('COPY startup.py auth_integration.py ./', 'COPY app/ /app/app/');
    const { parts, notes } = map(dockerfile, files);
    expect([parts.command[0], told(notes)]).toEqual(['litellm', []]);
    const init = { ...files, 'entrypoint.sh': '#!/bin/bash\npython -m app.main\nexec python -m app.main\n' };
    expect(map(dockerfile, init).parts.command).toEqual(['bash', '/app/entrypoint.sh']);
  });

  it('names the home of root in a shell launcher, unless the line goes on without it', () => {
    const shell =
      '#!/bin/bash\nset -e\n# /root/x\nmkdir -p /root/.claude\nls /root || true\nmigrate\nexec python startup.py\n';
    const lines = told(map(LEGACY_DOCKERFILE, { ...LEGACY, 'entrypoint.sh': shell }).notes);
    expect(lines.filter((line) => line.includes('names'))).toEqual([
      'todo entrypoint.sh:4 names /root/.claude, which the new image does not have, so the start may fail: take it out',
      'warning entrypoint.sh:5 names /root, which the new image does not have; its failure is caught',
    ]);
  });

  it('is a launcher that does more, with what it runs', () => {
    const entrypoint = '#!/bin/bash\npython /app/migrate.py\nexec python /app/startup.py\n';
    const files = { ...LEGACY, 'entrypoint.sh': entrypoint };
    const { parts } = map(LEGACY_DOCKERFILE, files);
    expect(parts.command).toEqual(['bash', '/app/entrypoint.sh']);
    expect(parts.lines.slice(4)).toEqual([
      'COPY --chown=claude:claude startup.py /app/',
      'COPY --chown=claude:claude entrypoint.sh /app/entrypoint.sh',
      'RUN chmod 0755 /app/entrypoint.sh',
    ]);
    const executable = { ...files, 'entrypoint.sh': { content: entrypoint, mode: '755' as const } };
    expect(map(LEGACY_DOCKERFILE, executable).parts.command).toEqual(['/app/entrypoint.sh']);
  });

  it.each([
    ['RUN chmod +x /app/entrypoint.sh /app/wait.sh', 'WAIT'],
    ['RUN chmod -R 755 *.sh', 'WAIT'],
    ['RUN chmod 0755 ./wait.sh /app/gone.sh && echo', 'WAIT'],
    ['RUN chmod 644 /app/wait.sh', null],
    ['RUN true', null],
  ])('finds its programs executable after %s', (line, made) => {
    const files = {
      ...LEGACY,
      'entrypoint.sh': { content: '#!/bin/bash\n/app/wait.sh\nexec python /app/startup.py\n', mode: '755' as const },
      'wait.sh': '#!/bin/sh\n',
    };
    const old = LEGACY_DOCKERFILE.replace(/RUN chmod.*/, `COPY wait.sh ./\n${line}`);
    const { parts, notes } = map(old, files);
    const modes = parts.lines.filter((one) => one.startsWith('RUN'));
    expect(modes).toEqual(made === null ? [] : ['RUN chmod 0755 /app/wait.sh']);
    expect(told(notes).filter((note) => note.includes('chmod'))).toEqual(
      line.includes('644') ? ['todo Dockerfile:17 RUN not carried over: chmod 644 /app/wait.sh'] : [],
    );
  });

  it('drops a launcher that only moved credentials about', () => {
    const entrypoint =
      '#!/bin/bash\nset -e\nmkdir -p /root/.claude\nif [ -f /tmp/c.json ]; then\n  cp /tmp/c.json /root/.claude/.credentials.json\nfi\ncd /app\nexec python startup.py "$@"\n';
    const { parts } = map(LEGACY_DOCKERFILE, { ...LEGACY, 'entrypoint.sh': entrypoint });
    expect(parts.command).toEqual(DEFAULT_COMMAND);
    expect(parts.lines).toEqual(COPIES);
  });

  it('is LiteLLM for a startup script that only names its own configuration', () => {
    const own = `${LEGACY['startup.py'] as string}`.replace('/app/config/litellm_config.yaml', '/app/my.yaml');
    const old =
      'FROM python:3.11\nWORKDIR /app\nCOPY custom_handler.py startup.py ./\nCOPY config/litellm_config.yaml my.yaml\n';
    const { parts, notes } = map(`${old}CMD ["python3", "-m", "startup"]\n`, { ...LEGACY, 'startup.py': own });
    expect(parts.command).toEqual(['litellm', '--config', '/app/my.yaml', '--host', '0.0.0.0', '--port', '4000']);
    expect(parts.lines).toEqual([
      'COPY --chown=claude:claude custom_handler.py /app/',
      'COPY --chown=claude:claude config/litellm_config.yaml /app/my.yaml',
    ]);
    expect(told(notes)).toEqual([]);
  });

  it.each([
    ['python -m startup', [STARTUP]],
    ['["python", "/app/startup.py"]', [STARTUP]],
    [
      '/app/entrypoint.sh',
      [STARTUP, 'COPY --chown=claude:claude entrypoint.sh /app/entrypoint.sh', 'RUN chmod 0755 /app/entrypoint.sh'],
    ],
    ['python -m http.server', []],
  ])('of a compose file, %s, keeps the files it needs in the image', (command, kept) => {
    const compose = `services:\n  proxy:\n    build: .\n    command: ${command}\n`;
    const { parts } = map(LEGACY_DOCKERFILE, { ...LEGACY, 'compose.yml': compose });
    expect(parts.command).toEqual(DEFAULT_COMMAND);
    expect(parts.lines.slice(4)).toEqual(kept);
  });

  it('is named when the old one is not known', () => {
    const { notes } = map('FROM python:3.11\nCOPY config/ /app/config/\nCMD ["gunicorn", "main:app"]\n');
    expect(told(notes)).toContain(
      `todo Dockerfile:3 the old image ran "gunicorn main:app"; the new one runs ${DEFAULT_COMMAND.join(' ')}`,
    );
  });
});

describe('instructions', () => {
  it('go over when they are safe', () => {
    const { parts, notes } = map(
      withLines(
        'ENV LOG_LEVEL=info GREETING="two words \\$x"',
        'ENV PYTHONPATH=/app PORT=8000',
        'ENV PYTHONUNBUFFERED 1',
        'LABEL org.example.team="a b"',
        'EXPOSE 9090/tcp 4000',
        'STOPSIGNAL SIGINT',
      ),
    );
    expect(parts.lines.slice(4)).toEqual([
      'ENV LOG_LEVEL=info',
      'ENV GREETING="two words \\$x"',
      'ENV PYTHONUNBUFFERED=1',
      'LABEL org.example.team="a b"',
      'EXPOSE 9090/tcp',
      'STOPSIGNAL SIGINT',
    ]);
    expect(told(notes)).toEqual([GONE]);
  });

  it('keep the build arguments that they are made of', () => {
    const { parts, notes } = map(
      withLines(
        'ARG VERSION=1.0',
        'ARG REVISION',
        'ARG UNUSED',
        `LABEL org.example.version=\${VERSION} org.example.build="v$VERSION of $REVISION"`,
        'ENV APP_VERSION=$VERSION',
        `ENV GREETING \${VERSION:-x} and more`,
        'ENV HALF=$VERSION-$ELSEWHERE',
      ),
    );
    expect(parts.lines.slice(4)).toEqual([
      'ARG VERSION=1.0',
      'ENV APP_VERSION=$VERSION',
      `ENV GREETING="\${VERSION:-x} and more"`,
      `LABEL org.example.version=\${VERSION}`,
      'ARG REVISION',
      'LABEL org.example.build="v$VERSION of $REVISION"',
    ]);
    expect(told(notes).slice(1)).toEqual([
      'info Dockerfile:19 ARG UNUSED not carried over',
      'todo Dockerfile:23 ENV HALF not carried over: ELSEWHERE has no value in the new Dockerfile',
    ]);
  });

  it('keep the folders that Python imports from', () => {
    const python = (env: string, files: MemoryFiles = LEGACY) => map(withLines(env), files).parts.pythonPath;
    expect(python('ENV A=1')).toEqual(['/app']);
    expect(python('ENV PYTHONPATH=/app:/app/src:lib:$PYTHONPATH')).toEqual(['/app', '/app/src', '/app/lib']);
    expect(python('ENV PYTHONPATH=/usr/local/lib/python3.11/site-packages:/root/x:/opt/venv/lib')).toEqual(['/app']);
    const launcher = '#!/bin/bash\nexport PYTHONPATH="/srv/plugins:/app:$PYTHONPATH"\nexec python /app/startup.py\n';
    expect(python('ENV A=1', { ...LEGACY, 'entrypoint.sh': launcher })).toEqual(['/app', '/srv/plugins']);
  });

  it('bring the source of a project that was installed', () => {
    const files = { ...LEGACY, 'pyproject.toml': '[project]\n', 'src/gateway/__init__.py': '' };
    const parts = (...lines: readonly string[]) => map(withLines(...lines), files).parts;
    const SOURCE = 'COPY --chown=claude:claude src/ /app/src/';
    const installed = parts('COPY pyproject.toml ./', 'RUN pip install .');
    expect([installed.lines.at(-1), installed.pythonPath]).toEqual([SOURCE, ['/app', '/app/src']]);
    const copied = parts('COPY src/ /srv/', 'RUN uv sync --frozen');
    expect([copied.lines.slice(4), copied.pythonPath]).toEqual([
      ['COPY --chown=claude:claude src/ /srv/'],
      ['/app', '/srv'],
    ]);
    const plain = parts('COPY pyproject.toml ./');
    expect([plain.lines.includes(SOURCE), plain.pythonPath]).toEqual([false, ['/app']]);
  });

  it('copy what was copied within the image', () => {
    const lines = (run: string) => map(withLines(run)).parts.lines.slice(4);
    expect(lines('RUN cp custom_handler.py plugins/')).toEqual([
      'COPY --chown=claude:claude custom_handler.py /app/plugins/custom_handler.py',
    ]);
    expect(lines('RUN cp -p /app/custom_handler.py ./config && echo ok')).toEqual([]);
    expect(lines('RUN cp custom_handler.py other.py')).toEqual([
      'COPY --chown=claude:claude custom_handler.py /app/other.py',
    ]);
    const { parts, notes } = map(withLines('RUN cp -r config/ /srv/', 'RUN cp /etc/x /app/x'));
    expect(parts.lines).toEqual(COPIES);
    expect(told(notes).slice(1)).toEqual([
      'todo Dockerfile:17 RUN not carried over: cp -r config/ /srv/',
      'todo Dockerfile:18 RUN not carried over: cp /etc/x /app/x',
    ]);
  });

  it('are notes with their line when they have no place', () => {
    const { parts, notes } = map(
      withLines(
        'ENV ANTHROPIC_API_KEY=x API_TOKEN=y HOME_DIR=/root/x EXTRA=$UNKNOWN',
        'ENV PYTHONPATH=/app:/app/lib',
        'RUN apt-get install -y --no-install-recommends git ffmpeg \\',
        '    # codecs',
        '    libmagic1 && make all',
        'RUN npm install -g tsx @anthropic-ai/claude-code@1.0.64',
        'RUN npm i -g @anthropic-ai/claude-code@1.0.64',
        'RUN mkdir -p /data && chown 1000 /data',
        'RUN ["make", "install"]',
        'VOLUME /data',
        'STOPSIGNAL $SIGNAL',
        'USER app',
        'ARG VERSION=1',
        'WORKDIR /data',
        'SHELL ["/bin/bash", "-c"]',
      ),
    );
    expect(parts.lines).toEqual(COPIES);
    expect(told(notes).slice(1)).toEqual([
      'todo Dockerfile:17 ENV ANTHROPIC_API_KEY not carried over: it decides about the login, which comes from the environment at run time',
      'todo Dockerfile:17 ENV API_TOKEN not carried over: it looks like a secret; pass it at run time',
      'todo Dockerfile:17 ENV HOME_DIR not carried over: its value names a path of the old image',
      'todo Dockerfile:17 ENV EXTRA not carried over: UNKNOWN has no value in the new Dockerfile',
      'todo Dockerfile:19 system packages not installed any more: ffmpeg, libmagic1; add a RUN before USER claude if they are needed',
      'todo Dockerfile:21 RUN not carried over: make all',
      'todo Dockerfile:22 npm packages not installed any more: tsx',
      'todo Dockerfile:23 pinned @anthropic-ai/claude-code@1.0.64; the base image brings the version of its own',
      'todo Dockerfile:24 RUN not carried over: mkdir -p /data',
      'todo Dockerfile:24 RUN not carried over: chown 1000 /data',
      'todo Dockerfile:25 RUN not carried over: make install',
      'todo Dockerfile:26 VOLUME /data not carried over: mount it where the container is run',
      'todo Dockerfile:27 STOPSIGNAL not carried over: $SIGNAL',
      'info Dockerfile:28 USER app is now claude',
      'info Dockerfile:29 ARG VERSION not carried over',
      'info Dockerfile:30 WORKDIR /data: the new image works in /app',
      'info Dockerfile:31 SHELL not carried over: no RUN that needs it is left',
    ]);
  });

  it('that made a user of its own for the server are answered by the base image', () => {
    const { notes } = map(
      withLines('RUN useradd -m app && chown -R app:app /app /home/app && mkdir -p /home/app/.claude', 'USER app'),
    );
    expect(told(notes)).toEqual([GONE, 'info Dockerfile:18 USER app is now claude']);
  });

  it('of a stage that only installed packages are not needed, nor are copies of what is there anyhow', () => {
    const copies = withLines(
      'COPY --from=builder /app/.venv /app/.venv',
      'COPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv',
      'COPY --from=node:20-slim /usr/local/bin/node /usr/local/bin/node',
    );
    const { notes } = map(`FROM python:3.11 AS Builder\nRUN apt-get install -y gcc && uv sync\n${copies}`);
    expect(told(notes)).toEqual([
      'info Dockerfile:1 build stage builder not needed: it only installed packages',
      'info Dockerfile:16 no longer copied, it does not exist: auth_integration.py',
      'info Dockerfile:19 COPY not needed: what it copies from builder the new image installs or has',
      'info Dockerfile:20 COPY not needed: what it copies from ghcr.io/astral-sh/uv:0.5 the new image installs or has',
      'info Dockerfile:21 COPY not needed: what it copies from node:20-slim the new image installs or has',
    ]);
  });
  it('of a build stage are named once', () => {
    const { notes } = map(`FROM node:22 AS assets\nRUN make\n${LEGACY_DOCKERFILE}`);
    expect(told(notes)).toContain('todo Dockerfile:1 build stage assets not carried over');
  });
});

describe('the database client', () => {
  it('is left out when prisma is not installed', () => {
    const { parts, notes } = map(LEGACY_DOCKERFILE, { ...LEGACY, 'requirements.txt': 'litellm[proxy]\n' });
    expect(parts.database).toBe(false);
    expect(told(notes)).toContain(
      'info requirements.txt:1 prisma is not installed, so the image is built without the database client (ARG WITH_DATABASE=0)',
    );
  });
  it.each(['-r more.txt\n', 'litellm[extra_proxy]\n', 'Prisma==0.15\n'])('stays with %j', (text) => {
    expect(map(LEGACY_DOCKERFILE, { ...LEGACY, 'requirements.txt': text }).parts.database).toBe(true);
  });
});

describe('the search path and the tools of the old build', () => {
  it('keeps folders of the project, drops those of the old image, and names any other', () => {
    expect(map(withLines('ENV PATH=/app/bin:/opt/venv/bin:$PATH')).parts.lines).toContain(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the Dockerfile
      'ENV PATH=/app/bin:${PATH}',
    );
    expect(notesOf('ENV PATH="/app/.venv/bin:$PATH"')).toEqual([
      'info Dockerfile:17 ENV PATH not carried over: its folders are of the old image',
    ]);
    expect(notesOf('ENV PATH=/opt/tool/bin:$PATH')).toEqual([
      'todo Dockerfile:17 ENV PATH not carried over: the new image has no /opt/tool/bin',
    ]);
    expect(notesOf('ENV PATH=/usr/local/bin:$PATH')).toEqual([]);
  });

  it('has no use for the settings of what installed into the old image', () => {
    const { parts, notes } = map(withLines('ENV NODE_VERSION=20 TZ=UTC'));
    expect(parts.lines).toContain('ENV TZ=UTC');
    expect(parts.lines.join()).not.toContain('NODE_VERSION');
    expect(told(notes)).toContain(
      'info Dockerfile:17 ENV NODE_VERSION not carried over: only the build of the old image read it',
    );
  });

  it.each([
    [
      'the keyring of NodeSource',
      'mkdir -p /etc/apt/keyrings && curl -fsSL https://deb.nodesource.com/key | gpg --dearmor -o /etc/apt/keyrings/nodesource.gpg',
    ],
    ['a version that is only looked at', 'claude --version && node -v'],
    [
      'Python and what starts as the first process',
      'apt-get install -y python3.11 python3-pip python3-venv tini dumb-init',
    ],
  ])('has nothing for a person to do about %s', (_name, command) => {
    expect(notesOf(`RUN ${command}`)).toEqual([]);
  });

  it('still names other keyrings and packages', () => {
    expect(
      notesOf('RUN gpg --dearmor -o /etc/apt/keyrings/other.gpg', 'RUN apt-get install -y python3-opencv'),
    ).toEqual([
      expect.stringContaining('todo Dockerfile:17 RUN not carried over'),
      expect.stringContaining('todo Dockerfile:18 system packages not installed any more: python3-opencv'),
    ]);
  });
});

describe('the parameter dockerfile', () => {
  const two: MemoryFiles = {
    ...LEGACY,
    'Dockerfile.dev': LEGACY_DOCKERFILE,
    'Dockerfile.prod': LEGACY_DOCKERFILE,
  };
  const { Dockerfile: _, ...files } = two;
  const stateOf = (wanted?: string, more: MemoryFiles = {}) =>
    containerState(openTree(memorySource({ ...files, ...more })), wanted);

  it('decides where several files may be the image of the proxy', () => {
    expect(stateOf()).toMatchObject({
      kind: 'unreadable',
      why: 'cannot tell which of Dockerfile.dev, Dockerfile.prod is the image of the proxy: name it with --param dockerfile=Dockerfile.dev',
    });
    expect(stateOf('Dockerfile.prod')).toMatchObject({ kind: 'legacy', path: 'Dockerfile.prod' });
    expect(stateOf('./Dockerfile.prod')).toMatchObject({ kind: 'legacy', path: 'Dockerfile.prod' });
    expect(stateOf('Dockerfile.none')).toMatchObject({
      kind: 'unreadable',
      why: 'there is no such file (--param dockerfile)',
    });
  });

  it('is not needed any more once one of them is on the base', () => {
    const moved = { 'Dockerfile.prod': 'FROM ghcr.io/cabinlab/claude-code-sdk:python\nCMD ["litellm"]\n' };
    expect(stateOf(undefined, moved)).toMatchObject({ kind: 'on-base', path: 'Dockerfile.prod' });
  });
});
