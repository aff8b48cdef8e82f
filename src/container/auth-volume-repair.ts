/** The command that hands over a volume, as a container prints it or a document tells it. Pure. */
import { splitCommands } from '../editors/shell-words.ts';
import { BASE_CONTRACT } from './base-contract.ts';

/** What of a printed command is carried out: chown with these arguments, on the volume of the run and nothing else. */
export interface Repair {
  /** As printed. */
  readonly text: string;
  /** After the name of the image: `-R claude:claude /home/claude/.claude`. */
  readonly args: readonly string[];
}

const OWNER = /^[\w.-]*:?[\w.-]+:?$/;

/**
 * The first `docker run … chown …` in a text that hands over the folder of the login, or null. Text of a container may say
 * anything, so only a command of exactly that shape is taken, and it is never given to a shell.
 */
export function findRepair(text: string): Repair | null {
  for (const line of text.split('\n')) {
    const at = line.search(/\b(?:docker|podman)\s+run\s/);
    const [command] = at === -1 ? [] : splitCommands(line.slice(at).replace(/[`]\s*$/, ''));
    const args = command === undefined ? null : argumentsOf(command.words.slice(2).map(({ value }) => value));
    if (args !== null) return { text: line.slice(at).trim(), args };
  }
  return null;
}

function argumentsOf(words: readonly string[]): readonly string[] | null {
  let entrypoint = '';
  let target = '';
  let at = 0;
  for (; at < words.length; at += 1) {
    const word = words[at] as string;
    if (!word.startsWith('-')) break;
    const [flag = '', joined] = word.split(/=(.*)/s);
    if (flag === '--rm' || flag === '-it' || flag === '-ti') continue;
    if (!['--user', '-u', '--entrypoint', '--volume', '-v', '--network'].includes(flag)) return null;
    const value = joined ?? words[at + 1] ?? '';
    if (joined === undefined) at += 1;
    if (flag === '--entrypoint') entrypoint = value;
    if (flag === '-v' || flag === '--volume') target = value.split(':')[1] ?? '';
  }
  const rest = words.slice(at + 1);
  const args = entrypoint === '' && rest[0] === 'chown' ? rest.slice(1) : rest;
  const chown = entrypoint === 'chown' || (entrypoint === '' && rest[0] === 'chown');
  const [folder = '', owner = '', ...flags] = args.toReversed();
  const known =
    folder.replace(/\/$/, '') === BASE_CONTRACT.authFolder && target.replace(/\/$/, '') === BASE_CONTRACT.authFolder;
  const plain = flags.every((flag) => ['-R', '-v', '-Rv', '--recursive'].includes(flag));
  return chown && known && plain && OWNER.test(owner) ? args : null;
}
