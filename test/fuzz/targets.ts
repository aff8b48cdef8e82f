import { codeTargets } from './code.ts';
import { diffTarget } from './diff.ts';
import { editorTargets } from './editors.ts';
import { readerTargets } from './readers.ts';
import type { Target } from './target.ts';

/** Everything that is fuzzed, in the order of the table. */
export const targets: readonly Target[] = [...editorTargets, ...codeTargets, ...readerTargets, diffTarget];
