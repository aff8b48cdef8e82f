import { splitCommands } from '../../src/authoring.ts';

/** What a shell script is for, as far as its commands tell. */
export type ScriptPurpose =
  /** It logs in to Claude through the container and does nothing else. */
  | { readonly kind: 'login-only' }
  /** It logs in, and also runs what the words name. */
  | { readonly kind: 'mixed'; readonly also: string }
  | { readonly kind: 'other' };

/** Programs that only talk, wait, test or look: they give a script no purpose of its own. */
const TALK = new Set(
  `echo printf read sleep exit return set cd test [ [[ true false : local declare export unset shift trap clear tput command which type
  hash grep egrep awk sed cut head tail tr wc sort uniq cat jq date wait open xdg-open for case while function source . basename dirname pwd
  sudo`.split(/\s+/),
);
/** Programs that count as part of a login only when they work on Claude's own files. */
const FILE_TOOLS = new Set(['cp', 'mv', 'rm', 'mkdir', 'chmod', 'chown', 'ln', 'touch', 'ls']);
const LOOKING_AT_CONTAINERS = /^(ps|inspect|logs|container|info|version|up|start|restart|exec|cp|compose)$/;
const LOGIN = /(^|[\s/"';&|])(claude(-code)?\s+(login|\/login|auth\b)|claude-auth(\s|$|["']))/;

/**
 * Tells what a shell script is for, by its commands. `claude setup-token` is not a login of the removed kind: a script
 * that runs it is `other`.
 */
export function scriptPurpose(text: string): ScriptPurpose {
  const commands = splitCommands(text.replace(/^\s*#.*$/gm, ''));
  const functions = new Set([...text.matchAll(/^\s*(?:function\s+)?([\w-]+)\s*\(\)/gm)].map((match) => match[1]));
  let login = false;
  let also: string | undefined;
  for (const command of commands) {
    const words = command.words.map((word) => word.value).filter((word) => word !== 'sudo');
    const name = words[0]?.split('/').at(-1);
    if (name === undefined || functions.has(name)) continue;
    const line = words.join(' ');
    if (/\bsetup-token\b/.test(line) && !TALK.has(name)) return { kind: 'other' };
    if (isLogin(name, words, line)) login = true;
    else if (!isHarmless(name, words, line)) also ??= line.length > 60 ? `${line.slice(0, 60)}…` : line;
  }
  if (!login) return { kind: 'other' };
  return also === undefined ? { kind: 'login-only' } : { kind: 'mixed', also };
}

function isLogin(name: string, words: readonly string[], line: string): boolean {
  if (TALK.has(name)) return false;
  if (LOGIN.test(line)) return true;
  // `docker exec -it NAME claude`, `docker compose exec litellm claude`: the program alone opens its own login.
  return (
    isContainerTool(name) && words.includes('exec') && /^claude(-code)?$/.test(words.at(-1)?.split('/').at(-1) ?? '')
  );
}

function isHarmless(name: string, words: readonly string[], line: string): boolean {
  if (TALK.has(name)) return true;
  if (FILE_TOOLS.has(name)) return /\.claude(\b|_|\/|\.json)|credentials/.test(line);
  if (name === 'curl' || name === 'wget') return /\/auth(\/status)?(["'\s]|$)/.test(line);
  if (name === 'claude') return words.length === 1 || words.includes('--version');
  return (
    isContainerTool(name) &&
    words.slice(1).every((word, index) => index > 0 || LOOKING_AT_CONTAINERS.test(word) || word.startsWith('-')) &&
    !words.includes('build')
  );
}

function isContainerTool(name: string): boolean {
  return name === 'docker' || name === 'docker-compose' || name === 'podman' || name === 'podman-compose';
}
