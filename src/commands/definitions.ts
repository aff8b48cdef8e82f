/** One option of a command, as the parser and docs/cli.md need it. */
export interface OptionDefinition {
  readonly name: string;
  readonly alias?: string;
  readonly type: 'boolean' | 'string' | 'number';
  readonly describe: string;
  /** May be given several times. */
  readonly repeat?: boolean;
  readonly choices?: readonly string[];
  readonly default?: string | boolean | number;
  /** Shown in place of the value, as `--out FILE`. */
  readonly placeholder?: string;
  /** The value taken when the option stands without one. */
  readonly bare?: string;
}

export interface CommandDefinition {
  readonly name: string;
  /** Words after the name: `[repo]`, `<id>`. */
  readonly positional?: {
    readonly name: string;
    readonly required: boolean;
    readonly describe: string;
    readonly choices?: readonly string[];
  };
  /** A second word, as required as the first. */
  readonly second?: { readonly name: string; readonly describe: string };
  readonly describe: string;
  readonly options: readonly OptionDefinition[];
}

/** A command as its user writes it, without options: `refit new <what> <name>`. */
export function usageOf({ name, positional, second }: CommandDefinition): string {
  const first = positional === undefined ? [] : [positional.required ? `<${positional.name}>` : `[${positional.name}]`];
  return ['refit', name, ...first, ...(second === undefined ? [] : [`<${second.name}>`])].join(' ');
}

export const FORMATS = ['text', 'json', 'markdown', 'sarif', 'junit', 'github', 'gitlab'] as const;

const common: readonly OptionDefinition[] = [
  {
    name: 'format',
    type: 'string',
    repeat: true,
    choices: FORMATS,
    placeholder: 'NAME',
    describe: 'report format; repeat it for several reports',
  },
  {
    name: 'output',
    type: 'string',
    repeat: true,
    placeholder: 'FILE',
    describe: 'file for the --format at the same place; the rest goes to standard output',
  },
  { name: 'color', type: 'boolean', describe: 'colour on or off; by default as the terminal and NO_COLOR say' },
  { name: 'quiet', alias: 'q', type: 'boolean', default: false, describe: 'only the summary' },
  { name: 'verbose', type: 'boolean', default: false, describe: 'also what was skipped or never looked at, and why' },
  { name: 'cwd', type: 'string', placeholder: 'DIR', describe: 'run as if started in DIR' },
];

const migration: OptionDefinition = {
  name: 'migration',
  type: 'string',
  placeholder: 'ID|PATH|PACKAGE',
  describe:
    'a bundled one by its id, a file or folder of your own, or an installed refit-migration-… (default: oauth-only)',
};

/** For a migration that is no part of refit. */
const outside: readonly OptionDefinition[] = [
  {
    name: 'trust',
    type: 'string',
    bare: 'yes',
    placeholder: 'HASH',
    describe:
      'run the code of the migration named on the command line, and remember it by its hash; with =HASH only that code',
  },
  {
    name: 'step-timeout',
    type: 'number',
    placeholder: 'SECONDS',
    describe: 'end a step of a migration of your own that takes longer (default: 120)',
  },
];

const param: OptionDefinition = {
  name: 'param',
  type: 'string',
  repeat: true,
  placeholder: 'KEY=VALUE',
  describe: 'parameter of the migration; repeatable',
};

const selection: readonly OptionDefinition[] = [
  { ...migration, repeat: true, describe: `${migration.describe}; repeatable with --all` },
  {
    name: 'all',
    type: 'boolean',
    default: false,
    describe:
      'every migration at hand that is for the checkout, one after another: the bundled ones and those that --migration names',
  },
  { name: 'only', type: 'string', repeat: true, placeholder: 'STEP', describe: 'run only this step; repeatable' },
  { name: 'skip', type: 'string', repeat: true, placeholder: 'STEP', describe: 'leave this step out; repeatable' },
  {
    name: 'phase',
    type: 'string',
    repeat: true,
    placeholder: 'PHASE',
    describe: 'run only the steps of this phase; repeatable',
  },
  param,
  ...outside,
];

const gate: readonly OptionDefinition[] = [
  {
    name: 'fail-on',
    type: 'string',
    choices: ['blocker', 'error', 'warn', 'info'],
    placeholder: 'SEVERITY',
    describe: 'a finding this bad or worse fails (default: error)',
  },
  {
    name: 'strict',
    type: 'boolean',
    describe: 'warnings count as errors, every skipped check as required',
  },
  {
    name: 'only',
    type: 'string',
    repeat: true,
    placeholder: 'CHECK',
    describe: 'run only this check, by its id or the start of it; repeatable',
  },
  {
    name: 'skip',
    type: 'string',
    repeat: true,
    placeholder: 'CHECK',
    describe: 'leave this check out, by its id or the start of it; repeatable',
  },
  {
    name: 'dockerfile',
    type: 'string',
    placeholder: 'PATH',
    describe: 'the Dockerfile to judge, by its path in the checkout; default: the one compose names, else Dockerfile',
  },
];

const engine: readonly OptionDefinition[] = [
  { name: 'engine', type: 'string', choices: ['docker', 'podman'], describe: 'default: docker, else podman' },
  {
    name: 'base-image',
    type: 'string',
    placeholder: 'NAME',
    describe: 'build on this image in the place of the one that FROM names',
  },
];

const diff: OptionDefinition = {
  name: 'diff',
  type: 'boolean',
  describe: 'show the diff (default: on for plan and text)',
};

const repo = { name: 'repo', required: false, describe: 'checkout folder; default: the current one' } as const;

export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'plan',
    positional: repo,
    describe: 'show what would change; writes nothing',
    options: [
      ...selection,
      { name: 'out', type: 'string', placeholder: 'FILE', describe: 'save the plan for apply --plan' },
      {
        name: 'patch',
        type: 'string',
        placeholder: 'FILE',
        describe: 'write the whole patch (mode 600) for git apply',
      },
      diff,
      {
        name: 'exit-code',
        type: 'boolean',
        default: false,
        describe: 'end with 2 when changes are pending, 5 when a person is needed',
      },
      {
        name: 'allow-dirty',
        type: 'boolean',
        default: false,
        describe: 'no effect: plan never refuses a dirty work tree',
      },
      ...common,
    ],
  },
  {
    name: 'apply',
    positional: repo,
    describe: 'plan, prove, ask, write; all or nothing',
    options: [
      ...selection,
      {
        name: 'plan',
        type: 'string',
        placeholder: 'FILE',
        describe: 'execute exactly this saved plan; refused when the checkout changed',
      },
      { name: 'yes', alias: 'y', type: 'boolean', default: false, describe: 'write without a question' },
      {
        name: 'commit',
        type: 'string',
        choices: ['run', 'phase', 'step'],
        bare: 'run',
        describe: 'commit what the run changed, and only that; no hook runs',
      },
      {
        name: 'branch',
        type: 'string',
        placeholder: 'NAME',
        describe: 'write the result as commits on a new branch; work tree and index stay as they are; no hook runs',
      },
      {
        name: 'prove',
        type: 'string',
        choices: ['static', 'container', 'none'],
        default: 'static',
        describe: 'what is proved before the first byte is written',
      },
      ...engine,
      {
        name: 'allow-dirty',
        type: 'boolean',
        default: false,
        describe: 'go on with uncommitted changes in paths that the plan does not touch',
      },
      { name: 'resume', type: 'boolean', default: false, describe: 'finish an interrupted run' },
      { name: 'dry-run', type: 'boolean', default: false, describe: 'the same as plan' },
      {
        name: 'wait',
        type: 'number',
        placeholder: 'SECONDS',
        default: 0,
        describe: 'wait this long for another run to end',
      },
      diff,
      ...common,
    ],
  },
  {
    name: 'check',
    positional: repo,
    describe: 'CI gate: is it migrated, and do the static checks hold?',
    options: [
      migration,
      param,
      ...outside,
      ...gate,
      {
        name: 'since',
        type: 'string',
        placeholder: 'REF',
        describe: 'only findings in files changed since the work left REF count; the others are in the JSON',
      },
      {
        name: 'baseline',
        type: 'string',
        placeholder: 'FILE',
        describe: 'findings listed in this file do not count; default: baseline of .refit/config.yaml',
      },
      {
        name: 'write-baseline',
        type: 'boolean',
        default: false,
        describe: 'write what is found now to the baseline: the file of --baseline, else the one of .refit/config.yaml',
      },
      {
        name: 'fix',
        type: 'boolean',
        default: false,
        describe: 'write the mends that need no person, as a run that rollback undoes',
      },
      {
        name: 'print-config',
        type: 'boolean',
        default: false,
        describe: 'print what is in force and where it came from, and check nothing',
      },
      ...common,
    ],
  },
  {
    name: 'verify',
    positional: repo,
    describe: 'build the image, start it, run every check; the checkout is never written',
    options: [
      migration,
      param,
      ...outside,
      {
        name: 'level',
        type: 'string',
        choices: ['static', 'image', 'run', 'service'],
        default: 'service',
        describe: 'how far to go; each includes the former, and static needs no engine',
      },
      ...engine,
      {
        name: 'database',
        type: 'string',
        placeholder: 'none|compose|URL',
        default: 'none',
        describe:
          'which database to prove it with: none, one from the image in the compose file, or yours, into which LiteLLM writes its tables',
      },
      {
        name: 'cache',
        type: 'boolean',
        default: true,
        describe: 'use what was built before; --no-cache builds all of it',
      },
      { name: 'keep', type: 'boolean', default: false, describe: 'leave containers and networks, and name them' },
      {
        name: 'live',
        type: 'boolean',
        default: false,
        describe: 'also send one small request to the real service, with the token of CLAUDE_CODE_OAUTH_TOKEN',
      },
      { name: 'yes', alias: 'y', type: 'boolean', default: false, describe: 'answer the question of --live with yes' },
      {
        name: 'old-image',
        type: 'string',
        placeholder: 'IMAGE',
        describe: 'put this image from before the migration beside the new one',
      },
      {
        name: 'compare',
        type: 'string',
        placeholder: 'COMMIT',
        bare: 'HEAD',
        describe: 'build the image from before from this commit (HEAD unless named) and put it beside the new one',
      },
      {
        name: 'pin',
        type: 'boolean',
        default: false,
        describe: 'only tell the line that pins the base image by its digest; builds nothing',
      },
      ...gate,
      ...common,
    ],
  },
  {
    name: 'rollback',
    positional: repo,
    describe: 'restore the exact bytes and modes from before a run',
    options: [
      { name: 'run', type: 'string', placeholder: 'ID', describe: 'which run; default: the newest applied one' },
      {
        name: 'keep-changed',
        type: 'boolean',
        default: false,
        describe: 'leave files changed since the run as they are, restore the rest',
      },
      {
        name: 'wait',
        type: 'number',
        placeholder: 'SECONDS',
        default: 0,
        describe: 'wait this long for another run to end',
      },
      ...common,
    ],
  },
  { name: 'status', positional: repo, describe: 'runs, what is applied, what has drifted since', options: common },
  { name: 'list', describe: 'the migrations at hand', options: common },
  {
    name: 'explain',
    positional: {
      name: 'id',
      required: true,
      describe: 'a migration (its id, a file, a package), a step or a check (S05)',
    },
    describe: 'what a migration or step does and leaves alone; what a check proves, why, and how to waive it',
    options: [migration, ...outside, ...common],
  },
  {
    name: 'new',
    positional: {
      name: 'what',
      required: true,
      describe: 'migration (in a new folder), or step or check (of the migration in this folder)',
      choices: ['migration', 'step', 'check'],
    },
    second: { name: 'name', describe: 'lower-case words joined by "-", as rename-readme' },
    describe: 'make the files of a migration, a step or a check of your own, with a test, and run it',
    options: common,
  },
];
