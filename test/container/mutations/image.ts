import type { Mutation } from './mutation.ts';

/** Put together here, so that no text of this repository has the shape of a token. */
const TOKEN = `sk-ant-oat${'01-'}${'a1B2c3D4'.repeat(6)}`;
const SCRIPT = '/usr/local/bin/litellm-entrypoint.sh';

/** What the settings, the layers and the files of the image show. */
export const IMAGE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'a new ENTRYPOINT empties the CMD',
    failureMode: 'FM-11',
    level: 'image',
    layer: `ENTRYPOINT ["${SCRIPT}"]`,
    red: ['I04'],
  },
  {
    name: 'the entrypoint leaves out that of the base',
    failureMode: 'FM-11',
    level: 'image',
    layer:
      'ENTRYPOINT ["litellm"]\nCMD ["litellm", "--config", "/app/config/litellm_config.yaml", "--host", "0.0.0.0", "--port", "4000"]',
    red: ['I04'],
  },
  { name: 'the working directory is another', level: 'image', layer: 'WORKDIR /srv', red: ['I05'] },
  {
    name: 'a key stands in ENV',
    level: 'image',
    layer: 'ENV LITELLM_MASTER_KEY=change-me-please',
    red: ['I06'],
  },
  {
    name: 'a password stands in an address in ENV',
    level: 'image',
    layer: 'ENV DATABASE_URL=postgresql://proxy:swordfish@db/proxy',
    red: ['I06'],
  },
  {
    name: 'PATH leads to the Python of the system',
    failureMode: 'FM-17',
    level: 'image',
    layer: 'ENV PATH=/usr/local/bin:/usr/bin:/bin:/opt/venv/bin',
    red: ['I06'],
  },
  {
    name: 'the Python SDK of the base is gone',
    failureMode: 'FM-16',
    level: 'image',
    layer: 'USER root\nRUN rm -r /opt/venv/lib/python3.11/site-packages/claude_code_sdk-*.dist-info\nUSER claude',
    red: ['I02'],
  },
  {
    name: 'a program of the base is gone',
    failureMode: 'FM-32',
    level: 'image',
    layer: 'USER root\nRUN rm /usr/bin/git\nUSER claude',
    red: ['I02'],
  },
  { name: 'there is no health check', level: 'image', layer: 'HEALTHCHECK NONE', red: ['I07'] },
  {
    name: '--chown is dropped',
    failureMode: 'FM-19',
    level: 'image',
    layer: 'COPY custom_handler.py /app/config/custom_handler.py',
    files: { 'custom_handler.py': 'my_custom_llm = None\n' },
    red: ['I08'],
  },
  {
    name: 'the handler is not beside the configuration, and the script is not executable',
    failureMode: 'FM-08',
    level: 'image',
    layer: `USER root\nRUN rm /app/config/custom_handler.py && chmod 644 ${SCRIPT}\nUSER claude`,
    red: ['I08'],
  },
  {
    name: 'a bound becomes a file',
    failureMode: 'FM-14',
    level: 'image',
    layer: 'RUN touch "/app/=1.40.0"',
    red: ['I09'],
  },
  {
    name: 'the login of root, NodeSource and .env are in the image',
    failureMode: 'FM-36',
    level: 'image',
    layer:
      'USER root\nRUN mkdir /root/.claude && touch /etc/apt/sources.list.d/nodesource.list && install -o claude /dev/null /app/.env\nUSER claude',
    red: ['I09'],
  },
  {
    name: 'a token stands in a layer',
    level: 'image',
    layer: 'COPY --chown=claude:claude notes.txt /app/config/notes.txt',
    files: { 'notes.txt': `the token is ${TOKEN}\n` },
    red: ['I10'],
  },
  { name: 'a token stands in the history', level: 'image', layer: `RUN echo ${TOKEN} > /dev/null`, red: ['I10'] },
  {
    name: 'the labels are half of those that an image needs',
    level: 'image',
    layer: 'LABEL org.opencontainers.image.source=https://example.org/proxy',
    red: ['I11'],
  },
  {
    name: 'a cache stays in a layer',
    level: 'image',
    layer: 'USER root\nRUN mkdir /var/cache/pip && truncate -s 900M /var/cache/pip/http\nUSER claude',
    red: ['I12'],
  },
  {
    name: 'a program gains setuid, and a folder is open to all',
    level: 'image',
    layer:
      'USER root\nRUN cp /usr/bin/id /usr/local/bin/id && chmod 4755 /usr/local/bin/id && mkdir -m 777 /opt/shared\nUSER claude',
    red: ['I14'],
  },
];
