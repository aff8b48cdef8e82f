/**
 * How sure a mention is. `hard`: it names what the migration removes, so it is wrong wherever it stands. `soft`: a way
 * to log in that a document may still choose once it describes the token. `weak`: wrong only beside one of the others.
 */
export type MentionStrength = 'hard' | 'soft' | 'weak';

export type MentionKind =
  | 'web-page'
  | 'removed-module'
  | 'removed-file'
  | 'root-path'
  | 'struck'
  | 'cli-login'
  | 'session-variable'
  | 'web-login'
  | 'websocket'
  | 'persistence';

/** Text about the old login, with its place in UTF-16 code units. */
export interface AuthMention {
  readonly kind: MentionKind;
  readonly strength: MentionStrength;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Whether the repository, as it is now, no longer holds a file or folder of this name or path. */
export type IsGone = (path: string) => boolean;

interface Rule {
  readonly kind: MentionKind;
  readonly strength: MentionStrength;
  readonly pattern: RegExp;
  readonly holds?: (match: RegExpExecArray, text: string, isGone: IsGone) => boolean;
}

/** A step or two from the shell of the container to the bare command, which asks for the login. */
const BARE_CLAUDE_SOON = /^`[^\n`]*(?:\n[^\n`]*){0,3}`claude`/;
const SHELL_JUST_BEFORE =
  /`(?:docker|podman|nerdctl)[^\n`]*[ \t]exec\b[^\n`]*[ \t/](?:ba|z)?sh`[^\n`]*(?:\n[^\n`]*){0,3}`$/;

const RULES: readonly Rule[] = [
  {
    kind: 'web-page',
    strength: 'hard',
    pattern:
      /\/auth(?:\/(?:status|ws|websocket|start|login|logout|callback|terminal|complete|submit|check|\*))?\/?(?![\w\-*]|\/\w|\.\w)/g,
    holds: (match, text) => startsOwnPath(text.slice(Math.max(0, match.index - 120), match.index)),
  },
  {
    kind: 'removed-module',
    strength: 'hard',
    pattern: /\b(?:auth_integration(?:\.py)?|add_auth_routes(?:\(\))?)(?!\w)/g,
  },
  {
    kind: 'removed-file',
    strength: 'hard',
    pattern: /(?<![\w/.$-])(?:\.{0,2}\/)?(?:[\w.-]+\/)*[\w.-]*(?:auth|login)[\w.-]*\.(?:sh|bash|py)\b/gi,
    holds: (match, _text, isGone) => /\.(?:sh|bash)$|scripts\//i.test(match[0]) && isGone(match[0]),
  },
  {
    kind: 'removed-file',
    strength: 'hard',
    pattern: /(?<![\w-])(?:\.\/)?simple-oauth(?![\w-])(?:\/[\w./-]*\w)?\/?/g,
    holds: (_match, _text, isGone) => isGone('simple-oauth'),
  },
  { kind: 'root-path', strength: 'hard', pattern: /\/root\/\.claude(?:[\w-]|\.\w)*(?:\/[\w./-]*[\w/])?/g },
  {
    kind: 'cli-login',
    strength: 'soft',
    pattern:
      /\b(?:docker|podman|nerdctl)(?:[- ]compose)?(?:[ \t]+-\S+(?:[ \t]+\S+\.ya?ml)?)*[ \t]+exec\b([^\r\n`|;&]*)/g,
    holds: (match) => isLoginCommand(commandInContainer(match[1] ?? '')),
  },
  {
    kind: 'cli-login',
    strength: 'soft',
    pattern: /(?<=`)(?:docker|podman|nerdctl)(?:[- ]compose)?[ \t]+exec\b[^\r\n`|;&]*[ \t/](?:ba|z)?sh(?=`)/g,
    holds: (match, text) => BARE_CLAUDE_SOON.test(text.slice(match.index + match[0].length)),
  },
  {
    kind: 'cli-login',
    strength: 'soft',
    pattern: /(?<=`)claude(?=`)/g,
    holds: (match, text) => SHELL_JUST_BEFORE.test(text.slice(Math.max(0, match.index - 300), match.index)),
  },
  { kind: 'cli-login', strength: 'soft', pattern: /\bclaude-auth[ \t]+(?:log-?in|logout|status|setup)\b/g },
  { kind: 'cli-login', strength: 'soft', pattern: /\bclaude(?:-code)?[ \t]+(?:auth[ \t]+)?\/?log-?in\b(?!-)/g },
  { kind: 'session-variable', strength: 'soft', pattern: /\bCLAUDE_CODE_SESSION\b/g },
  {
    kind: 'websocket',
    strength: 'soft',
    pattern: /\bweb ?socket(?:s)?\b[^.\r\n]{0,60}/gi,
    holds: (match, text) => /\b(?:auth\w*|log ?in|oauth|fail\w*|terminal)\b/i.test(lineAround(text, match.index)),
  },
  {
    kind: 'web-login',
    strength: 'soft',
    pattern: /\bweb(?:-based)?[- ](?:(?:ui|interface|page|browser|based)[- ])?(?:auth\w*|log-?in|sign-?in|oauth)\b/gi,
    holds: isNotAdminPage,
  },
  {
    kind: 'web-login',
    strength: 'soft',
    pattern:
      /\b(?:auth|authentication|log-?in|sign-?in|oauth)[ -](?:status[ -])?(?:web[ -]?)?(?:page|ui|interface|screen|portal|terminal)\b/gi,
    holds: isNotAdminPage,
  },
  {
    kind: 'web-login',
    strength: 'soft',
    pattern:
      /\b(?:web ?(?:ui|interface|page|terminal)|browser ui)\b[^.\r\n]{0,60}\b(?:auth\w*|log(?:ging)? ?in|sign(?:ing)? in|oauth)\b/gi,
    holds: isNotAdminPage,
  },
  {
    kind: 'web-login',
    strength: 'soft',
    pattern:
      /\b(?:authenticat\w*|log(?:ging|s)? ?in|sign(?:ing|s)? in)\b[^.\r\n]{0,60}\b(?:in|through|via|using|with|from)[ \t]+(?:(?:the|a|an|your|our)[ \t]+)?(?:(?:integrated|built-?in)[ \t]+)?web ?(?:ui|interface|page|terminal)\b/gi,
    holds: isNotAdminPage,
  },
  {
    kind: 'web-login',
    strength: 'soft',
    pattern: /\bauth(?:entication)? (?:routes?|endpoints?)\b/gi,
    holds: isNotAdminPage,
  },
  { kind: 'web-login', strength: 'soft', pattern: /\bbrowser[- ]based[ \t]+(?:oauth|auth\w*|log-?in)\b/gi },
  {
    kind: 'cli-login',
    strength: 'soft',
    pattern:
      /\b(?:authenticat(?:e|ing)|log(?:ging)? ?in(?:to)?|sign(?:ing)? in)\b[^.\r\n]{0,60}\b(?:inside|within|in)[ \t]+(?:(?:the|your|a)[ \t]+)?(?:docker[ \t]+|running[ \t]+)?container\b/gi,
  },
  {
    kind: 'persistence',
    strength: 'weak',
    pattern:
      /\b(?:credentials?|tokens?|authentication|log-?in|session)\b[^.\r\n]{0,40}\b(?:persists?|stored|survives?|kept)\b/gi,
  },
  { kind: 'session-variable', strength: 'weak', pattern: /\binside (?:a |the )?Claude Code environment\b/gi },
];

/** The rules take longer than all else that is asked of a document, and each document is asked about several times. */
const remembered = new WeakMap<IsGone, Map<string, readonly AuthMention[]>>();

/**
 * Finds what `text` says about the old login, in the order of the text; a place is told once, by its first rule. `isGone`
 * always answers the same.
 */
export function findAuthMentions(text: string, isGone: IsGone): readonly AuthMention[] {
  const known = remembered.get(isGone) ?? new Map<string, readonly AuthMention[]>();
  remembered.set(isGone, known);
  const found = known.get(text) ?? applyRules(text, isGone);
  known.set(text, found);
  return found;
}

function applyRules(text: string, isGone: IsGone): readonly AuthMention[] {
  const found: AuthMention[] = [];
  for (const { kind, strength, pattern, holds } of RULES) {
    for (const match of text.matchAll(pattern)) {
      if (holds !== undefined && !holds(match, text, isGone)) continue;
      const start = match.index;
      const end = start + match[0].length;
      if (isToldAsGone(text, start, end)) continue;
      if (found.some((other) => other.start < end && start < other.end && other.strength === 'hard')) continue;
      found.push({ kind, strength, start, end, text: match[0] });
    }
  }
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

const GONE_AFTER =
  /^(?:[^()\n]{0,60}\))?(?:\([^()\n]{0,60}\)|(?!\b(?:if|when|until|once|unless|after|before|because)\b|\.\s)[^,;:()\n]){0,60}?\b(?:was|were|has been|have been|is|are)\s+(?:(?:now|since|all|also|both)\s+)?(?:removed|deleted|dropped|retired)\b(?!\s+(?:if|when|by|with)\b)/i;
const GONE_BEFORE = /(?:^|[.!?:]\s+|^\s*[-*+]\s+)(?:we\s+)?(?:removed|deleted|dropped|retired)\b[^.;\n]{0,80}$/im;

/** Whether the text says of a thing that it is gone, which stays true. */
function isToldAsGone(text: string, start: number, end: number): boolean {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return GONE_AFTER.test(text.slice(end, end + 160)) || GONE_BEFORE.test(text.slice(lineStart, start));
}

/** Whether the document says how the token reaches the container, so that its other ways to log in are its own choice. */
export function describesToken(text: string): boolean {
  return /\bCLAUDE_CODE_OAUTH_TOKEN\b/.test(text);
}

/** Words of a text about logging in, whichever way. */
export const LOGIN_WORDS =
  /\b(?:auth|authenticat\w*|log(?:ged|ging)?[ -]?(?:in|out)|sign(?:ed|ing)?[ -]in|o-?auth|credentials?|tokens?|claude-auth|browser)\b/i;

/** Words of a text about the key that clients of the proxy send, which is another thing and stays. */
export const KEY_WORDS =
  /\b(?:LITELLM_MASTER_KEY|master[ -]keys?|Authorization:|Bearer|ANTHROPIC_API_KEY|OPENAI_API_KEY|virtual keys?)\b/i;

const OWN_HOST =
  /(?:^|\/\/)(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\$\{?\w+\}?|[\w-]+|(?:your|my)[\w.-]*|[\w.-]*example\.(?:com|org|net))(?::(?:\d+|\w+|\$\{?\w+\}?))?$|:4000$/i;

/** Whether what stands before `/auth` lets it be a path of this service: nothing, or a host of one's own. */
function startsOwnPath(before: string): boolean {
  const token = /[^\s"'`()<>|[\]*~,]*$/.exec(before)?.[0] ?? '';
  if (token === '') return !before.endsWith('>') || /<[^<>]*>$/.test(before);
  return OWN_HOST.test(token) && /^(?:https?:\/\/|:|localhost|127|0\.0|\$)/i.test(token);
}

/** The command that `exec` runs: what follows its options and the name of the container or service. */
function commandInContainer(rest: string): string {
  const words = rest.trim().split(/\s+/);
  let at = 0;
  while (at < words.length && /^-/.test(words[at] ?? '')) {
    at += /^(?:-u|--user|-e|--env|-w|--workdir|--index)$/.test(words[at] ?? '') ? 2 : 1;
  }
  return words.slice(at + 1).join(' ');
}

function isLoginCommand(command: string): boolean {
  const plain = command
    .replace(/^(?:\/bin\/)?(?:ba|z)?sh[ \t]+-\w*c[ \t]+/, '')
    .replace(/["'*~).,:]+/g, '')
    .trim();
  return (
    /^(?:\S*\/)?(?:claude(?:-code)?(?:[ \t]+(?:auth[ \t]+)?\/?(?:log-?in|logout|status))?(?:[ \t]+[a-z(#].*)?|claude-auth\b.*)$/.test(
      plain,
    ) && !/^(?:\S*\/)?claude(?:-code)?[ \t]+(?:setup-token|doctor|mcp|config|update|install|--?\w)/.test(plain)
  );
}

/** LiteLLM's own administration page has a login of its own, which stays. */
function isNotAdminPage(match: RegExpExecArray, text: string): boolean {
  return !/\badmin\b|dashboard|\/ui\b|master[ -]key/i.test(lineAround(text, match.index));
}

function lineAround(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return text.slice(start, end === -1 ? text.length : end);
}
