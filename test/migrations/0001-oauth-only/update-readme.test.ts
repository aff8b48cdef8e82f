import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { updateReadme } from '../../../migrations/0001-oauth-only/steps/update-readme.ts';
import { COMPOSE, fixture, runStep, type StepRun } from './document-run.ts';

const GUIDE = '# Guide\n\n## Authentication\n\nCLAUDE_CODE_OAUTH_TOKEN\n';
const BESIDE = {
  'docker-compose.yml': COMPOSE,
  'docs/AUTH_SETUP.md': GUIDE,
  'docs/MODELS.md': '',
  'startup.py': '',
  'Dockerfile.backup': '',
};

function run(readme: string, beside: Readonly<Record<string, string>> = BESIDE): Promise<StepRun> {
  return runStep(updateReadme, { 'README.md': readme, ...beside });
}

describe('update-readme', () => {
  it.each([
    ['readme-emoji', []],
    ['readme-tight-steps', []],
    ['readme-describes-token', []],
    [
      'readme-nested',
      [
        'todo README.md:3 this html still speaks of the removed login',
        'info README.md:74 words on the removed login were cut here',
        'info README.md:77 words on the removed login were cut here',
      ],
    ],
    [
      'readme-sentences',
      [
        'info README.md:4 words on the removed login were cut here',
        'info README.md:17 words on the removed login were cut here',
        'todo README.md:38 this example still uses the removed login: from auth_integration import add_auth_routes',
      ],
    ],
  ])('rewrites %s', async (name, notes) => {
    const result = await run(fixture(`${name}.before.md`));
    expect(result.text('README.md')).toBe(fixture(`${name}.after.md`));
    expect(result.notes).toEqual(notes);
    expect(result.changed).toEqual(['README.md']);
  });

  it('leaves a README alone that describes the token, with what else it offers', async () => {
    const result = await run(fixture('readme-modern.before.md'));
    expect([result.kind, result.changed, result.notes]).toEqual(['done', [], []]);
  });

  it.each([
    ['paths that only look alike', 'See `/authors`, `/oauth`, `/v1/auth/keys` and `https://id.vendor.example/auth`.\n'],
    ['other commands in a container', 'Run `docker exec proxy claude --version` or `docker exec -it proxy bash`.\n'],
    ['OAuth as a feature', '- OAuth for Claude Pro and Max plans\n'],
    ['a live script', '```sh\nscripts/authenticate.sh\n```\n'],
    ['the admin page', 'Log in to the admin dashboard through the web UI at `/ui`.\n'],
    ['a WebSocket of something else', 'Streams over a WebSocket.\n'],
  ])('leaves %s alone', async (_name, text) => {
    const result = await run(`# P\n\n${text}`, { ...BESIDE, 'scripts/authenticate.sh': '' });
    expect([result.kind, result.changed]).toEqual(['done', []]);
  });

  it('finds the file in any case and skips when there is none', async () => {
    const found = await runStep(updateReadme, { 'readme.MD': '# P\n\nOpen `/auth`.\n' });
    expect(found.changed).toEqual(['readme.MD']);
    expect((await runStep(updateReadme, { 'docs/README.md': 'Open `/auth`.\n' })).kind).toBe('skip');
  });

  it('mends a link to a guide that stands elsewhere, and cuts one to a guide that is nowhere', async () => {
    const text = '# P\n\nOpen `/auth`.\n\nSee [the guide](AUTH_SETUP.md#cli). It is short.\n';
    expect((await run(text)).text('README.md')).toContain('\nSee [the guide](docs/AUTH_SETUP.md). It is short.\n');
    expect((await run(text, { 'docker-compose.yml': COMPOSE })).text('README.md')).toMatch(
      /^# P\n\nIt is short\.\n\n## Auth/,
    );
  });

  it('names the service that has the volume, and plain docker without a compose file', async () => {
    const text = '# P\n\nOpen `/auth`.\n';
    expect((await run(text)).text('README.md')).toContain(
      '--entrypoint chown proxy -R claude:claude /home/claude/.claude\n',
    );
    const plain = (await run(text, {})).text('README.md');
    expect(plain).toContain(
      'docker run --rm --user root --entrypoint chown -v claude-auth:/home/claude/.claude litellm-claude -R',
    );
    expect(plain).not.toContain('docker compose');
    expect(plain).not.toContain('AUTH_SETUP');
  });

  it('puts the new text under a plain heading on logging in that says nothing wrong, once', async () => {
    const text =
      '# P\n\nOpen `/auth`.\n\n## 🔑 Authentication\n\nOnce is enough.\n\n### Web login\n\nOpen `/auth`.\n\n## Use\n\nX\n';
    const result = await run(text);
    expect(result.text('README.md')).toMatch(
      /^# P\n\n## 🔑 Authentication\n\nThe container logs in [\s\S]*details\.\n\nOnce is enough\.\n\n## Use\n\nX\n$/,
    );
    expect(result.text('README.md').match(/^#+ .*Authentication/gm)).toEqual(['## 🔑 Authentication']);
    expect(result.notes).toEqual([
      'warning README.md:33 kept from the old section "🔑 Authentication": see whether it still fits',
    ]);
    const flat = await run('# P\n\nOpen `/auth`.\n\n## Login\n\nOnce is enough.\n');
    expect(flat.text('README.md').match(/^## .*/gm)).toEqual(['## Login']);
    expect(flat.notes).toEqual([
      'warning README.md:3 the text that was under "Login" follows the new one: see whether it still fits',
    ]);
    const keys = '# P\n\nOpen `/auth`.\n\n## Authentication\n\nSend `Authorization: Bearer KEY`.\n';
    expect((await run(keys)).text('README.md')).toContain('## Authentication\n\nSend `Authorization: Bearer KEY`.\n');
  });

  it('takes text that is struck through out of a section that goes', async () => {
    const text = '# P\n\n## Authentication\n\nOpen `/auth`.\n\n~~Use the button.~~\n\n- ~~one~~\n- ~~two~~\n\nKept.\n';
    const after = (await run(text)).text('README.md');
    expect(after).not.toMatch(/~~/);
    expect(after).toMatch(/\n\nKept\.\n$/);
    const elsewhere = '# P\n\nOpen `/auth`.\n\n## Notes\n\n~~Use the button.~~\n';
    expect((await run(elsewhere)).text('README.md')).toContain('\n## Notes\n\n~~Use the button.~~\n');
  });

  it('names the environment file, the compose file and the image that the checkout has', async () => {
    const text = '# P\n\nOpen `/auth`.\n';
    const loads = COMPOSE.replace('    build: .\n', '    build: .\n    env_file: app.env\n');
    const named = (await run(text, { 'docker-compose.yml': loads })).text('README.md');
    expect(named).toContain('\n2. Put it in `app.env`, on one line');
    expect(named).not.toContain('`.env`');
    const deeper = COMPOSE.replace('build: .', 'build: ..\n    env_file: ../.env');
    const below = (await run(text, { 'docker/compose.yml': deeper, Dockerfile: 'FROM python:3.11\n' })).text(
      'README.md',
    );
    expect(below).toContain('\n   docker compose -f docker/compose.yml up -d --build\n');
    expect(below).toContain('docker compose -f docker/compose.yml run --rm --user root --entrypoint chown proxy ');
    expect(below).toContain('\n2. Put it in `.env`, on one line');
    const profiled = COMPOSE.replace('    build: .\n', '    build: .\n    profiles: [app, full]\n');
    const started = (await run(text, { 'docker-compose.yml': profiled })).text('README.md');
    expect(started).toContain('\n   docker compose --profile app up -d --build\n');
    expect(started).toContain('\ndocker compose run --rm --user root --entrypoint chown ');
    const helper = COMPOSE.replace(
      'services:\n',
      'services:\n  shell:\n    build: .\n    volumes: ["claude-auth:/root/.claude"]\n',
    ).replace('    build: .\n', '    build: .\n');
    const serving = `${helper}`.replace(/(\n {2}(?!shell)[\w-]+:\n {4}build: \.\n)/, '$1    ports: ["4000:4000"]\n');
    expect((await run(text, { 'docker-compose.yml': serving })).text('README.md')).not.toContain('chown shell ');
    const own =
      '# P\n\n```sh\ndocker build --pull -t acme/gateway:1 .\ndocker run -d --env-file gw.env -v login:/root/.claude acme/gateway:1\n```\n\nOpen `/auth`.\n';
    const plain = (await run(own, {})).text('README.md');
    expect(plain).toContain(
      'docker build -t acme/gateway:1 . && docker run -d --env-file gw.env -p 4000:4000 -v login:/home/claude/.claude acme/gateway:1\n',
    );
    expect(plain).not.toContain('litellm-claude');
  });

  it('adds the section where no document names the token beside a kept Dockerfile, before the licence', async () => {
    const files = { 'Dockerfile.backup': 'FROM x\n', 'docker-compose.yml': COMPOSE };
    const result = await run('# P\n\nIntro.\n\n## About\n\nText.\n\n## License\n\nMIT\n', files);
    expect(result.text('README.md')).toMatch(
      /^# P\n\nIntro\.\n\n## About\n\nText\.\n\n## Authentication\n\n[\s\S]*\n\n## License\n\nMIT\n$/,
    );
    expect((await run('# P\n', BESIDE)).kind).toBe('done');
  });

  it('keeps text on the proxy key inside a login section, and says so', async () => {
    const text = '# P\n\n## Authentication\n\nOpen `/auth` to log in.\n\nClients send `LITELLM_MASTER_KEY`.\n';
    const result = await run(text);
    expect(result.text('README.md')).toMatch(/for the details\.\n\nClients send `LITELLM_MASTER_KEY`\.\n$/);
    expect(result.notes).toEqual([
      expect.stringMatching(
        /^warning README\.md:\d+ kept from the old section "Authentication": see whether it still fits$/,
      ),
    ]);
  });

  it('keeps a list and an example in a login section that are about something else', async () => {
    const other = '- port 4000\n- port 5432\n\n```yaml\na: 1\n```\n';
    const result = await run(`# P\n\n## Authentication\n\nOpen \`/auth\`.\n\n${other}`);
    expect(result.text('README.md').endsWith(`for the details.\n\n${other}`)).toBe(true);
  });

  it('removes an introduction with the commands it introduces, and only then', async () => {
    const text =
      '# P\n\nCall it like this:\n\nOpen `/auth`.\n\n```py\nx\n```\n\nThen run:\n\n```sh\nscripts/auth.sh\n```\n\nThen run:\n\n```sh\nscripts/auth.sh\n```\n';
    const after = (await run(text)).text('README.md');
    expect(after).toMatch(/^# P\n\nCall it like this:\n\n```py\nx\n```\n\n\*\*Give the container/);
    expect(after).not.toContain('Then run');
  });

  it('leaves a table header to a person', async () => {
    const result = await run('# P\n\n| Path | /auth |\n|---|---|\n| a | b |\n');
    expect(result.text('README.md')).toContain('| Path | /auth |\n|---|---|\n| a | b |\n');
    expect(result.notes).toEqual(['todo README.md:3 the header of this table still speaks of the removed login']);
  });
});

const PIECES = [
  'Plain text that stays, with `code` and [a link](docs/MODELS.md).',
  'Open `http://localhost:4000/auth` to log in. Other text stays here.',
  '- stays one\n- ~~click the auth button~~\n- stays two',
  '1. stays start\n2. Run `docker exec -it proxy claude`\n3. stays end',
  '```bash\nmake stays\n\n# Log in\n./scripts/auth-container.sh\n```',
  '| A | B |\n|---|---|\n| stays | row |\n| `/auth` | page |',
  '## Authentication\n\nUse the login page.\n\n## Another section\n\nIt stays.',
  '### Stays section\n\nText stays.',
  '<details>\n<summary>Stays summary</summary>\n\n- `/auth/status` answers\n- stays inside\n\n</details>',
  '> stays quoted\n> at `/root/.claude`',
  'The volume `claude-auth:/root/.claude` holds settings and stays.',
];

describe('update-readme, on any mixture', () => {
  it('is quiet the second time, keeps every word that is about something else, and adds one section', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        async (pieces, newline) => {
          const text = `# Title\n\n${pieces.join('\n\n')}\n`.replace(/\n/g, newline);
          const result = await run(text);
          const after = result.text('README.md');
          const stays = (source: string): number => source.match(/\bstays\b/gi)?.length ?? 0;
          expect(stays(after)).toBe(stays(text));
          expect(after.includes('\n') && newline === '\r\n' && /[^\r]\n/.test(after)).toBe(false);
          expect(after).not.toMatch(/(?<![\w/.-])\/auth\b|auth-container|\/root\/\.claude|~~/);
          if (result.changed.length > 0) {
            expect(after.split('claude setup-token` and copy').length - 1).toBe(1);
            expect(after.split('--entrypoint chown').length - 1).toBe(1);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
