import { pythonString, walkPython } from '../../../src/authoring.ts';
import { isIn, NEW_MODULE, OLD_MODULE } from './names.ts';
import type { PythonFile } from './python-files.ts';
import { isStandIn } from './string-places.ts';

/** A string that names what a test puts something else in the place of. */
export interface PythonMock {
  /** From 1. */
  readonly line: number;
  readonly isNew: boolean;
}

/** The patches of either module, or of something in one: `patch("claude_code_sdk.query")`, `sys.modules["claude_code_sdk"] = fake`. */
export function findPythonMocks(file: PythonFile): readonly PythonMock[] {
  const { text, root } = file.code;
  return [...walkPython(root)].flatMap((node) => {
    const value = node.type === 'string' ? (pythonString(text, node) ?? '') : '';
    const isNew = isIn(NEW_MODULE, value);
    if ((!isNew && !isIn(OLD_MODULE, value)) || !isStandIn(text, node)) return [];
    return [{ line: file.lineAt(node.start), isNew }];
  });
}
