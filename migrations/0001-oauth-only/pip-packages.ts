import {
  lineOfCommand,
  type RunInstruction,
  readRequirements,
  type ShellCommand,
  type ShellWord,
} from '../../src/authoring.ts';
import { isPipInstall } from './old-dockerfile.ts';

/** A package that the old image installed outside its requirements file. */
export interface HandPackage {
  /** One line of a requirements file. */
  readonly requirement: string;
  /** Normalised name, null for a URL that names none. */
  readonly name: string | null;
  /** Line of the Dockerfile. */
  readonly line: number;
  /** Written without quotes, so that the shell took its bound for a redirection. */
  readonly unquoted: boolean;
  readonly url: boolean;
}

export interface HandPackages {
  readonly packages: readonly HandPackage[];
  /** What was installed that cannot go into a requirements file as it is. */
  readonly left: readonly { readonly text: string; readonly line: number }[];
}

const WITH_VALUE = new Set(
  `-r --requirement -c --constraint -i --index-url --extra-index-url -t --target -f --find-links --trusted-host --cache-dir --timeout --retries
  --root-user-action --prefix --python --progress-bar --proxy --cert`.split(/\s+/),
);
/** Tools that install others; the new image brings its own. */
const INSTALLERS = new Set([
  'pip',
  'setuptools',
  'wheel',
  'uv',
  'pip-tools',
  'poetry',
  'pdm',
  'pipenv',
  'hatch',
  'build',
]);

/** Lists what RUN instructions install with pip by name or URL. */
export function packagesByHand(runs: readonly RunInstruction[], dockerfile: string): HandPackages {
  const packages: HandPackage[] = [];
  const left: { text: string; line: number }[] = [];
  for (const run of runs) {
    for (const command of run.commands) {
      if (!isPipInstall(command.words.map(({ value }) => value))) continue;
      for (const argument of argumentsOf(command, run.text)) {
        const line = lineOfCommand(run, argument.start, dockerfile);
        const [one, ...others] = readRequirements(argument.text).requirements;
        const isLocal = one?.name === null && !/^(?:git\+|https?:)/.test(argument.text);
        if (one === undefined || others.length > 0 || isLocal || one.editable || argument.text.includes('$')) {
          if (!INSTALLERS.has(nameIn(argument.text))) left.push({ text: argument.text, line });
        } else if (!INSTALLERS.has(one.name ?? '')) {
          packages.push({
            requirement: argument.text,
            name: one.name,
            line,
            unquoted: argument.unquoted,
            url: one.url !== null,
          });
        }
      }
    }
  }
  return { packages, left };
}

/** The name that a requirement begins with, also where its version is a variable. */
const nameIn = (text: string): string => /^[A-Za-z][\w.-]*/.exec(text)?.[0].toLowerCase() ?? '';

interface PipArgument {
  readonly text: string;
  readonly start: number;
  readonly unquoted: boolean;
}

/** The words after `install` that are no options, each with the redirections that touch it. */
function argumentsOf(command: ShellCommand, run: string): readonly PipArgument[] {
  const { words, redirections } = command;
  const found: PipArgument[] = [];
  let at = words.findIndex(({ value }) => value === 'install') + 1;
  while (at < words.length) {
    const word = words[at] as ShellWord;
    if (word.value === '-e' || word.value === '--editable') {
      found.push({ text: `-e ${words[at + 1]?.value ?? ''}`, start: word.start, unquoted: false });
      at += 2;
    } else if (word.value.startsWith('-')) {
      at += WITH_VALUE.has(word.value) ? 2 : 1;
    } else {
      let end = word.end;
      for (const one of redirections) if (one.start === end && /^[<>]/.test(one.operator)) end = one.end;
      found.push({ text: word.value + run.slice(word.end, end), start: word.start, unquoted: end > word.end });
      at += 1;
    }
  }
  return found;
}
