import type { RepoPath } from '../../base/repo-path.ts';
import type { ComposeVariable } from '../../editors/compose.ts';
import { commentOut, type DotenvEntry } from '../../editors/dotenv.ts';
import { defineCheck, type Finding, type Fix, type Severity } from '../define.ts';
import { type EnvironmentFile, environmentFiles, OUTRANKING_NAMES, TOKEN_NAME } from '../environment-files.ts';
import { type Project, readProject } from '../project.ts';

const ID = 'S16-env-conflict';

type ServiceVariable = Pick<ComposeVariable, 'name' | 'value' | 'line'> & { readonly path: RepoPath };

interface Input {
  readonly files: readonly EnvironmentFile[];
  /** What compose sets for the provider. */
  readonly variables: readonly ServiceVariable[];
  /** What a script of the start takes away before the server. */
  readonly unset: ReadonlySet<string>;
}

/** Nothing that the claude command prefers to the OAuth token is set beside it. */
export const envConflict = defineCheck<Input>({
  id: ID,
  title: 'Nothing outranks the OAuth token',
  severity: 'error',
  description:
    'The claude command takes a cloud switch, ANTHROPIC_AUTH_TOKEN and ANTHROPIC_API_KEY before CLAUDE_CODE_OAUTH_TOKEN. `docker run --env-file` keeps ' +
    'quotes as they are, so NAME="" is a value of two characters, which wins too: every call then answers 401. The same file is read differently by ' +
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose
    'Compose, which takes quotes away and fills in ${…}; lines of both kinds are warnings.',
  examples: {
    bad: `${TOKEN_NAME}=\nANTHROPIC_API_KEY=""`,
    good: `${TOKEN_NAME}=\n# ANTHROPIC_API_KEY=`,
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const input = { files: environmentFiles(tree), variables: providerVariables(project), unset: unsetNames(project) };
    return input.files.length + input.variables.length === 0
      ? { kind: 'skip', why: 'no environment file, and no compose file sets a variable of the provider' }
      : { kind: 'applies', input };
  },
  run: ({ files, variables, unset }) => {
    const composeHasToken = variables.some(({ name }) => name === TOKEN_NAME);
    return [
      ...files.flatMap((file) => [...conflicts(file, composeHasToken), ...quotedEmpty(file), ...nested(file)]),
      ...variables.flatMap((variable) => composeConflicts(variable, composeHasToken || files.some(hasToken))),
    ].filter(({ subject }) => subject === undefined || !unset.has(subject));
  },
});

/** What compose, the image and the scripts of its start set for the provider. */
function providerVariables({ compose: { files }, dockerfile, start }: Project): readonly ServiceVariable[] {
  const inCompose = files.flatMap(({ path, compose, providers }) =>
    compose.services
      .filter(({ name }) => providers.has(name))
      .flatMap(({ environment }) => environment.map((variable) => ({ ...variable, path }))),
  );
  const inImage =
    dockerfile.kind === 'read'
      ? dockerfile.stage.env.map(({ name, value, line }) => ({ name, value, line, path: dockerfile.path }))
      : [];
  const exported = (start?.scripts ?? []).flatMap(({ path, shell, firstLine }) =>
    (shell?.commands ?? []).flatMap(({ command, line }) => {
      const [first, ...rest] = command.words.map(({ value }) => value);
      return (first === 'export' ? rest : []).flatMap((word): readonly ServiceVariable[] => {
        const match = /^(\w+)=(.*)$/s.exec(word);
        return match === null
          ? []
          : [{ name: match[1] ?? '', value: match[2] ?? '', line: firstLine + line - 1, path }];
      });
    }),
  );
  return [...inCompose, ...inImage, ...exported];
}

function unsetNames({ start }: Project): ReadonlySet<string> {
  const commands = (start?.scripts ?? []).flatMap(({ shell }) => shell?.commands ?? []);
  return new Set(
    commands.flatMap(({ command }) => {
      const [first, ...rest] = command.words.map(({ value }) => value);
      return first === 'unset' ? rest : [];
    }),
  );
}

const hasToken = ({ file }: EnvironmentFile): boolean => file.entries.some(({ name }) => name === TOKEN_NAME);

/**
 * Whether a value turns its name on: a cloud switch that says no does not, nor does what is empty (measured: versions 1.0.64
 * and 2.1.330 of the claude command send the OAuth token beside an empty key, and the two quotes themselves instead of it).
 */
function isSet(name: string, value: string): boolean {
  return value !== '' && !(name.startsWith('CLAUDE_CODE_USE_') && /^(?:0|false|no|off)$/i.test(value));
}

function conflicts(environment: EnvironmentFile, composeHasToken: boolean): readonly Finding[] {
  const { path, file } = environment;
  if (!composeHasToken && !hasToken(environment)) return [];
  return file.entries.flatMap((entry) => {
    const { name, value, line } = entry;
    const quotedNothing = isQuotedNothing(entry);
    if (!OUTRANKING_NAMES.has(name) || value === null || !(quotedNothing || isSet(name, value))) return [];
    const fix = quotedNothing ? fixFor(environment, entry) : null;
    return [
      {
        check: ID,
        severity: 'error' as const,
        message: `${name} outranks ${TOKEN_NAME}`,
        expected: `${name} is not set beside the token`,
        seen: quotedNothing ? 'two quotes, which docker run --env-file passes on as the value' : 'a value',
        subject: name,
        path,
        line,
        failureMode: 'FM-20',
        next: `put # before line ${line} of ${path}`,
        ...(fix === null ? {} : { fix }),
      },
    ];
  });
}

const isQuotedNothing = ({ value, quote }: DotenvEntry): boolean => value === '' && quote !== '';

function fixFor({ path, file }: EnvironmentFile, entry: DotenvEntry): Fix | null {
  const outcome = commentOut(file, [entry]);
  return outcome.kind === 'edits' ? { kind: 'edit', path, edits: outcome.edits } : null;
}

function composeConflicts(variable: ServiceVariable, tokenIsUsed: boolean): readonly Finding[] {
  const { name, value, path, line } = variable;
  if (!OUTRANKING_NAMES.has(name) || !tokenIsUsed || (value !== null && !isSet(name, value))) return [];
  // `${X:-}` and a bare name are empty until somebody sets them.
  const isOptional = value === null || /^\$\{\w+:?-\}$/.test(value) || /^\$\{?\w+\}?$/.test(value);
  const severity: Severity = isOptional ? 'warn' : 'error';
  return [
    {
      check: ID,
      severity,
      message: isOptional ? `${name} outranks ${TOKEN_NAME} as soon as it is set` : `${name} outranks ${TOKEN_NAME}`,
      expected: `${name} is not set beside the token`,
      seen: isOptional ? `${name}, from the environment of whoever starts it` : 'a value',
      subject: name,
      path,
      line,
      failureMode: 'FM-20',
      next: `take ${name} out of ${path}:${line}`,
    },
  ];
}

/** One finding a file: such lines come by the dozen, and one look mends all. */
function quotedEmpty({ path, file }: EnvironmentFile): readonly Finding[] {
  const others = file.entries.filter((entry) => isQuotedNothing(entry) && !OUTRANKING_NAMES.has(entry.name));
  return listed(others, path, {
    message: 'docker run --env-file passes the quotes on as the value',
    expected: 'NAME= without quotes, or no line',
    next: 'write NAME= or put # before the line',
  });
}

function nested({ path, file }: EnvironmentFile): readonly Finding[] {
  const others = file.entries.filter(({ references, value }) => references.length > 0 && /\$\{/.test(value ?? ''));
  return listed(others, path, {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Compose
    message: 'docker run --env-file passes ${…} on as it stands',
    expected: 'a value, or no line',
    next: 'write the value, or hand the variable over in compose',
  });
}

function listed(
  entries: readonly DotenvEntry[],
  path: RepoPath,
  texts: Pick<Finding, 'message' | 'expected'> & { readonly next: string },
): readonly Finding[] {
  const [first] = entries;
  if (first === undefined) return [];
  const places = entries.map(({ name, line }) => `${name} (line ${line})`);
  const seen = places.length > 6 ? `${places.slice(0, 6).join(', ')} and ${places.length - 6} more` : places.join(', ');
  return [
    {
      check: ID,
      severity: 'warn',
      ...texts,
      seen,
      subject: texts.message,
      path,
      line: first.line,
      failureMode: 'FM-20',
    },
  ];
}
