import { resolve } from 'node:path';
import { EXIT, RefitError } from '../base/errors.ts';
import type { Severity } from '../checks/define.ts';
import type { VerifyLevel } from '../container/define.ts';
import { writeOutputFile } from '../host/output-file.ts';
import { readVersion } from '../host/version.ts';
import { renderReport, renderStepSummary } from '../report/index.ts';
import { exitCodeOf, makeReport, outcomeOfError, type Report } from '../report/report.ts';
import type { TextAnswer } from './answer.ts';
import { FORMATS } from './definitions.ts';
import type { CommandIo } from './io.ts';
import {
  type CommonOptions,
  type MigrationOptions,
  type OutsideOptions,
  pairOutputs,
  parseParamWords,
} from './options.ts';
import type { OptionValue, ParsedCommandLine } from './parse.ts';

type Command = Extract<ParsedCommandLine, { kind: 'command' }>;

/** Runs a parsed command, writes its reports and returns the exit code, which no output option changes. */
export async function runCommand(command: Command, io: CommandIo): Promise<number> {
  const options = commonOptions(command, io);
  const started = await start(command, options, io).catch((error: unknown) => failed(command, options, io, error));
  if (typeof started === 'number') return started;
  if ('text' in started) return tell(started, options, io);
  return deliver(started, options, io);
}

async function start(command: Command, options: CommonOptions, io: CommandIo): Promise<Report | TextAnswer> {
  const flag = (name: string) => command.options[name] === true;
  const text = (name: string) => command.options[name] as string | undefined;
  const optional = (name: string) => command.options[name] as boolean | undefined;
  const repo = command.positional ?? '.';
  const seconds = Number(command.options['wait'] ?? 0);
  switch (command.name) {
    case 'plan': {
      const { runPlan } = await import('./plan.ts');
      return runPlan(
        {
          ...migrationOptions(command, options),
          out: text('out'),
          patch: text('patch'),
          diff: optional('diff'),
          exitCode: flag('exit-code'),
        },
        io,
      );
    }
    case 'apply': {
      if (flag('dry-run')) {
        const { runPlan } = await import('./plan.ts');
        return runPlan(
          {
            ...migrationOptions(command, options),
            out: undefined,
            patch: undefined,
            diff: optional('diff'),
            exitCode: false,
          },
          io,
        );
      }
      const { runApply } = await import('./apply.ts');
      const applyOptions = {
        ...migrationOptions(command, options),
        plan: text('plan'),
        yes: flag('yes'),
        commit: text('commit') as 'run' | 'phase' | 'step' | undefined,
        branch: text('branch'),
        allowDirty: flag('allow-dirty'),
        resume: flag('resume'),
        prove: (text('prove') ?? 'static') as 'static' | 'container' | 'none',
        engine: text('engine'),
        baseImage: text('base-image'),
        wait: seconds,
        diff: optional('diff'),
      };
      return runApply(applyOptions, io, (report) =>
        io.stderr(renderReport(report, 'text', textOptions(options, io, 'stderr'))),
      );
    }
    case 'check': {
      const { runCheck } = await import('./check.ts');
      const { migration, params, only, skip } = migrationOptions(command, options);
      return runCheck(
        {
          ...options,
          repo,
          migration,
          params,
          only,
          skip,
          ...outsideOptions(command),
          failOn: text('fail-on') as Severity | undefined,
          strict: optional('strict'),
          dockerfile: text('dockerfile'),
          since: text('since'),
          baseline: text('baseline'),
          writeBaseline: flag('write-baseline'),
          fix: flag('fix'),
          printConfig: flag('print-config'),
        },
        io,
      );
    }
    case 'verify': {
      const { runVerify } = await import('./verify.ts');
      const { migration, params, only, skip } = migrationOptions(command, options);
      return runVerify(
        {
          ...options,
          repo,
          migration,
          params,
          only,
          skip,
          ...outsideOptions(command),
          failOn: text('fail-on') as Severity | undefined,
          strict: optional('strict'),
          dockerfile: text('dockerfile'),
          level: (text('level') ?? 'service') as VerifyLevel,
          engine: text('engine'),
          baseImage: text('base-image'),
          database: text('database') ?? 'none',
          cache: flag('cache'),
          keep: flag('keep'),
          pin: flag('pin'),
          live: flag('live'),
          yes: flag('yes'),
          oldImage: text('old-image'),
          compare: text('compare'),
        },
        io,
      );
    }
    case 'rollback': {
      const { runRollback } = await import('./rollback.ts');
      return runRollback({ ...options, repo, run: text('run'), keepChanged: flag('keep-changed'), wait: seconds }, io);
    }
    case 'status': {
      const { runStatus } = await import('./status.ts');
      return runStatus({ ...options, repo }, io);
    }
    case 'list':
      return (await import('./list.ts')).runList(options.cwd, io);
    case 'new':
      return (await import('./new.ts')).runNew({
        what: command.positional as 'migration' | 'step' | 'check',
        name: command.second ?? '',
        cwd: options.cwd,
      });
    case 'explain':
      return (await import('./explain.ts')).runExplain(
        command.positional ?? '',
        Math.min(io.columns, 100),
        { ...options, ...outsideOptions(command), migration: text('migration') },
        io,
      );
    default:
      throw new RefitError(`no such command: ${command.name}`);
  }
}

function commonOptions(command: Command, io: CommandIo): CommonOptions {
  const { options } = command;
  return {
    cwd: resolve(io.cwd, (options['cwd'] as string | undefined) ?? '.'),
    color: options['color'] as boolean | undefined,
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
    outputs: pairOutputs(list(options['format']), list(options['output']), FORMATS),
  };
}

function migrationOptions(command: Command, common: CommonOptions): MigrationOptions {
  const { options } = command;
  const migrations = [options['migration'] ?? []].flat().map(String);
  const all = options['all'] === true;
  if (migrations.length > 1 && !all)
    throw new RefitError(`--migration is given ${migrations.length} times`, { hint: 'give it once, or say --all' });
  return {
    ...common,
    repo: command.positional ?? '.',
    migration: migrations[0],
    migrations,
    all,
    only: list(options['only']),
    skip: list(options['skip']),
    phases: list(options['phase']),
    params: parseParamWords(list(options['param'])),
    ...outsideOptions(command),
  };
}

function outsideOptions({ options }: Command): OutsideOptions {
  return {
    trust: options['trust'] as string | undefined,
    stepTimeout: options['step-timeout'] as number | undefined,
  };
}

function list(value: OptionValue): readonly string[] {
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

function textOptions(options: CommonOptions, io: CommandIo, stream: 'stdout' | 'stderr' | 'file') {
  const terminal = stream === 'stdout' ? io.stdoutIsTerminal : stream === 'stderr' && io.stderrIsTerminal;
  const forced = io.env['FORCE_COLOR'] !== undefined && io.env['FORCE_COLOR'] !== '0';
  const wanted =
    options.color ?? (io.env['NO_COLOR'] === undefined || io.env['NO_COLOR'] === '' ? terminal || forced : false);
  return {
    width: terminal ? io.columns : 100,
    color: stream === 'file' ? false : wanted,
    // What a job prints is read by its runner, which takes lines of a log for commands.
    terminal: terminal || (stream !== 'file' && runsInJob(io.env)),
    quiet: options.quiet,
    verbose: options.verbose,
  };
}

function runsInJob(env: CommandIo['env']): boolean {
  return [env['CI'], env['GITHUB_ACTIONS'], env['TF_BUILD']].some((value) => /^(?:true|1)$/i.test(value ?? ''));
}

/** Writes each report to its place. One that cannot be written is told, and the others still come out. */
function deliver(report: Report, options: CommonOptions, io: CommandIo): number {
  let unwritten: RefitError | undefined;
  for (const { format, file } of options.outputs) {
    if (format === 'github') appendStepSummary(report, io);
    const text = renderReport(report, format, textOptions(options, io, file === null ? 'stdout' : 'file'));
    if (file === null) io.stdout(text);
    else {
      try {
        writeOutputFile(resolve(options.cwd, file), text);
      } catch (error) {
        if (!(error instanceof RefitError)) throw error;
        unwritten ??= error;
      }
    }
  }
  if (unwritten === undefined) return exitCodeOf(report);
  if (options.outputs.every(({ file }) => file !== null))
    io.stdout(renderReport(report, 'text', textOptions(options, io, 'stdout')));
  throw unwritten;
}

function appendStepSummary(report: Report, io: CommandIo): void {
  const file = io.env['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '') writeOutputFile(file, renderStepSummary(report), 'append');
}

/** A refusal is a result: formats other than text get it as a report, and standard error gets it in words. */
function failed(command: Command, options: CommonOptions, io: CommandIo, error: unknown): never {
  if (error instanceof RefitError) {
    const report = makeReport({
      command: command.name,
      repo: (command.positional ?? options.cwd).split('/').at(-1) ?? '',
      versions: { refit: readVersion() },
      outcome: outcomeOfError(error),
    });
    const machine = options.outputs.filter(({ format }) => format !== 'text');
    if (machine.length > 0) deliver(report, { ...options, outputs: machine }, io);
  }
  throw error;
}

function tell(answer: TextAnswer, options: CommonOptions, io: CommandIo): number {
  for (const { format, file } of options.outputs) {
    const text = format === 'json' ? `${JSON.stringify(answer.json, null, 2)}\n` : answer.text;
    if (file === null) io.stdout(text);
    else writeOutputFile(resolve(options.cwd, file), text);
  }
  return EXIT.ok;
}
