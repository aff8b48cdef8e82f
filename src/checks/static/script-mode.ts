import { compileGlobs } from '../../base/glob.ts';
import type { RepoPath } from '../../base/repo-path.ts';
import { bomLength } from '../../base/text.ts';
import { resolveImagePath } from '../../editors/dockerfile.ts';
import type { TextEdit } from '../../tree/edits.ts';
import type { ReadonlyTree } from '../../tree/tree.ts';
import { defineCheck, type Finding } from '../define.ts';
import { nameOfCommand, unfold, withoutWrappers } from '../project/start.ts';
import { type JudgedDockerfile, judgedDockerfile, type Project, readProject, type StartScript } from '../project.ts';

const ID = 'S10-script-mode';

interface Input {
  readonly judged: JudgedDockerfile;
  readonly project: Project;
  readonly scripts: readonly StartScript[];
}

/** The scripts of the start can be run. */
export const scriptMode = defineCheck<Input>({
  id: ID,
  title: 'The scripts of the start can be run',
  severity: 'error',
  description:
    'A script that a container runs directly needs a first line with #!, line ends without CR, and the executable bit: in git’s index, which is what ' +
    'a clone gets, or by chmod in the Dockerfile. Without one of them the container ends at once with “permission denied”, “exec format error” or ' +
    '“not found”.',
  examples: {
    bad: '# entrypoint.sh is 100644 in git\nCOPY entrypoint.sh /usr/local/bin/\nENTRYPOINT ["/usr/local/bin/entrypoint.sh"]',
    good: 'COPY entrypoint.sh /usr/local/bin/\nRUN chmod 0755 /usr/local/bin/entrypoint.sh\nENTRYPOINT ["/usr/local/bin/entrypoint.sh"]',
  },
  select: (tree, ctx) => {
    const project = readProject(tree, ctx);
    const judged = judgedDockerfile(project);
    if (judged.kind === 'skip') return judged;
    const scripts = project.start?.scripts ?? [];
    if (scripts.length === 0) return { kind: 'skip', why: 'the image runs no script of the checkout' };
    return { kind: 'applies', input: { judged, project, scripts } };
  },
  run: ({ judged, project, scripts }, tree) =>
    scripts.flatMap((script) => {
      const direct = isRunDirectly(script, project);
      return [
        ...(direct ? judgeMode(judged, script, project, tree) : []),
        ...(direct ? judgeShebang(script) : []),
        ...(direct || script.shell !== null ? judgeLineEnds(judged, script) : []),
      ];
    }),
});

/** Whether the kernel runs the script, and not an interpreter that is given its name. */
function isRunDirectly(script: StartScript, { start }: Project): boolean {
  const name = script.imagePath.slice(script.imagePath.lastIndexOf('/') + 1);
  const isIt = (words: readonly string[]): boolean => {
    const [first = ''] = withoutWrappers(unfold(words));
    return first === script.imagePath || first.endsWith(`/${name}`) || first === name;
  };
  const fromDockerfile = [start?.entrypoint, start?.cmd].some((command) => {
    if (command === null || command === undefined) return false;
    return command.form === 'json'
      ? isIt(command.words)
      : command.commands.some(({ words }) => isIt(words.map(({ value }) => value)));
  });
  if (fromDockerfile) return true;
  // CMD may be handed to a script that becomes its arguments; that case is the first word of CMD, seen above.
  return (start?.scripts ?? []).some(({ shell }) =>
    (shell?.commands ?? []).some(({ command }) => isIt(command.words.map(({ value }) => value))),
  );
}

function judgeMode(
  judged: JudgedDockerfile,
  script: StartScript,
  { imageLayout }: Project,
  tree: ReadonlyTree,
): readonly Finding[] {
  // A mode goes along when a RUN copies or moves the file on.
  const others = [...imageLayout].flatMap(([image, { path }]) => (path === script.path ? [image] : []));
  if ([script.imagePath, ...others].some((imagePath) => isMadeExecutable(judged, imagePath))) return [];
  const next = `git update-index --chmod=+x ${script.path}`;
  const common = { check: ID, severity: 'error', failureMode: 'FM-18' } as const;
  if (script.inline) {
    return [
      {
        ...common,
        message: `nothing makes ${script.imagePath} executable`,
        expected: `RUN chmod 0755 ${script.imagePath}`,
        seen: 'a here-document of COPY without --chmod',
        path: script.path,
        line: script.firstLine,
        next: `RUN chmod 0755 ${script.imagePath}`,
      },
    ];
  }
  if (tree.mode(script.path) !== '644') return [];
  return [
    {
      ...common,
      message: `${script.path} is run but is not executable`,
      expected: `mode 100755, or RUN chmod 0755 ${script.imagePath}`,
      seen: 'mode 100644, and no chmod in the Dockerfile',
      path: script.path,
      line: 1,
      next,
      fix: { kind: 'mode', path: script.path, mode: '755' },
    },
  ];
}

const EXECUTABLE = /^(?:[ugoa]*\+[rwX]*x[rwxX]*|[ugoa]*=[rwX]*x[rwxX]*|0?[0-7]?[1357][0-7]{2})(?:,|$)/;

/** Whether `--chmod` of the COPY or a chmod of any RUN gives the executable bit. */
function isMadeExecutable({ stage, runs }: JudgedDockerfile, imagePath: string): boolean {
  const copied = stage.copies.some(
    ({ chmod, destination }) =>
      chmod !== null &&
      EXECUTABLE.test(chmod) &&
      (imagePath === destination || imagePath.startsWith(`${destination}/`)),
  );
  if (copied) return true;
  return runs.some(({ commands }) =>
    commands.some((command) => {
      const words = command.words.map(({ value }) => value).filter((word) => word !== 'sudo');
      if (nameOfCommand(words) === 'find')
        return foundAndChanged(resolveImagePath(stage.workdir, words[1] ?? '.'), imagePath, words);
      if (nameOfCommand(words) === 'install') return installedAs(words, stage.workdir, imagePath);
      if (nameOfCommand(words) !== 'chmod' || !words.slice(1).some((word) => EXECUTABLE.test(word))) return false;
      return words.slice(1).some((word) => covers(resolveImagePath(stage.workdir, word), imagePath, words));
    }),
  );
}

/** `install -m 0755 start.sh /usr/local/bin/`; without a mode it gives 0755. */
function installedAs(words: readonly string[], workdir: string, imagePath: string): boolean {
  const at = words.findIndex((word) => /^(?:-m|--mode)/.test(word));
  const mode = at === -1 ? '0755' : (/^(?:-m|--mode=)(.+)$/.exec(words[at] ?? '')?.[1] ?? words[at + 1] ?? '');
  const target = resolveImagePath(workdir, words.at(-1) ?? '');
  return EXECUTABLE.test(mode) && (imagePath === target || imagePath.startsWith(`${target}/`));
}

/** `find /app -name '*.sh' -exec chmod +x {} +`. */
function foundAndChanged(folder: string, imagePath: string, words: readonly string[]): boolean {
  const chmod = words.findIndex((word) => nameOfCommand([word]) === 'chmod');
  if (chmod === -1 || !words.slice(chmod + 1).some((word) => EXECUTABLE.test(word))) return false;
  const name = words[words.indexOf('-name') + 1] ?? '';
  const matches = !words.includes('-name') || compileGlobs([`**/${name}`])(imagePath.slice(1));
  return matches && (folder === '/' || imagePath.startsWith(`${folder}/`));
}

function covers(target: string, imagePath: string, words: readonly string[]): boolean {
  if (target === imagePath) return true;
  if (/[*?[]/.test(target)) return compileGlobs([target.slice(1)])(imagePath.slice(1));
  return words.some((word) => /^-\w*R/.test(word)) && imagePath.startsWith(`${target}/`);
}

function judgeShebang({ path, text, firstLine }: StartScript): readonly Finding[] {
  if (text.startsWith('#!')) return [];
  const seen = bomLength(text) === 1 ? 'a byte-order mark before the first line' : (text.split('\n')[0] ?? '').trim();
  return [
    {
      check: ID,
      severity: 'error',
      message: `${path} is run but does not say by what: its first line is no #! line`,
      expected: '#!/bin/bash as the first line',
      seen,
      path,
      line: firstLine,
      failureMode: 'FM-18',
      next: 'put #!/bin/bash on the first line',
    },
  ];
}

function judgeLineEnds(judged: JudgedDockerfile, { path, text, inline }: StartScript): readonly Finding[] {
  const at = text.indexOf('\r\n');
  // A build that takes the CR out mends it for the image.
  const mended = judged.runs.some((run) => /\bdos2unix\b|\bsed\b[^\n]*\\r|\btr\b[^\n]*\\r/.test(run.text));
  if (at === -1 || inline || mended) return [];
  return [
    {
      check: ID,
      severity: 'error',
      message: `${path} has Windows line ends, with which no shell of the image can run it`,
      expected: 'lines that end with LF',
      seen: 'lines that end with CR LF',
      path,
      line: text.slice(0, at).split('\n').length,
      failureMode: 'FM-18',
      next: `sed -i 's/\\r$//' ${path}, and *.sh text eol=lf in .gitattributes`,
      fix: { kind: 'edit', path: path as RepoPath, edits: withoutCr(text) },
    },
  ];
}

function withoutCr(text: string): readonly TextEdit[] {
  return [...text.matchAll(/\r(?=\n)/g)].map(({ index }) => ({ start: index, end: index + 1, text: '' }));
}
