/** The `pip install` commands of a Dockerfile and of the scripts that run at start. Pure. */
import type { RepoPath } from '../../base/repo-path.ts';
import { lineOfCommand } from '../../editors/dockerfile.ts';
import type { ShellCommand, ShellWord } from '../../editors/shell-words.ts';
import type { JudgedDockerfile } from './dockerfile.ts';
import { isPipInstall } from './pip.ts';
import type { ImageStart } from './start.ts';

/** One `pip install`. */
export interface PipInstall {
  /** The Dockerfile, or a script. */
  readonly path: RepoPath;
  /** What the offsets of the command count in: the text of the RUN, or of the script. */
  readonly text: string;
  readonly command: ShellCommand;
  /** Line of `path`. */
  readonly line: number;
  /** The packages that it names itself. */
  readonly packages: readonly ShellWord[];
  /** The values of its `-r` options, as written. */
  readonly files: readonly string[];
  /** The values of its `-c` options, as written. */
  readonly constraints: readonly string[];
}

const VALUED =
  /^(?:-r|-c|-i|-f|-t|-p|--requirements?|--constraints?|--index-url|--extra-index-url|--find-links|--target|--prefix|--python|--root|--trusted-host|--cache-dir|--timeout|--retries|--proxy|--platform|--index-strategy)$/;

/** The `pip install` commands of all RUN lines, then those of the scripts that the image runs at start, in order. */
export function pipInstalls(judged: JudgedDockerfile, start: ImageStart | null): readonly PipInstall[] {
  const { path } = judged;
  const inRuns = judged.runs.flatMap((run) =>
    run.commands.flatMap((command) =>
      readInstall({ path, text: run.text, command, line: lineOfCommand(run, command.start, judged.text) }),
    ),
  );
  const inScripts = (start?.scripts ?? []).flatMap((script) =>
    (script.shell?.commands ?? []).flatMap(({ command, line }) =>
      readInstall({ path: script.path, text: script.text, command, line: script.firstLine + line - 1 }),
    ),
  );
  return [...inRuns, ...inScripts];
}

function readInstall(place: Pick<PipInstall, 'path' | 'text' | 'command' | 'line'>): readonly PipInstall[] {
  const { command } = place;
  const words = command.words.filter(({ value }) => value !== 'sudo');
  if (!isPipInstall(words.map(({ value }) => value))) return [];
  const packages: ShellWord[] = [];
  const files: string[] = [];
  const constraints: string[] = [];
  for (let at = words.findIndex(({ value }) => value === 'install') + 1; at < words.length; at += 1) {
    const word = words[at] as ShellWord;
    const joined = /^(?:--requirements?=|-r(?=[^\s]))(.+)$/.exec(word.value);
    const bounds = /^(?:--constraints?=|-c(?=[^\s]))(.+)$/.exec(word.value);
    if (joined?.[1] !== undefined) files.push(joined[1]);
    else if (bounds?.[1] !== undefined) constraints.push(bounds[1]);
    else if (VALUED.test(word.value)) {
      const value = words[at + 1]?.value ?? '';
      if (/^(?:-r|--requirements?)$/.test(word.value)) files.push(value);
      if (/^(?:-c|--constraints?)$/.test(word.value)) constraints.push(value);
      at += 1;
    } else if (!word.value.startsWith('-')) packages.push(word);
  }
  return [{ ...place, packages, files, constraints }];
}
