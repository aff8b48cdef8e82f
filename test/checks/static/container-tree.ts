export const DIGEST = `sha256:${'5a'.repeat(32)}`;
export const FROM = `FROM ghcr.io/cabinlab/claude-code-sdk-docker:python@${DIGEST}`;
export const CMD = 'CMD ["litellm", "--config", "/app/config/litellm_config.yaml", "--port", "4000"]';
export const CONFIG =
  'litellm_settings:\n  custom_provider_map:\n    - {provider: claude-agent-sdk, custom_handler: handler.claude}\n';
export const START = '#!/bin/bash\nset -e\n/usr/local/bin/docker-entrypoint.sh true\nexec "$@"\n';

/** Files of a Dockerfile on the base with these lines behind FROM. */
export function onBase(lines: readonly string[], files: Record<string, string> = {}): Record<string, string> {
  return { Dockerfile: `${[FROM, ...lines].join('\n')}\n`, ...files };
}

/** An image that starts `script` as its entrypoint; the script is line 2 to 4 of the Dockerfile. */
export function withScript(script: string, cmd: string | null = CMD, files: Record<string, string> = {}) {
  const lines = ['COPY start.sh /usr/local/bin/start.sh', 'RUN chmod 755 /usr/local/bin/start.sh'];
  const last = ['ENTRYPOINT ["/usr/local/bin/start.sh"]', ...(cmd === null ? [] : [cmd])];
  return onBase([...lines, ...last], { 'start.sh': script, ...files });
}

/** A compose file with one service that builds the provider. */
export function compose(...lines: readonly string[]): string {
  return `services:\n  proxy:\n    build: .\n${lines.map((line) => `    ${line}\n`).join('')}`;
}
