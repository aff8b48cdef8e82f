import type { RepoPath } from '../../base/repo-path.ts';
import {
  type RequirementsFile,
  readRequirements,
  setSpecifiers,
  type VersionSpecifier,
} from '../../editors/requirements.ts';
import { defineCheck, type Finding } from '../define.ts';
import { fillVariables } from '../project/shell-script.ts';
import { allowsVersion } from '../project/versions.ts';
import { type DockerfileReading, type Project, readProject } from '../project.ts';

const ID = 'S06-litellm-range';
/** Releases of LiteLLM that carried a credential stealer (MAL-2026-2144). */
export const KNOWN_BAD: readonly string[] = ['1.82.7', '1.82.8'];

interface Mention {
  readonly path: RepoPath;
  readonly line: number;
  readonly text: string;
  readonly specifiers: readonly VersionSpecifier[];
  readonly url: string | null;
  /** The requirements file that it stands in; null for a command and for a manifest. */
  readonly file: RequirementsFile | null;
}

/** The version of LiteLLM is bounded, and leaves out the compromised ones. */
export const litellmRange = defineCheck<readonly Mention[]>({
  id: ID,
  title: 'The versions of LiteLLM are bounded and leave out the compromised ones',
  severity: 'error',
  securitySeverity: 9,
  description:
    'LiteLLM 1.82.7 and 1.82.8 carried a credential stealer that runs whenever Python starts, in a container that holds a Claude login. A ' +
    'requirement without a bound, or with one that lets them in, installs them from any index or cache that still has them.',
  examples: { bad: 'litellm[proxy]>=1.40.0', good: 'litellm[proxy]>=1.40.0,!=1.82.7,!=1.82.8' },
  select: (tree, ctx) => {
    const mentions = mentionsIn(readProject(tree, ctx));
    if (mentions.length === 0)
      return { kind: 'skip', why: 'no requirements file, no manifest and no pip command here names litellm' };
    return { kind: 'applies', input: mentions };
  },
  run: (mentions) => {
    // What several lines say of one package holds together, as pip takes it.
    const together = mentions.flatMap(({ specifiers }) => specifiers);
    const bad = KNOWN_BAD.filter((version) => allowsVersion(together, version));
    const [first] = mentions;
    if (first === undefined || first.url !== null || bad.length === 0) return [];
    return [finding(first, bad, together)];
  },
});

function mentionsIn({ requirements, installs, dockerfile }: Project): readonly Mention[] {
  const inFiles = requirements.flatMap(({ path, file, form }) =>
    file.requirements
      .filter(({ name }) => name === 'litellm')
      .map(({ line, text, specifiers, url }) => ({
        path,
        line,
        text,
        specifiers,
        url,
        file: form === 'pip' ? file : null,
      })),
  );
  const inCommands = installs.flatMap(({ path, packages, line, command, text: around }) =>
    packages.flatMap((word): readonly Mention[] => {
      const redirection = command.redirections.find(({ start }) => start === word.end);
      const end = redirection?.target?.end ?? word.end;
      // A bound that the shell takes away is S05's to tell.
      const written = redirection === undefined ? word.value : around.slice(word.start, end);
      const filled = fillArguments(written, dockerfile);
      const [one] = readRequirements(filled).requirements;
      // What a variable without a value here will say cannot be told.
      if (one?.name !== 'litellm' || filled.includes('$')) return [];
      const { specifiers, url } = one;
      return [{ path, line, text: written, specifiers, url, file: null }];
    }),
  );
  return [...inFiles, ...inCommands];
}

/** The text with the defaults of the Dockerfile's arguments and its variables put in. */
function fillArguments(text: string, dockerfile: DockerfileReading): string {
  if (dockerfile.kind !== 'read' || !text.includes('$')) return text;
  const { env } = dockerfile.stage;
  const values = new Map(env.map(({ name, value }) => [name, value]));
  for (const { keyword, words } of dockerfile.file.instructions) {
    for (const { text: word } of keyword === 'ARG' ? words : []) {
      const match = /^(\w+)=["']?([^"']*)["']?$/.exec(word);
      if (match?.[1] !== undefined) values.set(match[1], match[2] ?? '');
    }
  }
  return fillVariables(text, values);
}

function finding(mention: Mention, bad: readonly string[], together: readonly VersionSpecifier[]): Finding {
  const { path, line, text, file, specifiers } = mention;
  const excluded = bad.map((version) => `!=${version}`).join(',');
  const isPinned = together.some(({ operator }) => operator === '==' || operator === '===');
  const own = specifiers.map(({ operator, version }) => operator + version).join(',');
  const wanted = own === '' ? `>=1.40.0,${excluded}` : `${own},${excluded}`;
  const edit = file === null || own === '' || isPinned ? null : setSpecifiers(file, 'litellm', wanted);
  const unbounded = together.length === 0;
  return {
    check: ID,
    severity: 'error',
    message: unbounded
      ? 'litellm has no version bound at all, so a compromised release may be installed'
      : `the bound lets the compromised ${bad.join(' and ')} in`,
    expected: isPinned ? 'a release that is not known to be compromised' : `a lower bound and ${excluded}`,
    seen: text,
    subject: bad.join(' '),
    path,
    line,
    failureMode: 'FM-34',
    next: isPinned
      ? `pin another release than ${bad.join(' and ')}`
      : `litellm${/\[[^\]]*\]/.exec(text)?.[0] ?? ''}${wanted}`,
    ...(edit?.kind === 'edits' ? { fix: { kind: 'edit', path, edits: edit.edits } } : {}),
  };
}
