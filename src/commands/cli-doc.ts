import { COMMANDS, type CommandDefinition, type OptionDefinition, usageOf } from './definitions.ts';

const EXIT_CODES = `| Exit | Meaning |
| --- | --- |
| 0 | done, or nothing to do |
| 1 | a fault of the tool, a step or the environment |
| 2 | changes pending: \`plan --exit-code\`, and \`check\` on an unmigrated repository |
| 3 | a check failed at or above the threshold |
| 4 | refused: not a target, dirty tree, stale plan, locked, code that is not trusted; nothing was written |
| 5 | needs a person: done as far as is safe and at least one \`todo\` note remains; \`plan\` says so only with \`--exit-code\` |
| 6 | incomplete: a required check could not run. Never green |
| 129, 130, 143 | interrupted by SIGHUP, SIGINT, SIGTERM: \`apply\` is undone first, a \`rollback\` that has begun is finished first |

Where several hold, the first in the order 1, 4, 2, 3, 6, 5. No output or format option changes a result or an exit code; the same fact is in the JSON.`;

/** The text of docs/cli.md, made from the command definitions. */
export function renderCliDoc(): string {
  const commands = COMMANDS.map(renderCommand).join('\n');
  return `# The command line\n\nMade from the command definitions: \`UPDATE_DOCS=1 npx vitest run test/commands/cli-doc.test.ts\`.\n\n${commands}\n## Exit codes\n\n${EXIT_CODES}\n`;
}

function renderCommand(command: CommandDefinition): string {
  const place = command.positional;
  const meaning = [place, command.second].flatMap((one) =>
    one === undefined ? [] : ` \`${one.name}\`: ${one.describe}.`,
  );
  const intro = `## ${usageOf(command)}\n\n${sentence(command.describe)}${meaning.join('')}\n`;
  return `${intro}\n| Option | Meaning |\n| --- | --- |\n${command.options.map(renderOption).join('\n')}\n`;
}

function renderOption(option: OptionDefinition): string {
  const value = option.choices?.join('\\|') ?? option.placeholder ?? '';
  const shown =
    option.type === 'boolean' || value === '' ? '' : option.bare === undefined ? ` ${value}` : `[=${value}]`;
  const alias = option.alias === undefined ? '' : `, \`-${option.alias}\``;
  const fallback =
    option.default === undefined || option.default === false ? '' : ` (default: ${String(option.default)})`;
  return `| \`--${option.name}${shown}\`${alias} | ${option.describe}${fallback} |`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
