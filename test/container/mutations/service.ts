import type { Mutation } from './mutation.ts';

/** A start script with three faults of its own, and nothing of the guard that the good one has. */
const FAULTY_START = `#!/bin/bash
set -euo pipefail
echo "token: $CLAUDE_CODE_OAUTH_TOKEN"
export ANTHROPIC_API_KEY=sk-ant-api03-not-a-key
/usr/local/bin/docker-entrypoint.sh true
"$@" &
wait $!
`;

const ASK = "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health/liveliness', timeout=2)";
const SERVER = ['H', 'R15', 'R21'];

/** What shows when the server is up. */
export const SERVICE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'the server is told the port of the base',
    failureMode: 'FM-13',
    level: 'service',
    only: SERVER,
    // Its own health check would take minutes to give up.
    layer: [
      `HEALTHCHECK --interval=3s --timeout=3s --start-period=1s --retries=25 CMD ["python", "-c", "${ASK}"]`,
      'CMD ["litellm", "--config", "/app/config/litellm_config.yaml", "--port", "3000"]',
    ].join('\n'),
    red: ['H01', 'H06'],
    why: 'a health check that asks port 4000 cannot find a server on 3000',
  },
  {
    name: 'a start script that prints the token, sets an API key and does not exec the server',
    failureMode: 'FM-40',
    level: 'service',
    only: SERVER,
    layer: 'COPY litellm-entrypoint.sh /usr/local/bin/litellm-entrypoint.sh',
    files: { 'litellm-entrypoint.sh': FAULTY_START },
    red: ['H08', 'H09', 'H10', 'R15', 'R21'],
    why: 'three faults of one script, proved with one start, each by its own check; H09 and H10 are those of the provider itself',
  },
];
