import yargs from 'yargs';
import { COMMANDS, type OptionDefinition, usageOf } from './definitions.ts';

/** What is printed for `--help`, for all or for one command, and for `completion`. */
export async function renderHelp(words: readonly string[]): Promise<string> {
  const parser = yargs([...words])
    .scriptName('refit')
    .usage('$0 <command> [repo]\n\nPlan, preview, prove, apply and roll back repository migrations.')
    .parserConfiguration({ 'camel-case-expansion': false, 'parse-positional-numbers': false, 'strip-aliased': true })
    .exitProcess(false)
    .version(false)
    .option('version', { type: 'boolean', describe: 'print the version' })
    .help()
    .wrap(100)
    .completion('completion', 'print a shell completion script');
  for (const command of COMMANDS) {
    const { positional, second, describe, options } = command;
    parser.command(usageOf(command).replace('refit ', ''), describe, (builder) => {
      for (const place of [positional, second].filter((one) => one !== undefined))
        builder.positional(place.name, { type: 'string', describe: place.describe });
      for (const option of options) builder.option(option.name, yargsOption(option));
      return builder;
    });
  }
  let text = '';
  await parser.parseAsync([...words], {}, (_error, _argv, output) => {
    text = output;
  });
  return text;
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
