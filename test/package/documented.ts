/** A file that a document says to write, or a command with what it prints. */
export type DocumentedAct =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: string; readonly output: string };

/**
 * What a document tells its reader to do, in order: a fenced block below a line that is nothing but a path in backticks and a colon
 * is that file, one of the language `console` holds commands after `$ ` and what each prints.
 */
export function readActs(markdown: string): readonly DocumentedAct[] {
  const acts: DocumentedAct[] = [];
  for (const [, path, language, text = ''] of markdown.matchAll(/(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (path !== undefined) acts.push({ kind: 'file', path, text });
    else if (language === 'console') acts.push(...commandsOf(text));
  }
  return acts;
}

function commandsOf(text: string): readonly DocumentedAct[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n');
      return { kind: 'command', line: part.slice(0, end), output: part.slice(end + 1) };
    });
}

/** Matches output as a document shows it: `RUN` is the id of any run, a line `…` any lines. */
export function outputPattern(shown: string): RegExp {
  const escaped = shown
    .split('\n')
    .map((line) => line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('RUN', '\\d{8}-\\d{9}-[0-9a-f]{6}'));
  return new RegExp(`^${escaped.join('\n').replaceAll(/^…\n/gm, '(?:.*\\n)*?')}$`);
}
