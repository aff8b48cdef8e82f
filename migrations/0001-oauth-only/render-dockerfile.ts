import { newlineOf, RefitError, withNewline } from '../../src/authoring.ts';

/** What the template leaves open. */
export interface DockerfileParts {
  readonly base: string;
  /** Requirements file, as a path of the build context. */
  readonly requirements: string;
  /** Whole lines that take the place of the sample copies. */
  readonly lines: readonly string[];
  /** Folders that Python imports from, absolute. */
  readonly pythonPath: readonly string[];
  readonly command: readonly string[];
  /** Whether the database client is generated unless the builder says otherwise. */
  readonly database: boolean;
}

const BASE = /^ARG BASE_IMAGE=.*$/gm;
const REQUIREMENTS = /^COPY --chown=claude:claude requirements\.txt \/app\/requirements\.txt$/gm;
const COPIES = /^# refit:copy-begin\n[\s\S]*?^# refit:copy-end$/gm;
const PYTHON_PATH = /^ENV PYTHONPATH=\/app \\$/gm;
const DATABASE = /^ARG WITH_DATABASE=[01]$/gm;
const COMMAND = /^# refit:command\nCMD \[.*\]$/gm;

/**
 * Puts `parts` into the text of the template.
 * @throws RefitError when a place is missing or comes twice, or when the template has a place that is not known.
 */
export function renderDockerfile(template: string, parts: DockerfileParts): string {
  const unix = withNewline(template, '\n');
  const { requirements } = parts;
  const target = '/app/requirements.txt';
  const copy = /\s/.test(requirements)
    ? `COPY --chown=claude:claude ${jsonForm([requirements, target])}`
    : `COPY --chown=claude:claude ${requirements} ${target}`;
  let text = replaceOnce(unix, BASE, 'ARG BASE_IMAGE', `ARG BASE_IMAGE=${parts.base}`);
  text = replaceOnce(text, REQUIREMENTS, 'COPY requirements.txt', copy);
  text = replaceOnce(text, COPIES, '# refit:copy-begin … # refit:copy-end', parts.lines.join('\n'));
  text = replaceOnce(text, PYTHON_PATH, 'ENV PYTHONPATH', `ENV PYTHONPATH=${parts.pythonPath.join(':')} \\`);
  text = replaceOnce(text, DATABASE, 'ARG WITH_DATABASE', `ARG WITH_DATABASE=${parts.database ? 1 : 0}`);
  text = replaceOnce(text, COMMAND, '# refit:command', `CMD ${jsonForm(parts.command)}`);
  const unknown = /^.*# refit:.*$/m.exec(text);
  if (unknown !== null) throw new RefitError(`the Dockerfile template has an unknown place: ${unknown[0].trim()}`);
  return withNewline(text, newlineOf(template));
}

function replaceOnce(text: string, pattern: RegExp, name: string, by: string): string {
  const count = [...text.matchAll(pattern)].length;
  if (count !== 1) throw new RefitError(`the Dockerfile template has the place "${name}" ${count} times, not once`);
  return text.replace(pattern, () => by);
}

/** The exec form: a JSON array, blanks after the commas. */
export function jsonForm(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}
