import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/checks/config.ts';
import { STATIC_CHECKS } from '../src/checks/index.ts';
import { readWaivers } from '../src/checks/waivers.ts';
import { parseYaml } from '../src/editors/yaml.ts';
import { itWithTool } from './support/outside-tools.ts';
import { runTestGit, tempFolder } from './support/temp-repo.ts';

const root = resolve(import.meta.dirname, '..');
const after = join(root, 'fixtures/oauth-only/full/after');
const before = join(root, 'fixtures/oauth-only/full/before');

/** The package as its users get it: packed, and unpacked again. `npm test` builds it first. */
const unpacked = (() => {
  const folder = tempFolder();
  const env = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_update_notifier: 'false' };
  const args = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
  const name = execFileSync('npm', args, { cwd: root, env, encoding: 'utf8' }).trim().split('\n').at(-1) ?? '';
  execFileSync('tar', ['-xzf', join(folder, name), '-C', folder]);
  return join(folder, 'package');
})();

/** A committed checkout that has refit among its dependencies. */
function project(from: string, into = ''): string {
  const top = tempFolder();
  const folder = join(top, into);
  cpSync(from, folder, { recursive: true });
  const link = join(folder, 'node_modules/.bin/refit');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(unpacked, 'bin/refit.cjs'), link);
  writeFileSync(join(top, '.git-exclude'), '');
  runTestGit(top, ['init', '--quiet', '--initial-branch=main']);
  writeFileSync(join(top, '.git/info/exclude'), 'node_modules\n.git-exclude\n');
  runTestGit(top, ['add', '--all']);
  runTestGit(top, ['commit', '--quiet', '-m', 'start']);
  return folder;
}

/** Runs a script as a runner would: a fresh shell, no terminal. `npm ci` of the example has happened already. */
function runScript(script: string, cwd: string, env: Readonly<Record<string, string>> = {}) {
  const file = join(tempFolder(), 'script.sh');
  writeFileSync(file, script.replaceAll('npm ci --ignore-scripts', 'true'));
  const result = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file], {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: tempFolder(),
      GIT_CONFIG_GLOBAL: '/dev/null',
      npm_config_update_notifier: 'false',
      CI: 'true',
      ...env,
    },
    encoding: 'utf8',
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

function yaml<T>(text: string): T {
  const parsed = parseYaml(text);
  if (parsed.kind === 'refused') throw new Error(`line ${parsed.line}: ${parsed.why}`);
  return parsed.documents[0]?.value as T;
}

/** The YAML examples of a section of docs/ci.md. */
function examples(section: string): readonly string[] {
  const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? '';
  return [...text.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, indent = '', body = '']) =>
    body.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action = yaml<Action>(readFileSync(join(root, 'action.yml'), 'utf8'));

/** Runs the steps of the action as the runner does: inputs through `env`, files for outputs and summary. */
function runAction(workspace: string, inputs: Readonly<Record<string, string>> = {}) {
  const runner = tempFolder();
  const files = { GITHUB_OUTPUT: join(runner, 'output'), GITHUB_STEP_SUMMARY: join(runner, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const given = {
    ...Object.fromEntries(Object.entries(action.inputs).map(([name, each]) => [name, each.default])),
    ...inputs,
  };
  let last = { code: 0 as number | null, stdout: '', stderr: '' };
  for (const step of action.runs.steps) {
    const env = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([name, value]) => [
        name,
        value.replace(
          /\$\{\{ inputs\.([\w-]+) \}\}/g,
          (_all, input: string) => given[input as keyof typeof given] ?? '',
        ),
      ]),
    );
    const place = {
      GITHUB_ACTION_PATH: unpacked,
      RUNNER_TEMP: runner,
      GITHUB_WORKSPACE: workspace,
      GITHUB_ACTIONS: 'true',
    };
    last = runScript(step.run ?? '', workspace, { ...place, ...files, ...env });
    if (last.code !== 0) break;
  }
  const outputs = Object.fromEntries(
    readFileSync(files.GITHUB_OUTPUT, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  ) as Readonly<Record<string, string>>;
  return { ...last, outputs, summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

describe('action.yml', () => {
  it('is part of the package, with the schemas that editors read', () => {
    for (const file of ['action.yml', 'docs/schemas/config.json', 'docs/schemas/waivers.json'])
      expect([file, existsSync(join(unpacked, file))]).toEqual([file, true]);
  });

  it('is a composite of shell steps that use nobody else, and puts no input into a script', () => {
    expect(action.runs.using).toBe('composite');
    expect(Object.keys(action.inputs)).toEqual(['migration', 'working-directory', 'fail-on', 'format']);
    expect(Object.keys(action.outputs)).toEqual(['sarif', 'exit-code']);
    expect(action.runs.steps.flatMap(({ uses }) => uses ?? [])).toEqual([]);
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
    for (const { value } of Object.values(action.outputs))
      expect(value).toMatch(/^\$\{\{ steps\.check\.outputs\.(sarif|exit-code) \}\}$/);
  });

  it('passes on a migrated checkout, and leaves the SARIF file to the caller', () => {
    const { code, outputs, stdout, summary } = runAction(project(after), { 'fail-on': 'blocker' });
    expect([code, outputs['exit-code']]).toEqual([0, '0']);
    const sarif = JSON.parse(readFileSync(outputs['sarif'] ?? '', 'utf8'));
    expect(sarif.version).toBe('2.1.0');
    expect(stdout).toContain('Migrated: the plan is empty');
    expect(summary).toContain('Migrated: the plan is empty');
  });

  it('fails with the exit code, and still gives the report', () => {
    const { code, outputs, stdout } = runAction(project(before));
    expect([code, outputs['exit-code']]).toEqual([2, '2']);
    expect(existsSync(outputs['sarif'] ?? '')).toBe(true);
    expect(stdout).toContain('::error file=');
  });

  it('takes folder, migration, threshold and format', () => {
    const workspace = resolve(project(before, 'apps/proxy one'), '../..');
    const { code, stdout } = runAction(workspace, { 'working-directory': 'apps/proxy one', format: 'json' });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ scope: 'apps/proxy one', exitCode: 2 });
    const unknown = runAction(workspace, { 'working-directory': 'apps/proxy one', migration: 'oauth-onyl' });
    expect([unknown.code, unknown.outputs['exit-code'], unknown.stderr.includes('did you mean oauth-only?')]).toEqual([
      1,
      '1',
      true,
    ]);
    const warned = project(after);
    expect(runAction(warned, { 'fail-on': 'info' }).code).toBe(3);
  });

  it('takes an input for what it is, never for a command', () => {
    const workspace = project(after);
    const marker = join(workspace, 'hacked');
    for (const name of ['migration', 'working-directory', 'fail-on', 'format'])
      expect(runAction(workspace, { [name]: `$(touch ${marker}); touch ${marker} #` }).code).not.toBe(0);
    expect(existsSync(marker)).toBe(false);
    expect(runAction(workspace, { 'working-directory': '--help' }).code).toBe(1);
  });

  it('builds a clone that holds no build, without install scripts', () => {
    const [build] = action.runs.steps;
    const clone = tempFolder();
    const bin = join(clone, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "$PWD: npm $*"\n', { mode: 0o755 });
    const env = { GITHUB_ACTION_PATH: clone, PATH: `${bin}:${process.env['PATH']}` };
    const { code, stdout } = runScript(
      build?.run?.replaceAll('npm ci --ignore-scripts', 'npm  ci --ignore-scripts') ?? '',
      clone,
      env,
    );
    expect([code, stdout]).toEqual([
      0,
      `${clone}: npm ci --ignore-scripts --no-audit --no-fund\n${clone}: npm run -s build\n`,
    ]);
  });
});

describe('docs/ci.md', () => {
  it('GitHub: its workflows use the inputs that there are, and actions by commit', () => {
    const workflows = examples('GitHub').map((text) =>
      yaml<{ readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>> }>(text),
    );
    const steps = workflows.flatMap(({ jobs }) => Object.values(jobs).flatMap((job) => job.steps));
    expect(workflows).toHaveLength(2);
    for (const { uses } of steps) expect(uses ?? './').toMatch(/^\.\/|@[0-9a-f]{40}$/);
    const ours = steps.find(({ uses }) => uses?.startsWith('./'));
    expect(Object.keys(ours?.with ?? {}).filter((name) => action.inputs[name] === undefined)).toEqual([]);
    expect(runAction(project(after), { ...ours?.with, 'fail-on': 'blocker' }).code).toBe(0);
  });

  it('GitHub: its steps run, and count only what the pull request changed', () => {
    const [, workflow = ''] = examples('GitHub');
    const steps = yaml<{ jobs: { check: { steps: readonly Step[] } } }>(workflow).jobs.check.steps;
    const folder = project(after);
    runTestGit(folder, ['update-ref', 'refs/remotes/origin/main', 'HEAD']);
    rmSync(join(folder, 'README.md'));
    runTestGit(folder, ['commit', '--quiet', '--all', '-m', 'change']);
    const run = steps.flatMap((step) => step.run ?? []).join('\n');
    expect(runScript(run, folder, { GITHUB_BASE_REF: 'main' })).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(folder, 'refit.sarif'), 'utf8')).version).toBe('2.1.0');
  });

  it('GitLab: its script writes both reports', () => {
    const [job = ''] = examples('GitLab');
    const { refit } = yaml<{
      refit: { script: readonly string[]; artifacts: { when: string; reports: Readonly<Record<string, string>> } };
    }>(job);
    const folder = project(before);
    expect(runScript(refit.script.join('\n'), folder).code).toBe(2);
    expect(refit.artifacts.when).toBe('always');
    const { codequality = '', junit = '' } = refit.artifacts.reports;
    const quality: readonly object[] = JSON.parse(readFileSync(join(folder, codequality), 'utf8'));
    const keys = new Set(quality.map((entry) => Object.keys(entry).sort().join(' ')));
    expect([...keys]).toEqual(['check_name description fingerprint location severity']);
    expect(readFileSync(join(folder, junit), 'utf8')).toContain('<testsuites');
  });

  it('pre-commit: the hook of the page is the one of the repository, and runs', () => {
    const [config = ''] = examples('pre-commit');
    const { repos } = yaml<{ repos: readonly { hooks: readonly Record<string, unknown>[] }[] }>(config);
    const [hook] = yaml<readonly Record<string, unknown>[]>(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8'));
    const { description: _description, ...published } = hook ?? {};
    expect(repos[0]?.hooks[0]).toEqual(published);
    expect(runScript(String(published['entry']), project(before))).toMatchObject({ code: 2, stderr: '' });
  });

  itWithTool(
    'pre-commit',
    'pre-commit itself runs the hook of the page, and takes the one of the repository',
    (program) => {
      const preCommit = (folder: string, ...args: readonly string[]) => {
        const result = spawnSync(program, args, {
          cwd: folder,
          env: {
            PATH: process.env['PATH'] ?? '',
            HOME: tempFolder(),
            PRE_COMMIT_HOME: tempFolder(),
            GIT_CONFIG_GLOBAL: '/dev/null',
            npm_config_update_notifier: 'false',
          },
          encoding: 'utf8',
        });
        return { code: result.status, stdout: result.stdout };
      };
      const [config = ''] = examples('pre-commit');
      const run = (from: string) => {
        const folder = project(from);
        writeFileSync(join(folder, '.pre-commit-config.yaml'), config);
        runTestGit(folder, ['add', '.pre-commit-config.yaml']);
        return preCommit(folder, 'run', '--all-files', '--color=never');
      };
      const pending = run(before);
      expect(pending.code).toBe(1);
      expect(pending.stdout).toMatch(/^refit check\.+Failed\n- hook id: refit-check\n- exit code: 2\n/);
      expect(pending.stdout).toContain('Pending: ');
      const migrated = run(after);
      expect([migrated.code, migrated.stdout]).toEqual([0, expect.stringMatching(/^refit check\.+Passed\n$/)]);
      expect(preCommit(root, 'validate-manifest', '.pre-commit-hooks.yaml').code).toBe(0);
    },
  );

  it('its waiver and its configuration are read as they are meant', () => {
    const [waivers = '', config = ''] = examples('Findings that may stay');
    const ids = STATIC_CHECKS.map(({ id }) => id);
    expect(readWaivers(waivers, ids)).toMatchObject({ kind: 'read', problems: [], waivers: [{ check: 'S15' }] });
    expect(readConfig(config).values.skipPaths).toEqual(['examples/**']);
  });

  it('lists every exit code of a check', () => {
    const codes = [...readFileSync(join(root, 'docs/ci.md'), 'utf8').matchAll(/^\| (\d) \|/gm)].map(([, code]) =>
      Number(code),
    );
    expect(codes).toEqual([0, 2, 3, 4, 6, 1]);
  });
});
