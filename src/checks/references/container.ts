/** Pure: files that the Dockerfile and the compose files name. */
import { parentOf, type RepoPath, resolveIn } from '../../base/repo-path.ts';
import { indexLines } from '../../base/text.ts';
import type { ComposeService } from '../../editors/compose.ts';
import { contextPath, finalStage, pathsOfSource } from '../../editors/dockerfile.ts';
import { splitCommands } from '../../editors/shell-words.ts';
import type { ComposeReading, JudgedDockerfile, Project } from '../project.ts';
import { type DeadReference, type FileLookup, removedName } from './reference.ts';

/** Sources of COPY and ADD that are not in the build context, and removed files that an instruction runs. */
export function deadInDockerfile(judged: JudgedDockerfile, files: FileLookup): readonly DeadReference[] {
  return [...deadCopies(judged, files), ...deadCommands(judged, files)];
}

function deadCopies({ path, file, context }: JudgedDockerfile, files: FileLookup): readonly DeadReference[] {
  const all = files.tree.paths();
  const below = context === null ? all : pathsBelow(all, context);
  const found = new Map<string, DeadReference>();
  for (const { index } of file.stages) {
    const stage = finalStage({ ...file, stages: file.stages.slice(0, index + 1) });
    for (const { from, inline, sources, line, instruction } of stage.kind === 'none' ? [] : stage.copies) {
      if (from !== null || inline) continue;
      const dead = sources.filter(
        (source, at) => !isUnknown(source, instruction.words[at]?.text) && pathsOfSource(source, below).length === 0,
      );
      for (const target of dead) {
        // A pattern may match nothing as long as the instruction copies something.
        if (/[*?[]/.test(target) && dead.length < sources.length) continue;
        if (files.ignores(context, contextPath(target)) && removedName(files, target) === null) continue;
        found.set(`${line} ${target}`, { path, line, target, effect: 'the image does not build', breaks: true });
      }
    }
  }
  return [...found.values()];
}

const pathsBelow = (paths: readonly RepoPath[], folder: RepoPath): readonly string[] =>
  paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1));

/** An address, the context itself, or a name that an argument of the build decides. */
function isUnknown(source: string, written: string | undefined): boolean {
  return written?.includes('$') !== false || /^\w+:\/\/|^git@/.test(source) || contextPath(source) === '';
}

function deadCommands({ path, file, text }: JudgedDockerfile, files: FileLookup): readonly DeadReference[] {
  const lines = indexLines(text);
  return file.instructions
    .filter(({ keyword }) => ['RUN', 'CMD', 'ENTRYPOINT', 'HEALTHCHECK'].includes(keyword))
    .flatMap(({ words, keyword }) =>
      words.flatMap((word) =>
        removedName(files, word.text) === null
          ? []
          : [
              {
                path,
                line: lines.lineAt(word.start),
                target: word.text.replace(/^["']|["']$/g, ''),
                effect: keyword === 'RUN' ? 'the image does not build' : 'the container does not start',
                breaks: true,
              },
            ],
      ),
    );
}

/** Files that a compose file mounts, builds from, extends or runs. */
export function deadInCompose(
  reading: ComposeReading,
  { imageLayout }: Project,
  files: FileLookup,
): readonly DeadReference[] {
  const copied = [...imageLayout.keys()];
  return reading.services.flatMap((service) => [
    ...deadMounts(reading, service, copied, files),
    ...deadBuild(reading, service, files),
    ...deadService(reading, service, files),
  ]);
}

/** Of a mount over what the image has, another check tells more. */
function deadMounts(
  { path, providerServices }: ComposeReading,
  service: ComposeService,
  copied: readonly string[],
  files: FileLookup,
): readonly DeadReference[] {
  const folder = parentOf(path);
  return service.mounts.flatMap(({ type, source, target, line }) => {
    const written = source?.resolved ?? '';
    const to = target.resolved ?? target.text;
    const over = providerServices.includes(service) && copied.some((one) => one === to || one.startsWith(`${to}/`));
    if (type !== 'bind' || over || !/^\.{1,2}\//.test(written) || files.exists(folder, written)) return [];
    const removed = removedName(files, written) !== null;
    // A folder is made when it is missing, which is often meant; a file is not.
    if (
      !removed &&
      (!/\.(?:py|sh|ya?ml|json|toml|conf|cfg|ini|sql|js|ts|html)$/.test(written) || files.ignores(folder, written))
    )
      return [];
    return [{ path, line, target: written, effect: 'Docker puts an empty folder in its place', breaks: true }];
  });
}

function deadBuild(
  { path, loaded }: ComposeReading,
  { build }: ComposeService,
  files: FileLookup,
): readonly DeadReference[] {
  const context = build?.context == null ? '.' : build.context.resolved;
  const dockerfile = build?.dockerfile?.resolved;
  if (build === null || loaded === 'other' || context === null || !dockerfile || /^(?:[a-z+]+:|git@|\/)/.test(context))
    return [];
  const folder = resolveIn(parentOf(path), context) as RepoPath | null;
  if (files.exists(folder, dockerfile)) return [];
  const line = build.dockerfile?.line ?? build.line;
  return [{ path, line, target: dockerfile, effect: 'the service does not build', breaks: true }];
}

function deadService({ path }: ComposeReading, service: ComposeService, files: FileLookup): readonly DeadReference[] {
  const { extends: base, command, entrypoint } = service;
  const found: DeadReference[] = [];
  if (base?.file != null && !base.file.includes('$') && !files.exists(parentOf(path), base.file)) {
    found.push({ path, line: base.line, target: base.file, effect: 'Compose cannot load the file', breaks: true });
  }
  for (const one of [command, entrypoint]) {
    const words =
      typeof one?.words === 'string'
        ? splitCommands(one.words).flatMap(({ words: all }) => all.map(({ value }) => value))
        : (one?.words ?? []);
    for (const word of words) {
      if (one === null || removedName(files, word) === null) continue;
      found.push({ path, line: one.line, target: word, effect: 'the service does not start', breaks: true });
    }
  }
  return found;
}
