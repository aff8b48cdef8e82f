import { listStatements, type PythonStatement, syntaxErrors } from '../../src/authoring.ts';

/** Something a startup script does that the new container does not do by itself. */
export interface StartupExtra {
  /** From 1. */
  readonly line: number;
  /** The first line of the statement, as written. */
  readonly text: string;
}

export interface StartupBehaviour {
  /** Whether the script does nothing that the new entrypoint and image do not take over. */
  readonly boilerplateOnly: boolean;
  /** In order of the lines. */
  readonly extras: readonly StartupExtra[];
  readonly runsPrismaGenerate: boolean;
  /** Whether it stops when the master key is missing. */
  readonly checksMasterKey: boolean;
}

interface Scan extends Deeds {
  readonly extras: StartupExtra[];
  /** Names that hold the master key. */
  readonly keyNames: Set<string>;
  /** Names of the function that adds the login pages. */
  readonly authNames: Set<string>;
  /** The functions without parameters that do nothing but what is known, and what a call of each does. */
  readonly functions: Map<string, Deeds>;
  /** Names that hold a `uvicorn.Config` or `uvicorn.Server` of the app on port 4000. */
  readonly servers: Set<string>;
}

interface Deeds {
  runsPrismaGenerate: boolean;
  checksMasterKey: boolean;
  /** Whether it starts the server. */
  serves: boolean;
}

const STRING = String.raw`"(?:[^"\\]|\\.)*"`;
const NAME = String.raw`[A-Za-z_]\w*`;
const READS_KEY = String.raw`(?:os\.environ\.get|os\.getenv|getenv|environ\.get)\("LITELLM_MASTER_KEY"(?:, (?:""|None))?\)`;
const STANDARD = 'sys|os|os\\.path|asyncio|subprocess|logging|pathlib|time|json|shutil|re|typing|traceback|argparse';

const IMPORTS: readonly RegExp[] = [
  new RegExp(`^import (?:${STANDARD}|litellm|uvicorn)(?: as ${NAME})?(?:, (?:${STANDARD}|litellm|uvicorn))*$`),
  new RegExp(`^from (?:__future__|${STANDARD}) import [\\w, ]+$`),
  /^from litellm\.proxy\.proxy_server import \(?app,?\)?$/,
  /^(?:import auth_integration(?: as \w+)?|from auth_integration import [\w, ()]+)$/,
];
const SET_UP: readonly RegExp[] = [
  /^sys\.path\.(?:append\("\/app"\)|insert\(0, "\/app"\))$/,
  // The new command names the same file.
  /^os\.environ\["CONFIG_FILE_PATH"\] = "\/app\/[\w./-]+\.ya?ml"$/,
  /^os\.environ\.setdefault\("CONFIG_FILE_PATH", "\/app\/[\w./-]+\.ya?ml"\)$/,
  /^(?:sys\.std(?:out|err)\.)flush\(\)$/,
];
const PRISMA_COMMAND = /\["?(?:[^\]]*, )?"prisma", "generate"|"prisma generate\b/;
const PRISMA_OPTION =
  '(?:, (?:capture_output|text|check|shell|universal_newlines)=(?:True|False)|, timeout=\\d+|, (?:stdout|stderr)=subprocess\\.\\w+)*';
// Only the schema of LiteLLM is generated when the image is built; any other is the script's own.
const PRISMA = new RegExp(
  `^(?:${NAME} = )?subprocess\\.(?:run|call|check_call|check_output)\\(` +
    '(?:"prisma generate"|\\[(?:sys\\.executable, "-m", |"python3?", "-m", )?"prisma", "generate",?\\])' +
    `${PRISMA_OPTION}, cwd="[^"]*/litellm/proxy/?"${PRISMA_OPTION},?\\)$`,
);
const SERVED =
  '(?:app|app=app)(?:, (?:host="0\\.0\\.0\\.0"|port=4000|log_level="info"|workers=1|reload=False|access_log=True))*,?';
const SERVES = new RegExp(`^uvicorn\\.run\\(${SERVED}\\)$`);
const SERVER_OF = new RegExp(
  `^(${NAME}) = (?:uvicorn\\.Config\\(${SERVED}\\)|uvicorn\\.Server\\((?:config=)?(?:uvicorn\\.Config\\(${SERVED}\\)|(${NAME}))\\))$`,
);
const RUNS_SERVER = new RegExp(
  `^(?:await (${NAME})\\.serve\\(\\)|asyncio\\.run\\((${NAME})\\.serve\\(\\)\\)|(${NAME})\\.run\\(\\))$`,
);
const CALLS_FUNCTION = new RegExp(`^(?:await )?(${NAME})\\(\\)$|^(?:asyncio\\.run|sys\\.exit)\\((${NAME})\\(\\)\\)$`);
const FUNCTION = new RegExp(`^(?:async )?def (${NAME})\\(\\)(?: -> (?:None|int|bool|NoReturn))?$`);
const EXITS = new RegExp(`^(?:(?:sys\\.exit|exit|raise SystemExit)\\((?:1|${STRING})\\)|return)$`);
const CONSTANT = new RegExp(`^(?!app )${NAME} = (?:${STRING}|\\d+|None|True|False)$`);

/** Calls inside a message or a condition that only look. */
const LOOKS =
  /^(?:len|str|repr|int|bool|list|type|enumerate|range|sorted|hasattr|getattr|isinstance|join|get|getenv|keys|items|values|startswith|endswith|strip|upper|lower|exists|isfile|isdir|decode|format)$/;

/**
 * Tells what a startup script does beyond the boilerplate of its family: the path, messages, `prisma generate`, the
 * configuration path, the master-key guard, imports, the login pages and `uvicorn.run` on port 4000. It takes the script
 * before or after the login was cut. What it does not know is an extra. The Python parser has to be loaded.
 */
export function startupBehaviour(text: string): StartupBehaviour {
  const scan: Scan = {
    extras: [],
    runsPrismaGenerate: false,
    checksMasterKey: false,
    serves: false,
    keyNames: new Set(),
    authNames: new Set(['add_auth_routes']),
    functions: new Map(),
    servers: new Set(),
  };
  const sourceLines = text.split(/\r?\n/);
  for (const line of syntaxErrors(text)) scan.extras.push({ line, text: (sourceLines[line - 1] ?? '').trim() });
  for (const statement of listStatements(text)) judge(statement, scan, false);
  scan.extras.sort((a, b) => a.line - b.line);
  const { extras, runsPrismaGenerate, checksMasterKey } = scan;
  return { boilerplateOnly: extras.length === 0, extras, runsPrismaGenerate, checksMasterKey };
}

function judge(statement: PythonStatement, scan: Scan, nested: boolean): void {
  const known =
    statement.blocks.length === 0 ? isKnownSimple(statement, scan, nested) : isKnownCompound(statement, scan);
  if (known) return;
  scan.extras.push({ line: statement.line, text: (statement.source.split(/\r?\n/)[0] ?? '').trim() });
}

function isKnownSimple({ kind, text }: PythonStatement, scan: Scan, nested: boolean): boolean {
  if (kind === 'docstring' || kind === 'pass') return true;
  if (kind === 'import') return isKnownImport(text, scan);
  if (PRISMA_COMMAND.test(text) && !isMessage(text)) {
    scan.runsPrismaGenerate = true;
    return PRISMA.test(text);
  }
  const key = new RegExp(`^(${NAME}) = ${READS_KEY}$`).exec(text);
  if (key?.[1] !== undefined) {
    scan.keyNames.add(key[1]);
    return true;
  }
  const deeds = deedsOf(text, scan);
  // A server that is started on a condition only is the script's own decision.
  if (deeds !== null) return count(deeds, scan) && !(deeds.serves && nested);
  if (addsAuth(text, scan)) return true;
  return CONSTANT.test(text) || isMessage(text) || SET_UP.some((pattern) => pattern.test(text));
}

const SERVING: Deeds = { runsPrismaGenerate: false, checksMasterKey: false, serves: true };
const PREPARING: Deeds = { ...SERVING, serves: false };

/** What a statement does that starts the server, makes it, or calls a function of the script; null for any other. */
function deedsOf(text: string, { functions, servers }: Scan): Deeds | null {
  if (SERVES.test(text)) return SERVING;
  const made = SERVER_OF.exec(text);
  if (made !== null && (made[2] === undefined || servers.has(made[2]))) {
    servers.add(made[1] as string);
    return PREPARING;
  }
  const run = RUNS_SERVER.exec(text);
  if (run !== null && servers.has(run[1] ?? run[2] ?? run[3] ?? '')) return SERVING;
  const call = CALLS_FUNCTION.exec(text);
  return (call && functions.get(call[1] ?? call[2] ?? '')) ?? null;
}

function count(deeds: Deeds, scan: Scan): true {
  scan.runsPrismaGenerate ||= deeds.runsPrismaGenerate;
  scan.checksMasterKey ||= deeds.checksMasterKey;
  scan.serves ||= deeds.serves;
  return true;
}

/** A function of the script that does nothing but what is known; only a call of it does that. */
function isKnownFunction({ text, source, blocks }: PythonStatement, scan: Scan): boolean {
  const name = FUNCTION.exec(text)?.[1];
  if (name === undefined || source.startsWith('@')) return false;
  const inner: Scan = { ...scan, ...PREPARING, extras: [] };
  for (const statement of blocks.flatMap(({ statements }) => statements)) judge(statement, inner, false);
  if (inner.extras.length > 0) return false;
  scan.functions.set(name, inner);
  return true;
}

function isKnownImport(text: string, scan: Scan): boolean {
  const alias = /\bauth_integration import .*\badd_auth_routes as (\w+)/.exec(text)?.[1];
  if (alias !== undefined) scan.authNames.add(alias);
  return IMPORTS.some((pattern) => pattern.test(text));
}

/** `app = add_auth_routes(app)`, which the migration cuts. */
function addsAuth(text: string, { authNames }: Scan): boolean {
  const found = /^(?:(\w+) = )?(?:\w+\.)?(\w+)\((\w+),?\)$/.exec(text);
  if (found === null) return false;
  const [, target, callee, argument] = found;
  return authNames.has(callee as string) && (target === undefined || target === argument);
}

/** A `print` or log call whose inner calls only look something up. */
function isMessage(text: string): boolean {
  return (
    /^(?:print|log(?:ger|ging)?\.(?:debug|info|warning|error|critical|exception))\(.*\)$/s.test(text) && onlyLooks(text)
  );
}

/** Whether every call after the first word is one that changes nothing. What a string says is no call. */
function onlyLooks(text: string): boolean {
  const code = text
    .replace(/\b[rR]?[fF][rR]?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g, (_whole, body: string) => insertedBy(body))
    .replace(new RegExp(STRING, 'g'), '""');
  if (/\b(?:await|yield|lambda)\b|:=/.test(code)) return false;
  const [, ...inner] = [...code.matchAll(/(\w+)\s?\(/g)].map((match) => match[1] as string);
  return inner.every((name) => LOOKS.test(name) || /^(?:in|and|or|not)$/.test(name));
}

/** The code that an f-string inserts, as the items of a list. */
function insertedBy(body: string): string {
  return `[${[...body.replace(/\{\{|\}\}/g, '').matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]).join(', ')}]`;
}

function isKnownCompound(statement: PythonStatement, scan: Scan): boolean {
  const { kind, blocks } = statement;
  if (kind === 'if' && isKeyGuard(statement, scan)) return true;
  if (kind === 'function') return isKnownFunction(statement, scan);
  if (kind !== 'if' && kind !== 'for' && kind !== 'try') return false;
  const looksOnly = blocks.every(({ header }) => kind === 'try' || onlyLooks(`if(${header.replace(/^\w+/, '')})`));
  if (!looksOnly) return false;
  for (const block of blocks) for (const inner of block.statements) judge(inner, scan, true);
  return true;
}

/** `if not key: …; sys.exit(1)`, or the same for a key that does not start with `sk-`, or both in one. */
function isKeyGuard({ blocks }: PythonStatement, scan: Scan): boolean {
  const [block, ...others] = blocks;
  if (block === undefined || others.length > 0) return false;
  const name = [...scan.keyNames, READS_KEY, String.raw`os\.environ\["LITELLM_MASTER_KEY"\]`].join('|');
  const missing = `(?:not (?:${name})|(?:${name}) is None|(?:${name}) == ""|"LITELLM_MASTER_KEY" not in os\\.environ)`;
  const malformed = `not (?:${name})\\.startswith\\("sk-"\\)`;
  const guard = new RegExp(`^if \\(?(?:${missing}|${malformed})(?: or (?:${missing}|${malformed}))*\\)?$`);
  if (!guard.test(block.header)) return false;
  const last = block.statements.at(-1);
  if (last === undefined || !EXITS.test(last.text)) return false;
  if (!block.statements.slice(0, -1).every(({ kind, text }) => kind === 'call' && isMessage(text))) return false;
  if (new RegExp(missing).test(block.header)) scan.checksMasterKey = true;
  return true;
}
