import { dirname, join } from 'node:path';
import type { RepoPath } from '../../base/repo-path.ts';
import type { Checkout } from '../../checkout/read.ts';
import { layerOf } from '../../tree/layered-source.ts';
import type { WorkingTree } from '../../tree/memory-tree.ts';
import type { FileMode, ReadonlyTree } from '../../tree/tree.ts';
import type { Covered } from './cover.ts';
import type { CheckoutToRead, CodeToRun, Overlay } from './protocol.ts';

/** The code as it is handed to the worker: what was hashed, and nothing read again. */
export function codeToRun({ found, files }: Covered): CodeToRun {
  return {
    entry: found.entry,
    files: new Map(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString('utf8')])),
    templates: join(dirname(found.entry), 'templates'),
  };
}

/** A checkout as the worker reads it by itself. */
export function checkoutToRead({ root, source: given }: Checkout): CheckoutToRead {
  const layer = layerOf(given);
  const source = layer?.below ?? given;
  const modes = new Map<RepoPath, FileMode>();
  for (const path of source.list()) {
    const mode = source.mode(path);
    if (mode !== '644') modes.set(path, mode);
  }
  const rest = layer === undefined ? {} : { layer: overlayOf(layer.tree) };
  return { root, paths: source.list(), modes, leftAlone: source.leftAlone, ...rest };
}

/** What a tree changes on its checkout; nothing for one that no step has touched. */
export function overlayOf(tree: ReadonlyTree): Overlay {
  const changes = 'changes' in tree ? (tree as WorkingTree).changes() : [];
  const contents = changes.flatMap((change) =>
    change.kind === 'delete' ? [] : ([[change.path, tree.readBytes(change.path)]] as const),
  );
  return { changes, contents: new Map(contents) };
}
