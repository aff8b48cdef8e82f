/** Pure: what single instructions say, variables put in. */
import { lexShell, splitCommands } from '../shell-words.ts';
import type { Expansion } from './expand.ts';
import type { DockerfileInstruction, DockerfileWord } from './model.ts';
import type { CopyInstruction, DockerfileHealthcheck, DockerfileVariable, ImageCommand } from './stage-model.ts';

/** Cuts `NAME=value`; `raw` is null without an `=`. */
export function splitAssignment(word: string): { readonly name: string; readonly raw: string | null } {
  const equals = word.indexOf('=');
  return equals === -1 ? { name: word, raw: null } : { name: word.slice(0, equals), raw: word.slice(equals + 1) };
}

export function readPairs(
  words: readonly DockerfileWord[],
  whole: string,
  value: (text: string) => Expansion,
  line: number,
): readonly DockerfileVariable[] {
  const first = words[0]?.text ?? '';
  if (!first.includes('=')) {
    const raw = whole.slice(first.length).trim();
    const { text, open } = value(raw);
    return [{ name: first, value: text, raw, open, line }];
  }
  return words.map(({ text }) => {
    const { name, raw } = splitAssignment(text);
    const given = value(raw ?? '');
    return { name: name.replace(/^["']|["']$/g, ''), value: given.text, raw: raw ?? '', open: given.open, line };
  });
}

export function readCopy(
  keyword: 'COPY' | 'ADD',
  instruction: DockerfileInstruction,
  value: (text: string) => Expansion,
  workdir: string,
): CopyInstruction {
  const all = instruction.words.map(({ text }) => value(text).text);
  const written = all.at(-1) ?? '';
  const sources = all.slice(0, -1);
  const flag = (name: string): string | null => {
    const found = instruction.flags.find((one) => one.name === name)?.value;
    return found === undefined || found === null ? null : value(found).text;
  };
  return {
    keyword,
    sources,
    written,
    destination: resolveImagePath(workdir, written),
    toFolder: /(?:^|\/)\.{0,2}$/.test(written) || sources.length > 1,
    chown: flag('chown'),
    chmod: flag('chmod'),
    from: flag('from'),
    inline: instruction.heredocs.length > 0,
    line: instruction.line,
    instruction,
  };
}

export function readCommand(instruction: DockerfileInstruction): ImageCommand {
  const { form, line } = instruction;
  const words = instruction.words.map(({ text }) => text);
  if (form === 'json') return { form, words, commands: [], text: words.join(' '), line, instruction };
  return { ...shellCommand(instruction.args.text), line, instruction };
}

function shellCommand(text: string): Pick<ImageCommand, 'form' | 'words' | 'commands' | 'text'> {
  const words = lexShell(text).map((token) => (token.kind === 'word' ? token.value : token.text));
  return { form: 'shell', words, commands: splitCommands(text), text };
}

export function readHealthcheck(instruction: DockerfileInstruction): DockerfileHealthcheck {
  const command = readCommand(instruction);
  const { flags } = instruction;
  if (/^none$/i.test(instruction.args.text)) return { ...command, kind: 'none', words: [], commands: [], flags };
  const shell = instruction.form === 'shell' ? shellCommand(command.text.replace(/^CMD\s+/i, '')) : {};
  return { ...command, ...shell, kind: 'command', flags };
}

/** `path` as written in the image, absolute, `.` and `..` resolved, no slash at the end. */
export function resolveImagePath(workdir: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : `${workdir}/`}${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
