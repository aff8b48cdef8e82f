import type { ts } from 'ts-morph';
import { typeScript } from './compiler.ts';

/**
 * Every node below `root` and itself, in no order to rely on; with `jsDoc` also those of documentation comments. A loop, not a
 * recursion: a sum of ten thousand terms nests ten thousand deep.
 */
export function* descendants(root: ts.Node, jsDoc = false): Generator<ts.Node> {
  const ts = typeScript();
  const waiting: ts.Node[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const comments = jsDoc ? (node as { readonly jsDoc?: readonly ts.JSDoc[] }).jsDoc : undefined;
    if (comments !== undefined) waiting.push(...comments);
    ts.forEachChild(node, (child) => {
      waiting.push(child);
    });
  }
}
