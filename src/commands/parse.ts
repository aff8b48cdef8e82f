import yargs from 'yargs';
import { RefitError } from '../base/errors.ts';
import { unknownName } from '../base/nearest.ts';
import { COMMANDS, type CommandDefinition, type OptionDefinition } from './definitions.ts';

/** A value of an option as parsed: repeatable ones are lists. */
export type OptionValue = string | number | boolean | readonly string[] | undefined;

export type ParsedCommandLine =
  /** Help or completion text, to be printed as it is. */
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly name: string;
      readonly positional: string | undefined;
      readonly options: Readonly<Record<string, OptionValue>>;
    };

/**
 * Turns words of the command line into a command and its options.
 * @throws RefitError for an unknown command, option or value, with the nearest known name.
 */
export async function parseCommandLine(words: readonly string[]): Promise<ParsedCommandLine> {
  const argv = fillBareOptions(words);
  // The parser lays out its whole help text before every command, wanted or not: what is hidden costs it nothing.
  const hidden = !argv.some((word) => /help|complet/.test(word));
  let chosen: ParsedCommandLine | undefined;
  const parser = yargs([...argv])
    .scriptName('refit')
    .usage('$0 <command> [repo]\n\nPlan, preview, prove, apply and roll back repository migrations.')
    .parserConfiguration({ 'camel-case-expansion': false, 'parse-positional-numbers': false, 'strip-aliased': true })
    .exitProcess(false)
    .version(false)
    .option('version', { type: 'boolean', describe: 'print the version' })
    .help()
    .wrap(100)
    .completion('completion', 'print a shell completion script')
    .fail((message, error) => {
      throw error ?? new RefitError(message);
    });
  for (const definition of COMMANDS) {
    const words = definition.positional;
    const place = words === undefined ? '' : words.required ? ` <${words.name}>` : ` [${words.name}]`;
    parser.command(
      `${definition.name}${place}`,
      definition.describe,
      (builder) => {
        if (words !== undefined) builder.positional(words.name, { type: 'string', describe: words.describe, hidden });
        for (const option of definition.options) builder.option(option.name, { ...yargsOption(option), hidden });
        return builder;
      },
      (parsed) => {
        chosen = readCommand(definition, parsed);
      },
    );
  }
  const help = await captureHelp(parser, argv);
  if (help !== undefined) return { kind: 'text', text: help };
  if (chosen === undefined)
    throw new RefitError('no command given', { hint: `commands: ${names().join(', ')}; refit --help` });
  return chosen;
}

function names(): readonly string[] {
  return COMMANDS.map((command) => command.name);
}

async function captureHelp(parser: ReturnType<typeof yargs>, argv: readonly string[]): Promise<string | undefined> {
  const first = argv.find((word) => !word.startsWith('-'));
  if (first !== undefined && first !== 'completion' && !names().includes(first)) {
    const { message, hint } = unknownName('command', first, names());
    throw new RefitError(message, { hint });
  }
  const command = COMMANDS.find((definition) => definition.name === first);
  if (command !== undefined) refuseUnknownOptions(command, argv);
  let text: string | undefined;
  await parser.parseAsync([...argv], {}, (_error, _argv, output) => {
    if (output !== '') text = output;
  });
  return text;
}

function refuseUnknownOptions(command: CommandDefinition, argv: readonly string[]): void {
  const known = new Set([
    'help',
    'version',
    ...command.options.flatMap((option) => [option.name, ...(option.alias === undefined ? [] : [option.alias])]),
  ]);
  for (const word of argv) {
    if (word === '--') return;
    const name = /^--?(?:no-)?([a-zA-Z][\w-]*)/.exec(word)?.[1];
    if (name === undefined || known.has(name)) continue;
    if (/^--no-/.test(word) && known.has(`no-${name}`)) continue;
    if (/^-[a-z]{2,}$/.test(word) && [...word.slice(1)].every((letter) => known.has(letter))) continue;
    const options = command.options.map((option) => option.name);
    const { message, hint } = unknownName(`option of ${command.name}`, name, options);
    throw new RefitError(message, { hint: hint.replace('did you mean ', 'did you mean --') });
  }
}

function yargsOption(option: OptionDefinition) {
  return {
    type: option.type,
    describe: option.describe,
    requiresArg: option.type !== 'boolean',
    ...(option.alias === undefined ? {} : { alias: option.alias }),
    ...(option.repeat === true ? { array: true, nargs: 1 } : {}),
    ...(option.choices === undefined ? {} : { choices: option.choices }),
    ...(option.default === undefined ? {} : { default: option.default }),
  } as const;
}

function readCommand(definition: CommandDefinition, parsed: Readonly<Record<string, unknown>>): ParsedCommandLine {
  const options: Record<string, OptionValue> = {};
  for (const option of definition.options) {
    const value = parsed[option.name];
    if (Array.isArray(value) && option.repeat !== true) {
      throw new RefitError(`--${option.name} is given ${value.length} times`, { hint: 'give it once' });
    }
    if (option.type === 'number' && value !== undefined && (typeof value !== 'number' || !(value >= 0))) {
      throw new RefitError(`--${option.name} needs a number of seconds, got ${JSON.stringify(value)}`);
    }
    options[option.name] = option.repeat === true ? ((value ?? []) as readonly string[]) : (value as OptionValue);
  }
  // A folder after `--` is not taken as the positional by the parser, and is one all the same.
  const given = definition.positional === undefined ? undefined : parsed[definition.positional.name];
  const rest = (parsed['_'] as readonly unknown[]).slice(1);
  const [positional, ...extra] = given === undefined && definition.positional !== undefined ? rest : [given, ...rest];
  if (extra.length > 0)
    throw new RefitError(`${definition.name} takes one folder at most; also given: ${extra.map(String).join(', ')}`);
  return {
    kind: 'command',
    name: definition.name,
    positional: positional === undefined ? undefined : String(positional),
    options,
  };
}

/** `--commit` alone means `--commit=run`: without this the parser would take the folder after it as its value. */
function fillBareOptions(words: readonly string[]): readonly string[] {
  const bare = new Map(
    COMMANDS.flatMap((command) => command.options).flatMap((option) =>
      option.bare === undefined ? [] : [[`--${option.name}`, option.bare]],
    ),
  );
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const value = end === -1 || index < end ? bare.get(word) : undefined;
    return value === undefined ? word : `${word}=${value}`;
  });
}
