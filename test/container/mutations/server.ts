import type { Mutation } from './mutation.ts';

const SERVER = ['H', 'R15', 'R21'];
const QUICK = '--interval=1s --timeout=5s --start-period=1s --retries=3';
const ASK = (path: string) => `import urllib.request as u; u.urlopen('http://127.0.0.1:4000${path}', timeout=4)`;

const PORT_TAKEN = `#!/bin/bash
python -c 'import socket, time; taken = socket.socket(); taken.bind(("0.0.0.0", 4000)); time.sleep(600)' &
exec /usr/local/bin/inner.sh "$@"
`;

/** A fault that the stand-in for the server knows by its name: `ENV FAULT=…`. */
function fault(name: string, red: string, more: Partial<Mutation> = {}): Mutation {
  return { name, level: 'service', only: SERVER, on: 'stand-in', layer: `ENV FAULT="${name}"`, red: [red], ...more };
}

const ASKED = ['H02', 'H03', 'H04', 'H05', 'H07', 'H08', 'H09', 'H10', 'H11', 'H12', 'H13'];

/** What only a server shows whose faults can be chosen one by one. */
export const SERVER_MUTATIONS: readonly Mutation[] = [
  fault('the port of the base too', 'H01', { failureMode: 'FM-13' }),
  fault('only itself', 'H01', {
    // Nobody else can ask it anything, and its own health check still finds it.
    cannot: ASKED,
  }),
  fault('not alive', 'H02', {
    layer: `ENV FAULT="not alive"\nHEALTHCHECK ${QUICK} CMD ["python", "-c", "${ASK('/health/readiness')}"]`,
  }),
  fault('not ready', 'H03'),
  fault('an open door', 'H04', { failureMode: 'FM-33' }),
  fault('any key', 'H04', { failureMode: 'FM-33' }),
  fault('another model', 'H05'),
  {
    name: 'the health check asks /health without a key',
    level: 'service',
    only: SERVER,
    on: 'stand-in',
    layer: `HEALTHCHECK ${QUICK} CMD ["python", "-c", "${ASK('/health')}"]`,
    red: ['H06'],
  },
  {
    name: 'the health check calls curl, which the image lacks, beside a server that works',
    level: 'service',
    only: SERVER,
    on: 'stand-in',
    layer: `HEALTHCHECK ${QUICK} CMD curl -fsS http://127.0.0.1:4000/health/liveliness || exit 1`,
    red: ['H06'],
  },
  {
    name: 'the health check asks /health with the key',
    failureMode: 'FM-02',
    level: 'service',
    only: SERVER,
    on: 'stand-in',
    layer: `HEALTHCHECK ${QUICK} CMD python -c "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:4000/health', headers={'authorization': 'Bearer ' + os.environ['LITELLM_MASTER_KEY']}))"`,
    red: ['H07'],
  },
  fault('an API key', 'H08', { failureMode: 'FM-20' }),
  fault('no flag', 'H08'),
  fault('another text', 'H08', {
    red: ['H08', 'H09'],
    why: 'the stream brings the same text',
  }),
  fault('no call', 'H08', {
    // The claude command of the image tells of a login all the while (R18).
    failureMode: 'FM-23',
    only: [...SERVER, 'R18'],
    red: ['H08', 'H13'],
    why: 'where nothing is asked upstream, nothing can be refused there',
    cannot: ['H10'],
  }),
  fault('a stream that breaks off', 'H09'),
  fault('tools', 'H10', { failureMode: 'FM-27' }),
  fault('the master key upstream', 'H11'),
  fault('no pages', 'H12', { failureMode: 'FM-06' }),
  fault('an error as an answer', 'H13'),
  fault('ends on an error', 'H13', { cannot: ['R21'] }),
  fault('the token in the log', 'R15'),
  fault('the master key in the log', 'R15'),
  fault('deaf', 'R21'),
  fault('an end at once', 'H06', { cannot: ['H01', ...ASKED, 'R21'] }),
  {
    name: 'the port is taken inside',
    level: 'service',
    only: SERVER,
    on: 'stand-in',
    layer:
      'USER root\nRUN mv /usr/local/bin/litellm-entrypoint.sh /usr/local/bin/inner.sh\nCOPY start.sh /usr/local/bin/litellm-entrypoint.sh\nRUN chmod 755 /usr/local/bin/litellm-entrypoint.sh\nUSER claude',
    files: { 'start.sh': PORT_TAKEN },
    red: ['H06'],
    cannot: ['H01', ...ASKED, 'R21'],
  },
  {
    name: 'the start script does not exec the server',
    failureMode: 'FM-40',
    level: 'service',
    only: SERVER,
    on: 'stand-in',
    layer:
      'USER root\nRUN sed -i -e \'s#^exec "$@"#"$@" \\& wait $!#\' /usr/local/bin/litellm-entrypoint.sh\nUSER claude',
    red: ['R21'],
  },
];

/** What a server and its image may do without any harm. */
export const HARMLESS: readonly Pick<Mutation, 'name' | 'layer'>[] = [
  { name: 'the log is flooded', layer: 'ENV FAULT="a flood in the log"' },
  {
    name: 'there is no name service',
    layer: "USER root\nRUN sed -i -e 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf\nUSER claude",
  },
];
