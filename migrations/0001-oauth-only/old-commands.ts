import { type FinalStage, isPipInstall, lineOfCommand } from '../../src/authoring.ts';
import { installsProject } from './python-installs.ts';

/** Something of the old Dockerfile that has no place in the new one. */
export interface Unplaced {
  readonly severity: 'todo' | 'warning' | 'info';
  readonly line: number;
  readonly message: string;
}

/** Packages that the base image brings, or that only served to install Node.js. */
const BROUGHT = new Set(
  `git curl nodejs npm ca-certificates gnupg gnupg2 bash wget apt-transport-https lsb-release
  software-properties-common xz-utils procps tini dumb-init`.split(/\s+/),
);
const PYTHON_PACKAGE = /^(?:python3?(?:\.\d+)?(?:-(?:pip|venv|minimal|distutils))?|py3-pip)$/;
/** The key and the list through which apt is told of NodeSource. */
const NODE_SOURCE = /nodesource|\/etc\/apt\/keyrings\/?(?:\s|$)/;
const TALK = new Set([
  'echo',
  'printf',
  'set',
  'true',
  ':',
  'cd',
  'export',
  'sleep',
  'which',
  'ls',
  'node',
  'test',
  '[',
  'dos2unix',
]);

/** What the RUN instructions did that neither the base image nor the template does. */
export function unplacedCommands(
  stage: FinalStage,
  dockerfile: string,
  copied: ReadonlySet<string>,
  isCarried: (words: readonly string[]) => boolean = () => false,
): readonly Unplaced[] {
  const found: Unplaced[] = [];
  for (const run of stage.runs) {
    if (run.commands.length === 0) {
      found.push({ severity: 'todo', line: run.line, message: `RUN not carried over: ${shorten(run.text)}` });
    }
    const before = found.length;
    let placed = false;
    for (const command of run.commands) {
      const words = command.words.map(({ value }) => value).filter((word) => word !== 'sudo');
      const carried = isCarried(words);
      const message = carried ? null : judgeCommand(words, copied);
      placed ||= carried || isPipInstall(words) || installsProject(words) || /\bprisma\b/.test(words.join(' '));
      if (message === null) continue;
      const text = shorten(run.text.slice(command.start, command.end));
      found.push({
        severity: 'todo',
        line: lineOfCommand(run, command.start, dockerfile),
        message: message === '' ? `RUN not carried over: ${text}` : message,
      });
    }
    if (found.length === before && !placed && run.commands.length > 0) {
      const message = `not needed on the base image: RUN ${shorten(run.text)}`;
      found.push({ severity: 'info', line: run.line, message });
    }
  }
  return found;
}

const shorten = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

/** Null when the command has its place, an own message, or empty for the usual one. */
export function judgeCommand(words: readonly string[], copied: ReadonlySet<string>): string | null {
  const [name = ''] = words;
  const line = words.join(' ');
  if (name === '' || TALK.has(name) || /^\S+ (?:--version|-[vV])$/.test(line)) return null;
  if (/^(?:apt-get|apt|apk|yum|dnf)$/.test(name)) return judgeSystemPackages(words);
  if (NODE_SOURCE.test(line) || (name === 'bash' && /^bash(?: -\w*)*(?: -)?$/.test(line))) return null;
  if (/\/var\/lib\/apt\/lists|\/var\/cache\/apt|\/tmp\/|\/root\/\.(?:npm|cache)/.test(line) && name === 'rm')
    return null;
  if (
    installsProject(words) ||
    /^(?:poetry (?:config|export|self)|uv (?:venv|lock|export)|python[\d.]* -m venv)\b/.test(line)
  )
    return null;
  if (isPipInstall(words) || /^(?:pip[\d.]*|uv) (?:cache|list|freeze|show|check)/.test(line)) return null;
  if (name === 'npm') return judgeNode(words);
  if (/^prisma generate|-m prisma generate/.test(line)) return null;
  // The base image has its own user, and every copied file belongs to it.
  if (/^(?:useradd|adduser|usermod|groupadd|addgroup)$/.test(name)) return null;
  if (/^(?:mkdir|chmod|chown|touch)$/.test(name)) return judgeFiles(words, copied);
  if (name === 'sed' && /\\r/.test(line)) return null;
  return '';
}

const isBrought = (name: string): boolean => BROUGHT.has(name) || PYTHON_PACKAGE.test(name);

function judgeSystemPackages(words: readonly string[]): string | null {
  const at = words.findIndex((word) => word === 'install' || word === 'add');
  if (at === -1) return null;
  const extra = words.slice(at + 1).filter((word) => !word.startsWith('-') && !isBrought(word.split('=')[0] ?? ''));
  if (extra.length === 0) return null;
  return `system packages not installed any more: ${extra.join(', ')}; add a RUN before USER claude if they are needed`;
}

function judgeNode(words: readonly string[]): string | null {
  const at = words.findIndex((word) => /^(?:install|i|add)$/.test(word));
  if (at === -1) return /^npm (?:config|cache)/.test(words.join(' ')) ? null : '';
  const packages = words.slice(at + 1).filter((word) => !word.startsWith('-'));
  const cli = packages.find((word) => word.startsWith('@anthropic-ai/claude-code'));
  const others = packages.filter((word) => word !== cli && !/^npm(?:@|$)/.test(word));
  if (others.length > 0) return `npm packages not installed any more: ${others.join(', ')}`;
  const version = cli?.slice('@anthropic-ai/claude-code'.length);
  if (version === undefined || version === '' || version === '@latest') return null;
  return `pinned ${cli}; the base image brings the version of its own`;
}

/** Rights and folders matter when they are about something that the new image has. */
function judgeFiles(words: readonly string[], copied: ReadonlySet<string>): string | null {
  const targets = words.slice(1).filter((word) => !word.startsWith('-') && word.includes('/'));
  const isOwned = (target: string): boolean => words[0] === 'chown' && /^\/app(?:\/|$)/.test(target);
  const isOldHome = (target: string): boolean => /^\/(?:root|home\/[^/]+)(?:\/|$)/.test(target);
  // What is made executable and copied is made so in the new image, too.
  const isProgram = (target: string): boolean =>
    /^chmod \S*(?:x|7\d\d) /.test(words.join(' ')) && /\.(?:sh|py)$/.test(target);
  const gone = targets.every(
    (target) => isOldHome(target) || isOwned(target) || isProgram(target) || isLost(target, copied),
  );
  return gone ? null : '';
}

/** A file under /app that nothing copies any more. */
function isLost(target: string, copied: ReadonlySet<string>): boolean {
  return /\.(?:sh|py)$/.test(target) && ![...copied].some((path) => path === target);
}
