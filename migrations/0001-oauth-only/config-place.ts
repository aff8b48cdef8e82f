import {
  type ContextCopy,
  imageLayout,
  nameOf,
  parentOf,
  type ReadonlyTree,
  type RepoPath,
  repoPath,
} from '../../src/authoring.ts';
import type { CopyNote, NewCopy } from './image-copies.ts';
import { configFolder } from './server-start.ts';

export interface Completed {
  readonly copies: readonly NewCopy[];
  readonly notes: readonly CopyNote[];
}

/** `custom_handler: module.object` of a provider map. */
const HANDLER = /["']?custom_handler["']?\s*:\s*["']?([\w.]+)\.\w+/g;

/**
 * Adds what the server needs at its places and the old Dockerfile did not bring there (a mount may have): the configuration, and beside it each module that its
 * provider map names. LiteLLM looks for a handler in the folder of its configuration.
 */
export function completeConfig(
  copies: readonly NewCopy[],
  config: string,
  tree: ReadonlyTree,
  line: number,
): Completed {
  const notes: CopyNote[] = [];
  const all = [...copies];
  const image = (): ReadonlyMap<string, string> =>
    new Map(imageLayout(all.map(asContextCopy), tree.paths()).map((file) => [file.image, file.context]));
  const add = (source: RepoPath, destination: string, what: string): void => {
    all.push({ sources: [source], destination, keyword: 'COPY' });
    notes.push({ severity: 'info', line, message: `${what} was not copied to ${destination}: added` });
  };
  if (!image().has(config)) {
    const source = findConfig(tree, config);
    if (source === null) {
      notes.push({ severity: 'todo', line, message: `nothing brings ${config} into the image: copy or mount it` });
      return { copies: all, notes };
    }
    const folder = parentOf(source);
    if (folder === null) add(source, config, source);
    else add(`${folder}/` as RepoPath, `${configFolder(config)}/`, `${folder}/`);
  }
  const source = image().get(config) as RepoPath | undefined;
  const text = source === undefined ? null : tree.tryReadText(source);
  for (const [, dotted = ''] of (text ?? '').matchAll(HANDLER)) {
    const file = `${dotted.replaceAll('.', '/')}.py`;
    const wanted = `${configFolder(config)}/${file}`;
    if (image().has(wanted)) continue;
    const module = [...(source === undefined ? [] : besides(source, file)), file]
      .map(repoPath)
      .find((path) => tree.has(path));
    if (module !== undefined) add(module, wanted, `the handler ${module}`);
    else if (![...image().keys()].some((path) => path === `/app/${file}`)) {
      notes.push({
        severity: 'todo',
        line,
        message: `the handler ${dotted} of ${config} is nowhere beside it: LiteLLM will not find it`,
      });
    }
  }
  return { copies: all, notes };
}

function besides(source: RepoPath, file: string): readonly string[] {
  const folder = parentOf(source);
  return folder === null ? [] : [`${folder}/${file}`];
}

function findConfig(tree: ReadonlyTree, config: string): RepoPath | null {
  const name = config.slice(config.lastIndexOf('/') + 1);
  return tree.paths('*', 'config/*').find((path) => nameOf(path) === name) ?? null;
}

function asContextCopy({ sources, destination }: NewCopy): ContextCopy {
  return {
    sources,
    destination: destination.length > 1 ? destination.replace(/\/$/, '') : destination,
    toFolder: destination.endsWith('/'),
    from: null,
    inline: false,
    line: 1,
  };
}
