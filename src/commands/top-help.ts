import { COMMANDS, usageOf } from './definitions.ts';

const WIDTH = 100;

/**
 * The text of `refit --help`, the same that the parser would print: loading the parser for it takes several times as
 * long as saying it.
 */
export function renderTopHelp(): string {
  const completion = { usage: 'refit completion', describe: 'print a shell completion script' };
  const commands = [completion, ...COMMANDS.map((one) => ({ usage: usageOf(one), describe: one.describe }))];
  const left = Math.max(...commands.map(({ usage }) => usage.length)) + 4;
  return `refit <command> [repo]

Plan, preview, prove, apply and roll back repository migrations.

Commands:
${commands.flatMap(({ usage, describe }) => layOut(usage, describe, left)).join('\n')}

Options:
${optionLine('--version', 'print the version')}
${optionLine('--help', 'Show help')}`;
}

function layOut(usage: string, describe: string, left: number): readonly string[] {
  const lines = [''];
  for (const word of describe.split(' ')) {
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (longer.length <= WIDTH - left) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line, index) => `${(index === 0 ? `  ${usage}` : '').padEnd(left)}${line}`);
}

function optionLine(name: string, describe: string): string {
  const start = `  ${name.padEnd('--version'.length)}  ${describe}`;
  return `${start}${'[boolean]'.padStart(WIDTH - start.length)}`;
}
