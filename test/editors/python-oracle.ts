import { spawnSync } from 'node:child_process';

const PROGRAM = `
import json, sys
def problem(text):
    try:
        compile(text.encode(), "text.py", "exec")
    except SyntaxError as error:
        return str(error)
print(json.dumps([problem(text) for text in json.load(sys.stdin)]))
`;

let hasPython: boolean | undefined;

/**
 * What Python's own compiler says of each text: null when it compiles. Without Python at hand, or one too old for
 * `match`, every answer is null: the oracle has nothing to say.
 */
export function compileErrors(texts: readonly string[]): readonly (string | null)[] {
  const isNew = 'import sys; sys.exit(sys.version_info < (3, 10))';
  hasPython ??= spawnSync('python3', ['-c', isNew]).status === 0;
  if (!hasPython) return texts.map(() => null);
  const run = spawnSync('python3', ['-c', PROGRAM], { input: JSON.stringify(texts), encoding: 'utf8' });
  return JSON.parse(run.stdout);
}
