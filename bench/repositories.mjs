import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Paths and texts of a source tree of `count` files of about 2 KB, three folders deep, the same at every call. */
export function* smallTreeFiles(count) {
  for (let at = 0; at < count; at += 1) {
    const path = `src/part-${at % 97}/group-${at % 11}/module_${at}.py`;
    const lines = Array.from(
      { length: 40 },
      (_, line) => `def step_${at}_${line}(value):\n    return value + ${line}\n`,
    );
    yield [path, `"""Module ${at}."""\n\n${lines.join('\n')}`];
  }
}

/** Paths and texts of `count` CommonJS files of about 2 KB, each with names that `rename-transform.cjs` renames. */
export function* smallScriptFiles(count) {
  for (let at = 0; at < count; at += 1) {
    const lines = Array.from(
      { length: 40 },
      (_, line) => `function old_${at}_${line}(value) {\n  return value + ${line};\n}\n`,
    );
    yield [`file-${at}.js`, `'use strict';\n\n${lines.join('\n')}`];
  }
}

export function fillFiles(folder, files) {
  for (const [path, text] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}

/** Paths and texts of `count` TypeScript files of 150 lines; `hits` of them, spread evenly, call the Claude Code SDK. */
export function* typeScriptFiles(count, hits) {
  for (let at = 0; at < count; at += 1) {
    const isHit = Math.floor((at * hits) / count) !== Math.floor(((at + 1) * hits) / count);
    const head = isHit
      ? sdkCall(at)
      : Array.from({ length: 6 }, (_, line) => `export const limit${line} = ${at + line};`);
    const rest = Array.from(
      { length: 36 },
      (_, step) =>
        `export function step${step}(value: number): number {\n  const next = value + ${step};\n  return next;\n}`,
    );
    yield [`src/part-${at % 97}/module-${at}.ts`, `${[...head, ...rest].join('\n')}\n`];
  }
}

/** Six lines that load the SDK and start a query. */
function sdkCall(at) {
  return [
    "import { query } from '@anthropic-ai/claude-code';",
    '',
    'export function ask(prompt: string) {',
    `  const options = { maxTurns: ${(at % 7) + 1}, appendSystemPrompt: 'Be brief.' };`,
    '  return query({ prompt, options });',
    '}',
  ];
}
