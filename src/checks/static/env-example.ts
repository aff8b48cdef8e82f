import { parentOf, type RepoPath } from '../../base/repo-path.ts';
import { containsSecret } from '../../base/secrets.ts';
import { indexLines } from '../../base/text.ts';
import type { DotenvEntry } from '../../editors/dotenv.ts';
import { resolveYamlAlias, yamlNodeAt } from '../../editors/yaml.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { type CheckContext, defineCheck, type Finding } from '../define.ts';
import { type EnvironmentFile, environmentFiles, TOKEN_NAME } from '../environment-files.ts';
import { liveFilesWith } from '../live-files.ts';
import { type Project, readProject } from '../project.ts';

const ID = 'S17-env-example';
const MASTER_KEY = 'LITELLM_MASTER_KEY';
/** Keys that stand in public documents; LiteLLM refuses to start with them. */
const PUBLIC_KEYS = new Set(['sk-1234', 'sk-12345', 'sk-123456', 'sk-123']);
const SECRET_NAME = /(?:_KEY|_TOKEN|_SECRET|PASSWORD|PASSWD)$/;

interface Input {
  readonly examples: readonly EnvironmentFile[];
  readonly keys: readonly WrittenKey[];
  /** Names that Compose or the configuration wants from the environment, each with the file that does. */
  readonly wanted: ReadonlyMap<string, RepoPath>;
}

/** The example environment file names what the container needs, and holds placeholders only. */
export const envExample = defineCheck<Input>({
  id: ID,
  title: 'The example environment file names what is needed, with placeholders only',
  severity: 'error',
  securitySeverity: 6,
  description:
    `Whoever sets the container up copies this file. Without ${MASTER_KEY} the proxy refuses to start, or stands open; the key has to begin with sk- and ` +
    `must not be one that everybody knows. Without ${TOKEN_NAME} there is no login. A value that is no placeholder is a password for every copy; ` +
    'two different ones for the one database are a connection that fails. A key that compose or the configuration of LiteLLM writes out is judged too.',
  examples: {
    bad: `${MASTER_KEY}=my-key`,
    good: `${MASTER_KEY}=sk-choose-your-own\n${TOKEN_NAME}=`,
  },
  searchWords: () => ['custom_provider_map'],
  select: async (tree, ctx) => {
    const examples = environmentFiles(tree).filter(({ isExample }) => isExample);
    const keys = writtenKeys(readProject(tree, ctx));
    return examples.length + keys.length === 0
      ? { kind: 'skip', why: 'there is no example environment file, and no master key is written out' }
      : { kind: 'applies', input: { examples, keys, wanted: await wantedNames(tree, ctx) } };
  },
  run: ({ examples, keys, wanted }) => [
    ...keys.flatMap(publicKey),
    ...examples.flatMap((file) => [
      ...(file.isMain ? missingNames(file, wanted) : []),
      ...file.file.entries.flatMap((entry) => [...masterKey(file, entry), ...realValue(file, entry)]),
      ...databasePassword(file),
    ]),
  ],
});

/** A master key that compose or the configuration writes out, or falls back to. */
interface WrittenKey {
  readonly path: RepoPath;
  readonly line: number;
  readonly value: string;
}

function writtenKeys({ composeFiles, config }: Project): readonly WrittenKey[] {
  const inCompose = composeFiles.flatMap(({ path, loaded, providerServices }) =>
    (loaded === 'other' ? [] : providerServices).flatMap(({ environment }) =>
      environment.flatMap(({ name, value, line }): readonly WrittenKey[] => {
        const written = /^\$\{\w+:?-([^}]*)\}$/.exec(value ?? '')?.[1] ?? value ?? '';
        return name === MASTER_KEY && written !== '' && !written.includes('$') ? [{ path, line, value: written }] : [];
      }),
    ),
  );
  const node = config.kind === 'read' ? yamlNodeAt(config.yaml, ['general_settings', 'master_key']) : null;
  const scalar = node === null ? null : resolveYamlAlias(node);
  if (config.kind !== 'read' || scalar?.kind !== 'scalar' || scalar.source.startsWith('os.environ/')) return inCompose;
  return [...inCompose, { path: config.path, line: scalar.line, value: scalar.source }];
}

/** A real one is told by the search for secrets in all files. */
function publicKey({ path, line, value }: WrittenKey): readonly Finding[] {
  const fault = containsSecret(value) ? null : keyFault(value);
  if (fault === null) return [];
  return [
    {
      check: ID,
      severity: 'error',
      message: `${MASTER_KEY} has a value for everybody: ${fault}`,
      expected: 'no value here: it comes from the environment',
      seen: fault,
      subject: MASTER_KEY,
      path,
      line,
      failureMode: 'FM-33',
      next: `write \${${MASTER_KEY}:?} in compose, os.environ/${MASTER_KEY} in the configuration`,
    },
  ];
}

/** Names without a default in the services of the files that Compose loads, and what the configuration of LiteLLM reads. */
async function wantedNames(tree: ReadonlyTree, ctx: CheckContext): Promise<ReadonlyMap<string, RepoPath>> {
  const wanted = new Map<string, RepoPath>();
  const given = new Set<string>();
  for (const { path, role, compose, providers } of readProject(tree, ctx).compose.files) {
    if (role === 'other' || parentOf(path) !== null || providers.size === 0) continue;
    for (const { name, value } of compose.services.flatMap(({ environment }) => environment)) {
      given.add(name);
      for (const [, word] of (value ?? '').matchAll(/(?<!\$)\$\{?([A-Za-z_]\w*)(?=\}|:?\?|[^\w:-]|$)/g))
        wanted.set(word as string, path);
    }
  }
  for (const { path, text } of await liveFilesWith(tree, 'custom_provider_map', '**/*.{yml,yaml}')) {
    for (const [, word] of text.matchAll(/^\s*database_url:\s*["']?os\.environ\/(\w+)/gm)) {
      if (!given.has(word as string)) wanted.set(word as string, path);
    }
  }
  return wanted;
}

function missingNames({ path, file }: EnvironmentFile, wanted: ReadonlyMap<string, RepoPath>): readonly Finding[] {
  const hasKeyLogin = file.entries.some(
    ({ name, value, quote }) => /^ANTHROPIC_(?:API_KEY|AUTH_TOKEN)$/.test(name) && !(value === '' && quote !== ''),
  );
  const required = new Set([MASTER_KEY, ...(hasKeyLogin ? [] : [TOKEN_NAME]), ...wanted.keys()]);
  return [...required]
    .filter((name) => !isNamed(file.text, name))
    .map((name) => ({
      check: ID,
      severity: 'error' as const,
      message: wanted.has(name) ? `${name} is missing, which ${wanted.get(name)} reads` : `${name} is missing`,
      expected: `${name} with a placeholder`,
      seen: `no line of ${path} names it`,
      subject: name,
      path,
      line: indexLines(file.text).lineCount,
      ...(name === MASTER_KEY ? { failureMode: 'FM-33' } : {}),
      next: `add to ${path}: ${name}=${name === MASTER_KEY ? 'sk-choose-your-own' : ''}`,
    }));
}

/** A name in a comment is named: the reader takes the mark away. */
function isNamed(text: string, name: string): boolean {
  return new RegExp(`^\\ufeff?[ \\t#]*(?:export[ \\t]+)?${name}[ \\t]*(?:=|$)`, 'm').test(text);
}

function masterKey({ path }: EnvironmentFile, entry: DotenvEntry): readonly Finding[] {
  const { name, value, line, references } = entry;
  if (name !== MASTER_KEY || value === null || value === '' || references.length > 0) return [];
  const seen = keyFault(value);
  if (seen === null) return [];
  return [
    {
      check: ID,
      severity: 'error',
      message: `the placeholder of ${MASTER_KEY} would not do as a key: ${seen}`,
      expected: 'begins with sk-, and is no key that everybody knows',
      seen,
      path,
      line,
      failureMode: 'FM-33',
      next: `write ${MASTER_KEY}=sk-choose-your-own`,
    },
  ];
}

function keyFault(value: string): string | null {
  if (/^[<{[]/.test(value)) return null;
  if (!value.startsWith('sk-')) return 'it does not begin with sk-';
  if (PUBLIC_KEYS.has(value)) return 'everybody knows it';
  return /^sk-(?=[a-z]*\d)[a-z\d]{1,7}$/i.test(value) ? 'it is short enough to be guessed' : null;
}

/** Keys in the vendors' shapes are told by the search for secrets in all files. */
function realValue({ path }: EnvironmentFile, { name, value, line }: DotenvEntry): readonly Finding[] {
  if (!SECRET_NAME.test(name) || value === null || containsSecret(value) || !looksRandom(value)) return [];
  return [
    {
      check: ID,
      severity: 'error',
      message: `${name} holds a value that looks real`,
      expected: 'a placeholder',
      seen: `${value.length} characters that mix letters and digits`,
      path,
      line,
      next: 'change it wherever it is used, and put a placeholder here',
    },
  ];
}

/** One long word of mixed letters and digits; placeholders are words with dashes, blanks or brackets between them. */
function looksRandom(value: string): boolean {
  const body = value.replace(/^sk-/, '');
  if (!/^[A-Za-z\d+/=]{20,}$/.test(body) || /(.)\1{4}|x{4}|12345|example|your|change|placeholder/i.test(body))
    return false;
  const digits = body.replace(/\D/g, '').length;
  return digits >= 3 && body.length - digits >= 3 && new Set(body).size >= 10;
}

function databasePassword({ path, file }: EnvironmentFile): readonly Finding[] {
  const password = file.entries.findLast(({ name }) => name === 'POSTGRES_PASSWORD');
  const url = file.entries.findLast(({ name }) => name === 'DATABASE_URL');
  const inUrl = /^postgres(?:ql)?:\/\/[^:@/]*:([^@]*)@/.exec(url?.value ?? '')?.[1];
  if (!password?.value || url === undefined || !inUrl || [password, url].some((one) => one.references.length > 0))
    return [];
  if (inUrl === password.value || decode(inUrl) === password.value) return [];
  return [
    {
      check: ID,
      severity: 'warn',
      message: 'DATABASE_URL and POSTGRES_PASSWORD hold different passwords for the one database',
      expected: 'the same placeholder in both',
      seen: 'two different values',
      subject: 'database password',
      path,
      line: url.line,
      failureMode: 'FM-33',
      next: `make the password in line ${url.line} the one of line ${password.line}`,
    },
  ];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
