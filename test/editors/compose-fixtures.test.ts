import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  addMount,
  changeMountTarget,
  removeEnv,
  removeMount,
  removeServiceKey,
  setEnv,
  setServiceKey,
} from '../../src/editors/compose.ts';
import type { EditOutcome } from '../../src/editors/outcome.ts';
import { applyEdits } from '../../src/tree/edits.ts';

const folder = join(import.meta.dirname, '../../fixtures/editors/compose');
// biome-ignore lint/suspicious/noExplicitAny: the arguments come from a fixture
const editors: Readonly<Record<string, (text: string, args: any) => EditOutcome>> = {
  addMount,
  changeMountTarget,
  removeEnv,
  removeMount,
  removeServiceKey,
  setEnv,
  setServiceKey,
};

function read(name: string, file: string): string {
  return readFileSync(join(folder, name, file), 'utf8');
}

function run(text: string, { op, ...args }: { op: string }): EditOutcome {
  const editor = editors[op];
  if (editor === undefined) throw new Error(`no such editor: ${op}`);
  return editor(text, args);
}

const names = readdirSync(folder).sort();
const refused = names.filter((name) => name.startsWith('refused-'));
const edited = names.filter((name) => !name.startsWith('refused-'));

describe('edits of odd but legal compose files', () => {
  test.each(edited)('%s', (name) => {
    let text = read(name, 'before.yml');
    for (const edit of JSON.parse(read(name, 'edits.json'))) {
      const outcome = run(text, edit);
      if (outcome.kind !== 'edits') throw new Error(`${edit.op}: ${JSON.stringify(outcome)}`);
      text = applyEdits(text, outcome.edits);
      expect(run(text, edit)).toEqual({ kind: 'unchanged', remarks: [] });
    }
    expect(text).toBe(read(name, 'after.yml'));
  });
});

describe('compose files that an edit refuses', () => {
  test.each(refused)('%s', (name) => {
    const { line, why } = JSON.parse(read(name, 'refusal.json'));
    const [edit] = JSON.parse(read(name, 'edits.json'));
    expect(run(read(name, 'before.yml'), edit)).toEqual({ kind: 'refused', line, why: expect.stringContaining(why) });
  });
});
