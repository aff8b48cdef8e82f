import { parseArgs } from 'node:util';
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
      readonly second: string | undefined;
      readonly options: Readonly<Record<string, OptionValue>>;
    };

/**
 * Turns words of the command line into a command and its options.
 * @throws RefitError for an unknown command, option or value, with the nearest known name.
 */
export async function parseCommandLine(words: readonly string[]): Promise<ParsedCommandLine> {
  const name = words.find((word) => !word.startsWith('-'));
  const command = COMMANDS.find((definition) => definition.name === name);
  const completes = words[0] === '--get-yargs-completions' || name === 'completion';
  if (name !== undefined && !completes && command === undefined) {
    const { message, hint } = unknownName('command', name, names());
    throw new RefitError(message, { hint });
  }
  if (completes || wantsHelp(words)) {
    // Only what it is needed for: loading yargs takes longer than planning a small checkout.
    const { renderHelp } = await import('./help-text.ts');
    return { kind: 'text', text: await renderHelp(words) };
  }
  if (command === undefined)
    throw new RefitError('no command given', { hint: `commands: ${names().join(', ')}; refit --help` });
  return readCommand(command, words);
}

function names(): readonly string[] {
  return COMMANDS.map((command) => command.name);
}

function wantsHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes('--help');
}

type Token = NonNullable<ReturnType<typeof tokensOf>>[number];
type OptionToken = Extract<Token, { kind: 'option' }>;

function tokensOf(command: CommandDefinition, words: readonly string[]) {
  const options = command.options.map(({ name, type, alias }) => {
    const kind = type === 'boolean' ? ('boolean' as const) : ('string' as const);
    return [name, { type: kind, ...(alias === undefined ? {} : { short: alias }) }] as const;
  });
  const { tokens } = parseArgs({
    args: fillBareOptions(command, words),
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

function readCommand(command: CommandDefinition, words: readonly string[]): ParsedCommandLine {
  const given = new Map<string, (string | boolean)[]>();
  const positionals: string[] = [];
  for (const token of tokensOf(command, words)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option' || token.rawName === '--version') continue;
    const { option, negated } = optionNamed(command, token);
    const values = given.get(option.name) ?? [];
    values.push(option.type === 'boolean' ? switchOf(token, !negated) : textOf(option, token));
    given.set(option.name, values);
  }
  const options = command.options.map((option) => [option.name, settle(option, given.get(option.name) ?? [])]);
  const { positional, second } = takePositionals(command, positionals.slice(1));
  return { kind: 'command', name: command.name, positional, second, options: Object.fromEntries(options) };
}

function takePositionals(
  { name, positional, second }: CommandDefinition,
  words: readonly string[],
): { readonly positional: string | undefined; readonly second: string | undefined } {
  const wanted = [positional, second].filter((one) => one !== undefined);
  const extra = words.slice(wanted.length);
  if (extra.length > 0) {
    const takes = second
      ? 'two words'
      : !positional
        ? 'nothing'
        : positional.name === 'repo'
          ? 'one folder at most'
          : 'one name';
    throw new RefitError(`${name} takes ${takes}; also given: ${extra.join(', ')}`);
  }
  const missing = positional?.required === true ? wanted[words.length] : undefined;
  if (missing !== undefined)
    throw new RefitError(`${name} needs ${missing === positional ? 'a name' : `the ${missing.name} too`}`, {
      hint: `refit ${name} ${wanted.map((one) => `<${one.name}>`).join(' ')}: ${missing.describe}`,
    });
  const [first] = words;
  if (first !== undefined && positional?.choices !== undefined && !positional.choices.includes(first)) {
    const { message, hint } = unknownName(`kind of thing to make`, first, positional.choices);
    throw new RefitError(message, { hint });
  }
  return { positional: first, second: words[1] };
}

function optionNamed(
  command: CommandDefinition,
  { name, rawName }: OptionToken,
): { readonly option: OptionDefinition; readonly negated: boolean } {
  const find = (wanted: string) => command.options.find((option) => option.name === wanted);
  const bare = rawName.startsWith('--no-') ? rawName.slice('--no-'.length) : null;
  const positive = bare === null ? undefined : find(bare);
  if (positive?.type === 'boolean') return { option: positive, negated: true };
  const option = find(name);
  if (option !== undefined) return { option, negated: false };
  const known = command.options.map((one) => one.name);
  const { message, hint } = unknownName(`option of ${command.name}`, bare ?? name, known);
  throw new RefitError(message, { hint: hint.replace('did you mean ', 'did you mean --') });
}

function switchOf({ rawName, value }: OptionToken, given: boolean): boolean {
  if (value === undefined || value === 'true') return given;
  if (value === 'false') return !given;
  throw new RefitError(`${rawName} is on or off and takes no value, got ${JSON.stringify(value)}`);
}

function textOf(option: OptionDefinition, { value, inlineValue }: OptionToken): string {
  // A word that looks like an option is one: `--out --patch p` has forgotten the file.
  if (value === undefined || (inlineValue !== true && /^-./.test(value)))
    throw new RefitError(`--${option.name} needs a value`, {
      hint: `--${option.name}=${option.placeholder ?? 'VALUE'}`,
    });
  if (option.choices !== undefined && !option.choices.includes(value)) {
    const { message, hint } = unknownName(`value of --${option.name}`, value, option.choices);
    throw new RefitError(message, { hint });
  }
  return value;
}

function settle(option: OptionDefinition, values: readonly (string | boolean)[]): OptionValue {
  if (option.repeat === true) return values.map(String);
  if (values.length > 1)
    throw new RefitError(`--${option.name} is given ${values.length} times`, { hint: 'give it once' });
  const [value] = values;
  if (value === undefined) return option.default;
  if (option.type !== 'number') return value;
  const seconds = String(value).trim() === '' ? Number.NaN : Number(value);
  if (!(seconds >= 0)) throw new RefitError(`--${option.name} needs a number of seconds, got ${JSON.stringify(value)}`);
  return seconds;
}

/** `--commit` alone means `--commit=run`: without this the folder after it would be taken as its value. */
function fillBareOptions(command: CommandDefinition, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const option = end === -1 || index < end ? command.options.find(({ name }) => word === `--${name}`) : undefined;
    return option?.bare === undefined ? word : `${word}=${option.bare}`;
  });
}
