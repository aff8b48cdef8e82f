import { compileGlobs } from '../../base/glob.ts';
import { comparePaths, parentOf, type RepoPath } from '../../base/repo-path.ts';
import { indexLines } from '../../base/text.ts';
import { readDockerfile } from '../../editors/dockerfile.ts';
import { findUses, stringLiterals } from '../../editors/python.ts';
import { splitCommands } from '../../editors/shell-words.ts';
import { parseYaml, resolveYamlAlias, type YamlNode, type YamlScalar } from '../../editors/yaml.ts';
import { defineCheck } from '../define.ts';
import { type LiveFile, readLive } from '../live-files.ts';
import { LOGIN_FUNCTION, LOGIN_MODULE, loginModules } from '../login-module.ts';
import { readShellScript } from '../project/shell-script.ts';

const ID = 'S20-residue-names';

interface Place {
  readonly path: RepoPath;
  readonly line: number;
  readonly word: string;
  readonly how: string;
}

/** Nothing uses a name of the removed web login. */
export const residueNames = defineCheck<readonly LiveFile[]>({
  id: ID,
  title: 'Nothing uses a name of the removed web login',
  severity: 'error',
  description:
    `Looks for ${LOGIN_MODULE} and ${LOGIN_FUNCTION} as names of the language: imports, calls, attributes, modules that are loaded by a string in Python; words ` +
    'of the Dockerfile, of scripts, compose and workflows; values of YAML. Comments, documents and texts that only speak of them are no use. A module of that ' +
    'name which is something else is left alone, and so are names of the Claude SDK, which this migration does not rename.',
  examples: { bad: 'from auth_integration import add_auth_routes', good: '# the login routes are gone' },
  needs: ['python'],
  searchWords: () => [LOGIN_MODULE, LOGIN_FUNCTION],
  select: async (tree) => {
    const { own, foreign } = loginModules(tree);
    const kinds = compileGlobs(['**/*.{py,sh,bash,yml,yaml}', '**/{Dockerfile,Containerfile}*']);
    const named = (await tree.search([LOGIN_MODULE, LOGIN_FUNCTION])).filter(kinds);
    const files = readLive(tree, named).filter(
      ({ path }) => !own.includes(path) && !foreign.some((one) => means(one, path)),
    );
    return { kind: 'applies', input: files };
  },
  run: (files) =>
    files
      .flatMap(placesIn)
      .sort((a, b) => comparePaths(a.path, b.path) || a.line - b.line)
      .map(({ path, line, word, how }) => ({
        check: ID,
        severity: 'error' as const,
        message: `${word} was removed, and is used here`,
        expected: 'no use of the web login',
        seen: how,
        subject: `${word} ${how}`,
        path,
        line,
        failureMode: 'FM-39',
        next: `take the use out of ${path}:${line}`,
      })),
});

/** Whether the name in `path` may mean that other module: the module itself, a neighbour, or anything when it is at the root. */
function means(module: RepoPath, path: RepoPath): boolean {
  const folder = parentOf(module.replace(/\/__init__\.py$/, '.py') as RepoPath);
  return folder === null || path === module || path.startsWith(`${folder}/`);
}

function placesIn(file: LiveFile): readonly Place[] {
  if (file.path.endsWith('.py')) return placesInPython(file);
  if (/\.ya?ml$/.test(file.path)) return placesInYaml(file);
  if (/\.(?:sh|bash)$/.test(file.path)) {
    return readShellScript(file.text).commands.flatMap(({ command, line }) => {
      const words = command.words.map(({ value }) => value);
      return wordsUsing(words).map((word) => ({ path: file.path, line, word, how: `a word of ${words[0]}` }));
    });
  }
  return placesInDockerfile(file);
}

function placesInPython({ path, text }: LiveFile): readonly Place[] {
  const uses = findUses(text, { modules: [LOGIN_MODULE], names: [LOGIN_FUNCTION] })
    .filter(({ kind }) => kind !== 'comment' && kind !== 'string')
    .map(({ line, word, kind }) => ({ path, line, word, how: kind }));
  const strings = stringLiterals(text)
    .filter(({ value, docstring }) => !docstring && value !== null && isReference(value))
    .map(({ line }) => ({ path, line, word: LOGIN_MODULE, how: 'string' }));
  const places = [...uses, ...strings];
  return places.filter(
    (one, at) => places.findIndex(({ line, word }) => line === one.line && word === one.word) === at,
  );
}

/** The module itself, or something in it (`auth_integration:app`, `auth_integration.app`); never the name of its file. */
function isReference(text: string): boolean {
  return new RegExp(`^${LOGIN_MODULE}(?:[.:](?!py$)[A-Za-z_][\\w.:]*)?$`).test(text);
}

function wordsUsing(words: readonly string[]): readonly string[] {
  if (/(?:^|\/)(?:echo|printf|grep)$/.test(words[0] ?? '')) return [];
  return words.flatMap((word, at) => {
    if (isReference(word)) return [LOGIN_MODULE];
    if (words[at - 1] !== '-c' || !/python/.test(words.slice(0, at).join(' '))) return [];
    return findUses(word, { modules: [LOGIN_MODULE], names: [LOGIN_FUNCTION] })
      .filter(({ kind }) => kind !== 'comment' && kind !== 'string')
      .slice(0, 1)
      .map((use) => use.word);
  });
}

function placesInDockerfile({ path, text }: LiveFile): readonly Place[] {
  const lines = indexLines(text);
  return readDockerfile(text)
    .instructions.filter(({ keyword }) => /^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK|ENV)$/.test(keyword))
    .flatMap(({ words, keyword }) =>
      words
        .filter((word) => isReference(word.text.replace(/^\w+=|^["'(]+|["');]+$/g, '')))
        .map((word) => ({ path, line: lines.lineAt(word.start), word: LOGIN_MODULE, how: `a word of ${keyword}` })),
    );
}

/** Keys whose values are commands, or lists of their words. */
const COMMAND_KEYS = new Set(['args', 'command', 'entrypoint', 'run', 'script', 'test']);

function placesInYaml({ path, text }: LiveFile): readonly Place[] {
  const yaml = parseYaml(text);
  if (yaml.kind === 'refused') return [];
  const places: Place[] = [];
  const visit = (node: YamlNode, inCommand: boolean): void => {
    if (node.kind === 'map') {
      for (const { name, value } of node.entries) visit(value, COMMAND_KEYS.has(name));
    } else if (node.kind === 'list') {
      for (const { value } of node.items) visit(value, inCommand);
    } else if (node.kind === 'scalar') {
      places.push(...placesInScalar(node, inCommand).map((place) => ({ ...place, path })));
    }
  };
  for (const { root } of yaml.documents) if (root !== null) visit(resolveYamlAlias(root), false);
  return places;
}

/** Outside of commands only what names something in the module is surely meant: a bare word may be a title. */
function placesInScalar({ source, line, style }: YamlScalar, inCommand: boolean): readonly Omit<Place, 'path'>[] {
  if (!inCommand) {
    return isReference(source) && source !== LOGIN_MODULE ? [{ line, word: LOGIN_MODULE, how: 'a value' }] : [];
  }
  const first = line + (style === 'block' ? 1 : 0);
  return splitCommands(source).flatMap(({ words, start }) => {
    const values = words.map(({ value }) => value);
    const at = first + source.slice(0, start).split('\n').length - 1;
    return wordsUsing(values).map((word) => ({ line: at, word, how: `a word of ${values[0]}` }));
  });
}
