import type { Mutation } from './mutation.ts';

const SCRIPT = '/usr/local/bin/litellm-entrypoint.sh';
const BASE_SCRIPT = '/usr/local/bin/docker-entrypoint.sh';
const PACKAGES = '/opt/venv/lib/python3.11/site-packages';
const HEALTHCHECK = 'HEALTHCHECK --interval=10s --timeout=10s --start-period=120s --retries=3 CMD';
/** Those that start the image with a token and look at what came of it. */
const STARTS = ['R04', 'R05', 'R08', 'R11', 'R12', 'R13', 'R14', 'R16', 'R17', 'R18'];
const NEED_A_START = ['R02', 'R04', 'R05', 'R08', 'R10', 'R11', 'R13', 'R14', 'R16', 'R17', 'R18', 'R20'];

const asRoot = (...commands: readonly string[]): string => `USER root\nRUN ${commands.join(' && ')}\nUSER claude`;
const edit = (path: string, ...expressions: readonly string[]): string =>
  asRoot(`sed -i ${expressions.map((one) => `-e '${one}'`).join(' ')} ${path}`);

/** The layer that puts a script before the start script, under its name, and the file for it. */
function before(text: string): Pick<Mutation, 'layer' | 'files'> {
  const layer = `USER root\nRUN mv ${SCRIPT} /usr/local/bin/inner.sh\nCOPY start.sh ${SCRIPT}\nRUN chmod 755 ${SCRIPT}\nUSER claude`;
  return { layer, files: { 'start.sh': `#!/bin/bash\n${text}\nexec /usr/local/bin/inner.sh "$@"\n` } };
}

/** A claude command of another version, as far as a check asks it. */
function command(version: string, loggedIn: boolean): Pick<Mutation, 'layer' | 'files'> {
  const text = `#!/bin/sh\ncase "$1" in\n--version) echo "${version} (Claude Code)" ;;\nauth) echo '{"loggedIn": ${loggedIn}, "authMethod": "oauth_token"}' ;;\nesac\n`;
  const layer =
    'USER root\nCOPY claude.sh /tmp/claude.sh\nRUN rm /usr/local/bin/claude && install -m 755 /tmp/claude.sh /usr/local/bin/claude\nUSER claude';
  return { layer, files: { 'claude.sh': text } };
}

/** What shows when a program of the image runs. */
export const RUN_MUTATIONS: readonly Mutation[] = [
  {
    name: 'the last user is root',
    level: 'run',
    layer: 'USER root',
    red: ['I03', 'R01', 'R02'],
    why: 'the setting is wrong, so is the process that it leads to, and root has capabilities',
    cannot: ['R12', 'R16', 'R17', 'R18', 'R20'],
  },
  {
    name: 'a step of root leaves a folder in the home',
    level: 'run',
    only: ['R03', 'R07'],
    layer: asRoot('mkdir /home/claude/.cache'),
    red: ['R03'],
  },
  {
    name: 'the SDK is missing',
    failureMode: 'FM-16',
    level: 'run',
    only: STARTS,
    layer: asRoot(`rm -r ${PACKAGES}/claude_code_sdk`),
    red: ['R04', 'R08'],
    why: 'the provider that LiteLLM loads imports it',
  },
  {
    name: 'a compromised LiteLLM is installed',
    failureMode: 'FM-34',
    level: 'run',
    only: ['R04', 'R08', 'R12'],
    layer: edit(`${PACKAGES}/litellm-*.dist-info/METADATA`, 's/^Version: .*/Version: 1.82.8/'),
    red: ['R04'],
  },
  {
    name: 'the SDK prefers a command of its own',
    failureMode: 'FM-28',
    level: 'run',
    only: ['R04', 'R05', 'R08', 'R12', 'R13'],
    layer: asRoot(
      'printf "#!/bin/sh\\necho 2.0.9\\n" > /opt/claude && chmod 755 /opt/claude',
      `echo 'SubprocessCLITransport._find_cli = lambda _: "/opt/claude"' >> ${PACKAGES}/claude_code_sdk/_internal/transport/subprocess_cli.py`,
    ),
    red: ['R05'],
  },
  {
    name: "LiteLLM's UI folder belongs to root",
    failureMode: 'FM-06',
    level: 'run',
    only: ['R03', 'R07'],
    layer: asRoot(`chown root ${PACKAGES}/litellm/proxy/_experimental/out`),
    red: ['R07'],
  },
  {
    name: 'the packages are unwritable: migrations too',
    failureMode: 'FM-06',
    level: 'run',
    only: ['R03', 'R07'],
    layer: asRoot(`chown -R root:root ${PACKAGES}`),
    red: ['R07'],
  },
  {
    name: 'the handler is not beside the configuration',
    failureMode: 'FM-08',
    level: 'run',
    only: STARTS,
    layer: 'RUN rm /app/config/custom_handler.py /app/custom_handler.py',
    red: ['R08'],
  },
  {
    name: 'PYTHONPATH is dropped on the way to the server',
    failureMode: 'FM-08',
    level: 'run',
    only: ['R04', 'R08', 'R11', 'R12'],
    ...before('unset PYTHONPATH\ncd /tmp'),
    red: ['R08'],
  },
  {
    name: 'the handler is readable by root alone',
    failureMode: 'FM-19',
    level: 'run',
    only: ['R04', 'R08', 'R12'],
    layer: asRoot('chown root /app/config/custom_handler.py', 'chmod 600 /app/config/custom_handler.py'),
    red: ['R08'],
  },
  {
    name: 'the health check calls curl, which the image lacks',
    failureMode: 'FM-01',
    level: 'run',
    only: ['I07', 'R09'],
    layer: `${HEALTHCHECK} curl -fsS http://127.0.0.1:4000/health/liveliness || exit 1`,
    red: ['R09'],
  },
  {
    name: 'the health check asks /health',
    failureMode: 'FM-02',
    level: 'run',
    only: ['I07', 'R09'],
    layer: `${HEALTHCHECK} python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health')"`,
    red: ['R09'],
  },
  {
    name: 'the health check always succeeds',
    level: 'run',
    only: ['I07', 'R09'],
    layer: `${HEALTHCHECK} python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:4000/health/liveliness')" || true`,
    red: ['R09'],
  },
  {
    name: 'the guard is removed',
    failureMode: 'FM-33',
    level: 'run',
    only: ['R10', 'R12'],
    layer: edit(SCRIPT, 's/^  require_master_key$/  :/'),
    red: ['R10'],
  },
  {
    name: 'arguments are ignored',
    failureMode: 'FM-12',
    level: 'run',
    only: ['R04', 'R08', 'R11', 'R12', 'R14'],
    layer: edit(
      SCRIPT,
      's#^exec "$@"#exec litellm --config /app/config/litellm_config.yaml --host 0.0.0.0 --port 4000#',
    ),
    red: ['R11'],
  },
  {
    name: 'a command loses its exit code',
    failureMode: 'FM-12',
    level: 'run',
    only: ['R11', 'R12'],
    layer: edit(SCRIPT, 's#^exec "$@"#"$@" || true#'),
    red: ['R11'],
  },
  {
    name: 'the start script of the base is not run',
    failureMode: 'FM-11',
    level: 'run',
    only: STARTS,
    layer: edit(SCRIPT, `s#^if ! ${BASE_SCRIPT} true .*#if ! true; then#`),
    red: ['R12'],
    cannot: ['R16', 'R17', 'R18'],
  },
  {
    name: 'the start script of the base is run twice',
    failureMode: 'FM-11',
    level: 'run',
    only: STARTS,
    layer: edit(SCRIPT, `s#^exec "$@"#exec ${BASE_SCRIPT} "$@"#`),
    red: ['R12'],
  },
  {
    name: 'the token arrives with a line break',
    level: 'run',
    only: STARTS,
    ...before(
      `CLAUDE_CODE_OAUTH_TOKEN="$(fold -w 20 <<<"\${CLAUDE_CODE_OAUTH_TOKEN:-}")"\nexport CLAUDE_CODE_OAUTH_TOKEN`,
    ),
    red: ['R12'],
    cannot: ['R16', 'R17', 'R18'],
  },
  {
    name: 'the start script is not executable',
    failureMode: 'FM-18',
    level: 'run',
    only: ['R'],
    layer: asRoot(`chmod 644 ${SCRIPT}`),
    red: ['R12'],
    cannot: NEED_A_START,
  },
  {
    name: 'the start script has Windows line endings',
    failureMode: 'FM-18',
    level: 'run',
    only: ['R'],
    layer: edit(SCRIPT, 's/$/\\r/'),
    red: ['R12'],
    cannot: NEED_A_START,
  },
  {
    name: 'the claude command demands more of a login than the base writes',
    failureMode: 'FM-21',
    level: 'run',
    only: ['R05', 'R12', 'R13', 'R18'],
    ...command('2.1.330', true),
    red: ['R13'],
  },
  {
    name: 'a login is written without a token',
    level: 'run',
    only: ['R12', 'R13', 'R14', 'R16'],
    layer: edit(BASE_SCRIPT, 's#^if \\[ -n "$CLAUDE_CODE_OAUTH_TOKEN" \\]; then#if true; then#'),
    red: ['R14'],
  },
  {
    name: 'the folder of the login is not in the image',
    failureMode: 'FM-10',
    level: 'run',
    only: ['R03', 'R12', 'R16', 'R17', 'R18'],
    layer: asRoot('rm -r /home/claude/.claude'),
    red: ['R16'],
  },
  {
    name: 'nothing says how to mend an old volume',
    failureMode: 'FM-10',
    level: 'run',
    only: ['R12', 'R16', 'R17', 'R18'],
    layer: edit(SCRIPT, 's/--entrypoint chown -v/--entrypoint ls -v/'),
    red: ['R17'],
  },
  {
    name: 'an old login is kept beside a fresh token',
    failureMode: 'FM-22',
    level: 'run',
    only: ['R12', 'R16', 'R17', 'R18'],
    layer: edit(
      BASE_SCRIPT,
      's#^if \\[ -n "$CLAUDE_CODE_OAUTH_TOKEN" \\]; then#if [ ! -r "$HOME/.claude/.credentials.json" ]; then#',
    ),
    red: ['R17', 'R18'],
    why: 'the login in a volume that was just mended is an old one too',
  },
  {
    name: 'an empty key in quotes is part of the environment',
    failureMode: 'FM-20',
    level: 'run',
    only: ['R12', 'R19'],
    layer: `ENV ANTHROPIC_API_KEY='""'`,
    red: ['R19'],
  },
  {
    name: 'the environment example has an empty key in quotes',
    failureMode: 'FM-20',
    level: 'run',
    only: ['R12', 'R19'],
    layer: 'LABEL environment=example',
    tree: { '.env.example': 'LITELLM_MASTER_KEY=sk-change-me\nANTHROPIC_API_KEY=""\n' },
    red: ['R19'],
  },
  {
    name: 'the environment example is one that docker run refuses',
    failureMode: 'FM-20',
    level: 'run',
    only: ['R12', 'R19'],
    layer: 'LABEL environment=refused',
    tree: { '.env.example': 'export LITELLM_MASTER_KEY=sk-change-me\n' },
    red: ['R19'],
  },
  {
    name: 'the start writes beside the server',
    failureMode: 'FM-25',
    level: 'run',
    only: ['R12', 'R14', 'R20'],
    ...before('set -e\ndate > /app/started'),
    red: ['R20'],
  },
];
