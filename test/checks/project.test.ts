import { describe, expect, it } from 'vitest';
import type { RepoPath } from '../../src/base/repo-path.ts';
import { readProject } from '../../src/checks/project.ts';
import { type MemoryFiles, memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';
import { CMD, CONFIG, compose, FROM, onBase } from './static/container-tree.ts';

const read = (files: MemoryFiles, dockerfile?: string) =>
  readProject(openTree(memorySource(files)), dockerfile === undefined ? {} : { dockerfile: dockerfile as RepoPath });
const loaded = (files: MemoryFiles) => read(files).composeFiles.map((file) => `${file.path} ${file.loaded}`);

describe('readProject', () => {
  it('reads a tree once, and again when it has changed', () => {
    const tree = openTree(memorySource(onBase([CMD])));
    const first = readProject(tree, {});
    expect(readProject(tree, {})).toBe(first);
    expect(readProject(tree, { dockerfile: 'Dockerfile' as RepoPath })).not.toBe(first);
    tree.overwrite('Dockerfile' as RepoPath, 'FROM x\n');
    expect(readProject(tree, {}).dockerfile).toMatchObject({ kind: 'read', base: 'other' });
  });

  it('follows the files into the image: folders, stages, the ignore file, the build context', () => {
    const files = {
      'app/Dockerfile': `FROM python AS b\nCOPY . /src\n${FROM}\nCOPY --from=b /src/lib /app/lib\nCOPY config /app/config\n`,
      'app/config/litellm_config.yaml': CONFIG,
      'app/lib/x.py': '',
      'app/lib/secret.env': '',
      'app/.dockerignore': '**/*.env\n',
      'compose.yml': compose('ports: ["4000:4000"]').replace('build: .', 'build: ./app'),
    };
    const project = read(files);
    expect(project.dockerfile).toMatchObject({ kind: 'read', path: 'app/Dockerfile', context: 'app' });
    expect([...project.imageLayout].map(([image, { path }]) => `${image} ${path}`)).toEqual([
      '/app/lib/x.py app/lib/x.py',
      '/app/config/litellm_config.yaml app/config/litellm_config.yaml',
    ]);
  });

  it('takes the Dockerfile that the provider builds, not the one at the root of another product', () => {
    const files = {
      Dockerfile: 'FROM nginx\n',
      'docker/proxy.Dockerfile': `${FROM}\nCOPY config/ /app/config/\n`,
      'config/litellm_config.yaml': CONFIG,
      'compose.yaml': `services:\n  web:\n    build: .\n  proxy:\n    build: {context: ., dockerfile: docker/proxy.Dockerfile}\n    ports: ["4000:4000"]\n`,
    };
    const project = read(files);
    expect(project.dockerfile).toMatchObject({ path: 'docker/proxy.Dockerfile', context: null });
    expect(project.composeFiles[0]?.providerServices.map(({ name }) => name)).toEqual(['proxy']);
    expect(read(files, 'Dockerfile').dockerfile).toMatchObject({ path: 'Dockerfile' });
    expect(read(files, 'gone').dockerfile).toEqual({ kind: 'none', why: 'there is no file gone' });
    expect(read({ 'README.md': '' }).dockerfile.kind).toBe('none');
  });

  it('knows which compose files are loaded, and what lists the others', () => {
    const yaml = compose();
    expect(
      loaded({
        'docker-compose.yml': yaml,
        'docker-compose.override.yml': yaml,
        'docker-compose.override.example.yml': yaml,
        'compose-webui.yaml': yaml,
        'compose.prod.yml': yaml,
        'deploy/stack.yml': yaml,
        'sub/compose.yaml': yaml,
        'scripts/up.sh': '# docker compose -f compose-webui.yaml up\ndocker-compose --file=compose.prod.yml up -d\n',
        '.github/workflows/ci.yml': 'run: docker compose -p x -f docker-compose.yml -f "deploy/stack.yml" config\n',
      }),
    ).toEqual([
      'compose-webui.yaml other',
      'compose.prod.yml listed',
      'deploy/stack.yml listed',
      'docker-compose.override.example.yml other',
      'docker-compose.override.yml auto',
      'docker-compose.yml auto',
      'sub/compose.yaml auto',
    ]);
  });

  it('follows include and COMPOSE_FILE, and takes the first of several base files as Compose does', () => {
    const included = `include:\n  - extra.yml\n  - path: [more/compose.part.yml]\n${compose()}`;
    expect(
      loaded({
        'compose.yaml': included,
        'docker-compose.yml': compose(),
        'extra.yml': compose(),
        'more/compose.part.yml': compose(),
      }),
    ).toEqual(['compose.yaml auto', 'docker-compose.yml other', 'extra.yml auto', 'more/compose.part.yml auto']);
    expect(loaded({ 'compose.prod.yml': compose(), '.env.example': 'COMPOSE_FILE=compose.prod.yml\n' })).toEqual([
      'compose.prod.yml listed',
    ]);
  });

  it('finds configuration, requirements and scripts behind their image paths', () => {
    const project = read({
      Dockerfile: `${FROM}\nCOPY deps.txt /tmp/requirements.txt\nRUN uv pip install --no-cache -r /tmp/requirements.txt 'uv==1'\nCOPY conf/proxy.yaml /etc/proxy.yaml\nCOPY run.sh /usr/local/bin/\nENTRYPOINT ["run.sh"]\n`,
      'deps.txt': '-r more.txt\nlitellm\n',
      'more.txt': 'prisma\n',
      'requirements.txt': 'unused\n',
      'conf/proxy.yaml': CONFIG,
      'run.sh': '#!/bin/sh\nCONF=/etc/proxy.yaml\nexec litellm --config "$CONF"\n',
    });
    expect(project.requirements.map(({ path, via }) => `${path} ${via}`)).toEqual([
      'deps.txt installed',
      'more.txt included',
    ]);
    expect(project.installs.map(({ line, packages }) => [line, packages.map(({ value }) => value)])).toEqual([
      [3, ['uv==1']],
    ]);
    expect(project.config).toMatchObject({ kind: 'read', path: 'conf/proxy.yaml', imagePath: '/etc/proxy.yaml' });
    expect(project.entrypoint).toMatchObject({
      path: 'run.sh',
      imagePath: '/usr/local/bin/run.sh',
      runBy: 'entrypoint',
    });
  });

  it('finds a configuration that only a mount brings, or that nothing does', () => {
    const mounted = onBase([CMD], {
      'settings/litellm_config.yaml': CONFIG,
      'compose.yaml': compose('volumes: ["./settings:/app/config:ro"]'),
    });
    expect(read(mounted).config).toMatchObject({ kind: 'read', path: 'settings/litellm_config.yaml' });
    expect(read({ 'config/litellm_config.yaml': CONFIG }).config).toMatchObject({ kind: 'read', imagePath: null });
    expect(read(onBase([CMD])).config).toMatchObject({ kind: 'none', imagePath: '/app/config/litellm_config.yaml' });
  });

  it.each([
    ['Containerfile', 'Containerfile'],
    ['docker/Dockerfile.proxy', 'docker/Dockerfile.proxy'],
    ['build/proxy.Dockerfile', 'build/proxy.Dockerfile'],
    ['Dockerfile.backup', null],
    ['archive/Dockerfile', null],
  ])('takes the only one on the base, also when it is called %s', (path, judged) => {
    const { dockerfile } = read({ [path]: `${FROM}\n`, 'web/Dockerfile': 'FROM node:22\n' });
    expect(dockerfile.kind === 'none' ? null : dockerfile.path).toBe(judged);
  });

  it('takes none of two', () => {
    expect(read({ 'a/Dockerfile': `${FROM}\n`, 'b/Dockerfile': `${FROM}\n` }).dockerfile.kind).toBe('none');
  });

  it.each([
    ['export COMPOSE_FILE=compose.yaml:compose.dev.yaml', 'compose.dev.yaml listed'],
    ['COMPOSE_FILE="compose.dev.yaml" docker compose up', 'compose.dev.yaml listed'],
    ['# export COMPOSE_FILE=compose.dev.yaml', 'compose.dev.yaml other'],
    ['echo COMPOSE_FILES=compose.dev.yaml', 'compose.dev.yaml other'],
  ])('reads %j of a script', (line, expected) => {
    const files = {
      'compose.yaml': compose(),
      'compose.dev.yaml': compose(),
      'scripts/up.sh': `#!/bin/bash\n${line}\n`,
    };
    expect(loaded(files)).toContain(expected);
  });
});
