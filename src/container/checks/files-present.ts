import type { RepoPath } from '../../base/repo-path.ts';
import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, byHand } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import type { TarEntry } from '../engine.ts';
import { imageFiles } from '../image-files.ts';

/** What the Dockerfile copies is where the server looks for it, and claude owns it. */
export const filesPresent: ContainerCheck = {
  id: 'I08-files-present',
  title: 'Every copied file is in its place and belongs to claude',
  severity: 'error',
  level: 'image',
  reads: 'files',
  description:
    'Reads the files of the image without running anything of it: each file that COPY brings is there, what lies below /app and the home folder ' +
    'belongs to claude and is readable, and the script of the entrypoint is executable. A COPY without --chown gives the file to root, whoever is ' +
    'the user at that line.',
  run: async (bench) => {
    const files = new Map((await imageFiles(bench)).map((file) => [`/${file.path}`, file]));
    return answerOf([...judgeCopies(bench, files), ...judgeScripts(bench, files)]);
  },
};

/** One finding a COPY line and a kind of fault. */
function judgeCopies(bench: Bench, files: ReadonlyMap<string, TarEntry>): readonly ContainerFinding[] {
  const lines = new Map<string, { readonly fault: Fault; readonly line: number; readonly seen: string[] }>();
  for (const [path, { line }] of bench.project.imageLayout) {
    const fault = faultOf(path, follow(files, path));
    if (fault === null) continue;
    const known = lines.get(`${line} ${fault.message}`) ?? { fault, line, seen: [] };
    known.seen.push(`${path}: ${fault.seen}`);
    lines.set(`${line} ${fault.message}`, known);
  }
  return [...lines.values()].map(({ fault, line, seen }) => ({
    message: fault.message,
    expected: fault.expected,
    seen: shorten(seen).join('\n'),
    subject: seen[0]?.split(':')[0] ?? '',
    path: bench.judged.path,
    line,
    ...(fault.failureMode === undefined ? {} : { failureMode: fault.failureMode }),
    next: fault.next,
    byHand: byHand(bench, { entrypoint: 'ls', command: ['-ln', ...seen.slice(0, 5).map(pathOf)] }),
  }));
}

interface Fault {
  readonly message: string;
  readonly expected: string;
  readonly seen: string;
  readonly next: string;
  readonly failureMode?: string;
}

function faultOf(path: string, file: TarEntry | undefined): Fault | null {
  if (file === undefined) {
    return {
      message: 'a file that COPY brings is not in the image',
      expected: 'the file of the checkout',
      seen: 'not there',
      failureMode: 'FM-08',
      next: 'see what a later instruction removes, and what the ignore file keeps out',
    };
  }
  const { uid, user, home, workdir } = BASE_CONTRACT;
  const owned = [workdir, home].some((folder) => path.startsWith(`${folder}/`));
  if (!owned || file.kind !== 'file') return null;
  if (file.uid !== uid) {
    return {
      message: `files below ${workdir} do not belong to ${user}`,
      expected: `uid ${uid}`,
      seen: `uid ${file.uid}, mode ${file.mode.toString(8)}`,
      failureMode: 'FM-19',
      next: `COPY --chown=${user}:${user} …`,
    };
  }
  if ((file.mode & 0o400) !== 0) return null;
  return {
    message: `${user} cannot read a copied file`,
    expected: 'readable by its owner',
    seen: `mode ${file.mode.toString(8)}`,
    next: 'give it mode 644 in the checkout',
  };
}

function judgeScripts(bench: Bench, files: ReadonlyMap<string, TarEntry>): readonly ContainerFinding[] {
  const scripts = (bench.project.start?.scripts ?? []).filter(({ runBy }) => runBy === 'entrypoint');
  return scripts.flatMap(({ imagePath, path, dockerfileLine }) => {
    const file = follow(files, imagePath);
    // A script that is handed to a shell or to Python needs no mode.
    const program = bench.image.facts.entrypoint?.[0];
    if (file === undefined || program !== imagePath || mayRun(file)) return [];
    return [
      {
        message: 'the script of the entrypoint cannot be executed',
        expected: `executable by ${BASE_CONTRACT.user}`,
        seen: `${imagePath}: uid ${file.uid}, mode ${file.mode.toString(8)}`,
        path: bench.judged.path,
        line: dockerfileLine,
        failureMode: 'FM-18',
        next: `chmod +x ${path} in the checkout, or RUN chmod 0755 ${imagePath}`,
        byHand: byHand(bench, { entrypoint: 'ls', command: ['-ln', imagePath] }),
      },
    ];
  });
}

function mayRun({ mode, uid, gid }: TarEntry): boolean {
  const { uid: claude, gid: group } = BASE_CONTRACT;
  return (mode & (uid === claude ? 0o100 : gid === group ? 0o010 : 0o001)) !== 0;
}

/** The entry at a path; a link is followed to what it names. */
function follow(files: ReadonlyMap<string, TarEntry>, path: string): TarEntry | undefined {
  let at = files.get(path);
  for (let turn = 0; turn < 5 && at?.kind === 'link'; turn += 1) {
    const target = at.linkTarget;
    const folder = `/${at.path}`.split('/').slice(0, -1).join('/');
    at = files.get(new URL(target, `file://${folder}/`).pathname);
  }
  return at;
}

const pathOf = (seen: string): RepoPath => (seen.split(':')[0] ?? '') as RepoPath;

function shorten(lines: readonly string[]): readonly string[] {
  return lines.length <= 6 ? lines : [...lines.slice(0, 5), `and ${lines.length - 5} more`];
}
