import { beforeAll, describe, expect, it } from 'vitest';
import { readProject } from '../../src/checks/project.ts';
import { parsersOf } from '../../src/checks/run.ts';
import { listedModels, serviceSettings } from '../../src/container/service-settings.ts';
import { loadParsers } from '../../src/host/parsers.ts';
import { memorySource } from '../../src/tree/memory-source.ts';
import { openTree } from '../../src/tree/memory-tree.ts';

const DOCKERFILE = `FROM ghcr.io/cabinlab/claude-code-sdk:python
COPY config/ /app/config/
CMD ["litellm", "--config", "/app/config/litellm_config.yaml"]
`;

function projectOf(compose: string, config = 'model_list: []\n') {
  return readProject(
    openTree(
      memorySource({ Dockerfile: DOCKERFILE, 'docker-compose.yml': compose, 'config/litellm_config.yaml': config }),
    ),
    {},
  );
}

beforeAll(() => loadParsers(parsersOf()));

describe('serviceSettings', () => {
  it('takes plain values and leaves out secrets, logins, databases and what the caller brings', () => {
    const project = projectOf(`services:
  litellm:
    build: .
    command: ["litellm", "--config", "/app/config/litellm_config.yaml", "--detailed_debug"]
    environment:
      LITELLM_MODE: PRODUCTION
      LITELLM_MASTER_KEY: sk-1234
      CLAUDE_CODE_OAUTH_TOKEN: \${CLAUDE_CODE_OAUTH_TOKEN}
      DATABASE_URL: postgresql://user:word@db:5432/litellm
      ANTHROPIC_API_KEY: ""
      CLAUDE_CODE_USE_BEDROCK: "1"
      SOME_PASSWORD: word
      LOG_LEVEL: \${LOG_LEVEL:-INFO}
      FROM_CALLER:
    volumes: ["claude-auth:/home/claude/.claude"]
volumes: {claude-auth: {}}
`);
    expect(serviceSettings(project)).toEqual({
      env: { LITELLM_MODE: 'PRODUCTION' },
      command: ['litellm', '--config', '/app/config/litellm_config.yaml', '--detailed_debug'],
    });
  });

  it('reads nothing from a service that is another', () => {
    const project = projectOf(
      'services:\n  db:\n    image: postgres:16\n    command: ["postgres"]\n    environment: {A: b}\n',
    );
    expect(serviceSettings(project)).toEqual({ env: {}, command: undefined });
  });
});

describe('listedModels', () => {
  it('names each model with its place', () => {
    const config =
      'model_list:\n  - model_name: sonnet\n    litellm_params: {model: a/b}\n  - {model_name: opus-4}\n  - other: x\n';
    expect(listedModels(projectOf('services: {}\n', config))).toEqual([
      { name: 'sonnet', path: 'config/litellm_config.yaml', line: 2 },
      { name: 'opus-4', path: 'config/litellm_config.yaml', line: 4 },
    ]);
  });
});
