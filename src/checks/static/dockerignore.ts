import { type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { addIgnoreLines, isIgnored, readIgnoreFile } from '../../editors/ignore-file.ts';
import { defineCheck, type Finding, type Fix } from '../define.ts';
import { readProject } from '../project.ts';

const ID = 'S24-dockerignore';
/** Stands for every environment file; a line that lets a named one through is somebody's own decision. */
const ANY_ENV = '.env.any-other';

interface Input {
  /** What the builder goes by: a file of the Dockerfile's own first, else the one of the build context. */
  readonly path: RepoPath;
  readonly text: string | null;
  readonly hasExample: boolean;
}

/** Secrets and history stay out of the build context. */
export const dockerignore = defineCheck<Input>({
  id: ID,
  title: 'Secrets and history stay out of the build context',
  severity: 'warn',
  securitySeverity: 4,
  description:
    'Everything in the folder that is not excluded is sent to the builder, and a broad COPY puts it into the image for whoever pulls it: the ' +
    'token in .env, and in .git every secret that was ever committed. The rules of .dockerignore have to exclude .env, its variants, and .git.',
  examples: { bad: '# .dockerignore\nnode_modules', good: '# .dockerignore\nnode_modules\n.git\n.env*\n!.env.example' },
  select: (tree, ctx) => {
    const { dockerfile } = readProject(tree, ctx);
    if (dockerfile.kind === 'none') return { kind: 'skip', why: dockerfile.why };
    const context = dockerfile.kind === 'read' ? dockerfile.context : null;
    const own = `${dockerfile.path}.dockerignore` as RepoPath;
    const path = tree.has(own) ? own : (resolveIn(context, '.dockerignore') as RepoPath);
    if (tree.has(path) && tree.tryReadText(path) === null) return { kind: 'skip', why: `${path} is not a text file` };
    const hasExample = tree.has(resolveIn(context, '.env.example') as RepoPath);
    return { kind: 'applies', input: { path, text: tree.tryReadText(path), hasExample } };
  },
  run: judge,
});

function judge({ path, text, hasExample }: Input): readonly Finding[] {
  const file = readIgnoreFile(text ?? '');
  const covers = (name: string): boolean => isIgnored(file.patterns, name, 'docker');
  const open = [
    ...(covers('.git/config') ? [] : ['.git']),
    ...(covers('.env') ? [] : ['.env']),
    ...(covers('.env') && !covers(ANY_ENV) ? ['other .env files'] : []),
  ];
  if (open.length === 0) return [];
  const lines = open[0] === '.git' ? ['.git'] : [];
  if (open.at(-1) !== '.git') lines.push('.env*', ...(hasExample ? ['!.env.example'] : []));
  const fix = fixFor(path, text, lines);
  return [
    {
      check: ID,
      severity: 'warn',
      message: `${open.join(' and ')} would be sent to the builder`,
      expected: '.env, its variants and .git are excluded from the build context',
      seen: text === null ? 'no .dockerignore' : `no line of ${path} excludes ${open.join(' and ')}`,
      subject: open.join(' '),
      path,
      failureMode: 'FM-36',
      next: `add to ${path}: ${lines.join(', ')}`,
      ...(text === null ? {} : { line: 1 }),
      ...(fix === null ? {} : { fix }),
    },
  ];
}

function fixFor(path: RepoPath, text: string | null, lines: readonly string[]): Fix | null {
  if (text === null) return { kind: 'create', path, text: `${lines.join('\n')}\n` };
  // Repeated where they stand already: the last line that matches decides.
  const outcome = addIgnoreLines(readIgnoreFile(text), lines, true);
  return outcome.kind === 'edits' ? { kind: 'edit', path, edits: outcome.edits } : null;
}
