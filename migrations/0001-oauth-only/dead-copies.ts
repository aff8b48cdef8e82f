import {
  applyEdits,
  type CopyInstruction,
  contextPath,
  type Dockerfile,
  type EditOutcome,
  finalStage,
  type ReadonlyTree,
  type RepoPath,
  readDockerfile,
  removeInstruction,
  setInstructionArguments,
} from '../../src/authoring.ts';

/** A Dockerfile that stays, without the copies of a login module that is not there any more. */
export interface MendedDockerfile {
  readonly kind: 'mended';
  readonly path: RepoPath;
  readonly text: string;
}

const MODULE = 'auth_integration.py';
/** The module among the words of a COPY, in either form, with what parts it from the next word. */
const WORD =
  /(?:(?<=[\s])(?:\.?\/)?auth_integration\.py(?:[ \t]*\\\r?\n[ \t]*|[ \t]+)|"(?:\.?\/)?auth_integration\.py"\s*,\s*)/;

/** Mends a Dockerfile on the base image whose build the missing module stops; null when nothing stops it. */
export function mendDeadCopies(tree: ReadonlyTree, path: RepoPath): MendedDockerfile | null {
  const before = tree.readText(path);
  let text = before;
  for (;;) {
    const file = readDockerfile(text);
    const stage = finalStage(file);
    const copy = stage.kind === 'stage' ? stage.copies.find((one) => isDead(one, tree)) : undefined;
    const outcome = copy === undefined ? null : withoutModule(file, copy);
    if (outcome?.kind !== 'edits') break;
    text = applyEdits(text, outcome.edits);
  }
  return text === before ? null : { kind: 'mended', path, text };
}

function isDead({ sources, from, inline }: CopyInstruction, tree: ReadonlyTree): boolean {
  return from === null && !inline && sources.some(isModule) && !tree.has(MODULE as RepoPath);
}

const isModule = (source: string): boolean => contextPath(source) === MODULE;

function withoutModule(file: Dockerfile, { sources, instruction }: CopyInstruction): EditOutcome {
  if (sources.every(isModule)) return removeInstruction(file, instruction);
  const rest = file.text.slice(instruction.start + instruction.keyword.length, instruction.end);
  return setInstructionArguments(file, instruction, rest.replace(WORD, '').trimStart());
}
