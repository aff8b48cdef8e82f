import { comparePaths, type RepoPath } from '../../base/repo-path.ts';
import { findCalls, listImports, listStatements, type PythonCall, type PythonStatement } from '../../editors/python.ts';
import { normalizePackageName, type VersionSpecifier } from '../../editors/requirements.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';
import { isTestFile, type LiveFile, liveFilesWith } from '../live-files.ts';
import { type Project, readProject } from '../project.ts';

const ID = 'S23-tools-off';
const SDK = /^claude_(?:code|agent)_sdk(?:\.|$)/;
const SDK_NAMES = ['claude_agent_sdk', 'claude_code_sdk'];
const OPTIONS = ['ClaudeAgentOptions', 'ClaudeCodeOptions'];
/** The first claude-agent-sdk whose options have `tools`. */
const FIRST_WITH_TOOLS: readonly number[] = [0, 1, 12];

interface Input {
  readonly files: readonly LiveFile[];
  /** Why the installed SDK has no way to switch tools off, or null when it has. */
  readonly lacking: string | null;
}

/** The provider hands Claude no tools. */
export const toolsOff = defineCheck<Input>({
  id: ID,
  title: 'The provider runs Claude without tools',
  severity: 'error',
  securitySeverity: 8,
  aboutProvider: true,
  description:
    'allowed_tools is a list of tools that run without asking, not a switch: when it is empty, every tool is still there, and whoever reaches the port ' +
    'talks to an agent with a shell and files. tools=[] takes them away. claude-code-sdk, and claude-agent-sdk before 0.1.12, have no such option: there ' +
    'it is a warning. It judges the code of the provider, which no step of a migration changes.',
  examples: { bad: 'ClaudeAgentOptions(allowed_tools=[])', good: 'ClaudeAgentOptions(tools=[])' },
  needs: ['python'],
  searchWords: () => ['CustomLLM', ...SDK_NAMES],
  select: async (tree, ctx) => {
    const files = await providerFiles(tree, readProject(tree, ctx));
    if (files.length === 0) return { kind: 'skip', why: 'no provider here uses the Claude SDK' };
    return { kind: 'applies', input: { files, lacking: whyNoSwitch(readProject(tree, ctx), files) } };
  },
  run: ({ files, lacking }) => files.flatMap((file) => findingsIn(file, lacking)),
});

/** Files with the provider's class that use the SDK, and what else of the image uses it for them. */
async function providerFiles(tree: ReadonlyTree, { imageLayout, mounts }: Project): Promise<readonly LiveFile[]> {
  const providers = (await liveFilesWith(tree, 'CustomLLM', '**/*.py')).filter(({ path }) => !isTestFile(path));
  const own = providers.filter(({ text }) => usesSdk(text));
  if (providers.length === 0) return [];
  const placed = new Set([...imageLayout.values()].map(({ path }) => path));
  const inImage = (path: RepoPath): boolean =>
    placed.has(path) || mounts.some(({ source }) => path === source || path.startsWith(`${source}/`));
  const helpers = (await Promise.all(SDK_NAMES.map((name) => liveFilesWith(tree, name, '**/*.py'))))
    .flat()
    .filter(({ path, text }) => !isTestFile(path) && inImage(path) && usesSdk(text));
  const files = new Map([...own, ...helpers].map((file) => [file.path, file]));
  return [...files.values()].sort((a, b) => comparePaths(a.path, b.path));
}

const usesSdk = (text: string): boolean => listImports(text).some(({ module }) => SDK.test(module));

/** Judged by what is declared; by the name of the imported module where nothing is. */
function whyNoSwitch({ requirements, installs }: Project, files: readonly LiveFile[]): string | null {
  const declared = requirements.flatMap(({ file }) => file.requirements);
  const agent = declared.find(({ name }) => name === 'claude-agent-sdk');
  if (agent !== undefined)
    return staysBelow(agent.specifiers) ? 'claude-agent-sdk before 0.1.12 has no option tools' : null;
  const byHand = installs.flatMap(({ packages }) => packages.map(({ value }) => normalizePackageName(value)));
  if (byHand.some((name) => name.startsWith('claude-agent-sdk'))) return null;
  const onlyOld = files.every(({ text }) => !listImports(text).some(({ module }) => /^claude_agent_sdk/.test(module)));
  return onlyOld ? 'claude-code-sdk has no option tools' : null;
}

function staysBelow(specifiers: readonly VersionSpecifier[]): boolean {
  return specifiers.some(({ operator, version }) => {
    const order = compareVersions(version);
    if (operator === '<') return order <= 0;
    // `~=0.1.5` ends below 0.2, where the option is.
    return (operator === '==' || operator === '===' || operator === '<=') && order < 0 && !version.includes('*');
  });
}

function compareVersions(version: string): number {
  const parts = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, wanted] of FIRST_WITH_TOOLS.entries()) {
    const difference = (parts[at] ?? 0) - wanted;
    if (difference !== 0) return difference;
  }
  return 0;
}

function findingsIn({ path, text }: LiveFile, lacking: string | null): readonly Finding[] {
  const names = boundNames(text);
  const calls = findCalls(text, names.options);
  const later = assignsNoTools(listStatements(text));
  const bare = findCalls(text, names.starters).filter((call) => !handsOptionsOn(call));
  const places = [
    ...(later ? [] : calls).flatMap((call) => {
      const seen = whatIsLeft(call, text);
      return seen === null ? [] : [{ line: call.line, seen }];
    }),
    ...bare.map(({ line, callee }) => ({ line, seen: `${callee}(…) without options` })),
  ].sort((a, b) => a.line - b.line);
  return places.map(({ line, seen }) => ({
    check: ID,
    severity: lacking === null ? ('error' as const) : ('warn' as const),
    message: 'the provider leaves Claude its tools',
    expected: 'tools=[]',
    seen,
    subject: seen,
    path,
    line,
    failureMode: 'FM-27',
    next:
      lacking === null
        ? 'pass tools=[] to the options'
        : `move to claude-agent-sdk>=0.1.12 and pass tools=[]; ${lacking}`,
  }));
}

/** The names under which the file calls the options and what starts Claude. */
function boundNames(text: string): { readonly options: readonly string[]; readonly starters: readonly string[] } {
  const options: string[] = [];
  const starters: string[] = [];
  for (const { module, names, alias } of listImports(text)) {
    if (!SDK.test(module)) continue;
    if (names === null) {
      const prefix = alias ?? module;
      options.push(...OPTIONS.map((name) => `${prefix}.${name}`));
      starters.push(`${prefix}.query`, `${prefix}.ClaudeSDKClient`);
    }
    for (const { name, alias: local } of names ?? []) {
      if (OPTIONS.includes(name)) options.push(local ?? name);
      if (name === 'query' || name === 'ClaudeSDKClient') starters.push(local ?? name);
    }
  }
  return { options, starters };
}

/** `"tools": []` of a dictionary that is handed over, or `given["tools"] = []`. */
const NO_TOOLS_KEY = /["']tools["']\s*(?::|\]\s*=)\s*\[\s*\]/;

/** `[]`, `list()`, or a name that is one of them. */
function isNoList(source: string, text: string): boolean {
  if (/^(?:\[\s*\]|list\(\s*\))$/.test(source)) return true;
  const name = /^(?:self\.|cls\.)?(\w+)$/.exec(source)?.[1];
  return (
    name !== undefined &&
    new RegExp(`^[ \\t]*(?:self\\.)?${name}\\s*(?::[^=\\n]+)?=\\s*(?:\\[\\s*\\]|list\\(\\))\\s*(?:#.*)?$`, 'm').test(
      text,
    )
  );
}

/** What a call of the options leaves of the tools; null when they are off. */
function whatIsLeft({ args }: PythonCall, text: string): string | null {
  const tools = args.find(({ name }) => name === 'tools');
  if (tools !== undefined) return isNoList(tools.source, text) ? null : 'tools= is not []';
  // The command line flag itself, where the SDK has no option for it.
  const flags = args.find(({ name }) => name === 'extra_args');
  if (flags !== undefined && /["']tools["']\s*:\s*["']["']/.test(flags.source)) return null;
  const spread = args.filter(({ source }) => source.startsWith('**'));
  if (spread.some(({ source }) => NO_TOOLS_KEY.test(source))) return null;
  if (spread.length > 0) return NO_TOOLS_KEY.test(text) ? null : 'no tools=[] here; what ** brings cannot be told';
  const allowed = args.find(({ name }) => name === 'allowed_tools');
  return allowed === undefined ? 'no tools=[]' : 'allowed_tools=, which switches nothing off, and no tools=[]';
}

/** `query` takes keywords only; the client takes its options first. */
function handsOptionsOn({ callee, args }: PythonCall): boolean {
  const byPlace = callee.endsWith('ClaudeSDKClient');
  return args.some(({ name, source }) => name === 'options' || source.startsWith('*') || (byPlace && name === null));
}

function assignsNoTools(statements: readonly PythonStatement[]): boolean {
  return statements.some(
    ({ text, blocks }) => /\.tools = \[\]$/.test(text) || blocks.some((block) => assignsNoTools(block.statements)),
  );
}
