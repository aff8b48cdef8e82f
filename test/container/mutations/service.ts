import type { Mutation } from './mutation.ts';

const ASK = "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health/liveliness', timeout=2)";
const SERVER = ['H', 'R15', 'R21'];

/** What shows when the real server is up. */
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
];
