import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OauthOnlyParams } from '../../../migrations/0001-oauth-only/params.ts';
import { oauthOnlyParams } from '../../../migrations/0001-oauth-only/params.ts';
import type { RepoPath } from '../../../src/base/repo-path.ts';
import type { Applicability, Note, Step } from '../../../src/migration/define.ts';
import { type MemoryFiles, memorySource } from '../../../src/tree/memory-source.ts';
import { openTree, type WorkingTree } from '../../../src/tree/memory-tree.ts';

const root = join(import.meta.dirname, '../../..');

/** Text of a template, as a run reads it. */
export function templateText(name: string): string {
  const path = name === 'Dockerfile' ? 'Dockerfile.template' : `migrations/0001-oauth-only/templates/${name}`;
  return readFileSync(join(root, path), 'utf8');
}

/** A Dockerfile of the legacy kind. */
export const LEGACY_DOCKERFILE = `FROM python:3.11-slim
WORKDIR /app
RUN apt-get update && apt-get install -y git curl \\
    && curl -fsSL https://deb.nodesource.com/setup_lts.x | bash - \\
    && apt-get install -y nodejs && rm -rf /var/lib/apt/lists/*
RUN npm install -g @anthropic-ai/claude-code
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
RUN pip install --no-cache-dir claude-code-sdk
COPY providers/ /app/providers/
COPY config/ /app/config/
COPY custom_handler.py /app/custom_handler.py
COPY custom_handler.py /app/config/custom_handler.py
COPY startup.py auth_integration.py ./
COPY entrypoint.sh /app/entrypoint.sh
RUN chmod +x /app/entrypoint.sh && mkdir -p /root && chmod 755 /root
EXPOSE 4000
HEALTHCHECK --interval=30s CMD curl -f http://localhost:4000/health || exit 1
CMD ["/app/entrypoint.sh"]
`;

/** A checkout of the legacy kind after the cleanup phase. */
export const LEGACY: MemoryFiles = {
  Dockerfile: LEGACY_DOCKERFILE,
  'config/litellm_config.yaml':
    'model_list: []\nlitellm_settings:\n  custom_provider_map:\n    - {"provider": "claude-code-sdk", "custom_handler": custom_handler.my_custom_llm}\n',
  'custom_handler.py': 'my_custom_llm = None\n',
  'entrypoint.sh':
    '#!/bin/bash\n# path\nexport PYTHONPATH="/app:$PYTHONPATH"\necho starting\nexec python /app/startup.py\n',
  'providers/claude_code_provider.py': 'import litellm\n',
  'requirements.txt': 'litellm[proxy]>=1.40.0\nprisma\naiofiles',
  'startup.py':
    "import os\nimport sys\nsys.path.append('/app')\nif __name__ == '__main__':\n    os.environ['CONFIG_FILE_PATH'] = '/app/config/litellm_config.yaml'\n    import uvicorn\n    from litellm.proxy.proxy_server import app\n    uvicorn.run(app, host='0.0.0.0', port=4000)\n",
};

export interface StepRun {
  readonly answer: Applicability<unknown>;
  readonly notes: readonly Note[];
  readonly tree: WorkingTree;
  /** Path → what happened to it. */
  readonly changes: Readonly<Record<string, string>>;
  text(path: string): string;
}

/** Runs one step on a checkout in memory; the answer tells whether it ran. */
export async function runStep<I>(
  step: Step<OauthOnlyParams, I>,
  files: MemoryFiles,
  params: Readonly<Record<string, unknown>> = {},
): Promise<StepRun> {
  const tree = openTree(memorySource(files));
  const notes: Note[] = [];
  const ctx = {
    params: oauthOnlyParams.parse(params),
    template: (name: string) => {
      if (step.templates?.includes(name) !== true) throw new Error(`${step.id} does not list ${name}`);
      return templateText(name);
    },
    note: (note: Note) => {
      notes.push(note);
    },
  };
  const answer = await step.select(tree, ctx);
  const touchedBySelect = tree.changes();
  if (touchedBySelect.length > 0) throw new Error(`select changed ${touchedBySelect[0]?.path}`);
  if (answer.kind === 'applies') await step.run(answer.input, tree, ctx);
  return {
    answer,
    notes,
    tree,
    changes: Object.fromEntries(tree.changes().map(({ path, kind }) => [path, kind])),
    text: (path) => tree.readText(path as RepoPath),
  };
}

/** The notes as `severity path:line message`, without those on what the base image brings. */
export function told(notes: readonly Note[]): readonly string[] {
  return toldAll(notes).filter((line) => !line.includes(' not needed on the base image: '));
}

/** All notes as `severity path:line message`. */
export function toldAll(notes: readonly Note[]): readonly string[] {
  return notes.map(({ severity, path, line, message }) => `${severity} ${path ?? ''}:${line ?? ''} ${message}`);
}

/** A checkout whose Dockerfile is on the base image. */
export function onBase(base = 'ghcr.io/cabinlab/claude-code-sdk-docker:python'): MemoryFiles {
  return { ...LEGACY, Dockerfile: `FROM ${base}\nUSER claude\n` };
}
