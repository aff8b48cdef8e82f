import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

interface Found {
  /** As written, with its flags. */
  readonly literal: string;
  readonly where: string;
}

/** Every regular expression that is written out in the sources. */
function expressions(): readonly Found[] {
  const found = new Map<string, string>();
  for (const folder of ['src', 'migrations']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      const source = ts.createSourceFile(
        name,
        readFileSync(join(root, folder, name), 'utf8'),
        ts.ScriptTarget.Latest,
        true,
      );
      const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
          const { line } = source.getLineAndCharacterOfPosition(node.getStart());
          found.set(node.text, `${folder}/${name}:${line + 1}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
    }
  }
  return [...found].map(([literal, where]) => ({ literal, where }));
}

/** What an expression repeats or passes over: its own words, their pieces, and what stands between words everywhere. */
function pumpsFor(literal: string): readonly string[] {
  const body = literal.slice(1, literal.lastIndexOf('/'));
  const words = body.match(/[A-Za-z]{2,}|[-_.:=/@#$]{1,3}/g) ?? [];
  const plain = words.filter((word) => !/^(?:bd|sS)$/.test(word)).slice(0, 8);
  const fixed = [
    ' ',
    '\t',
    '\n',
    '\r\n',
    'a',
    'A0',
    '0',
    '-',
    '.',
    '/',
    '"',
    "'",
    '\\',
    ' \t',
    'a.',
    'a/',
    '[',
    '(',
    '{{',
    '#',
    '|-',
    'a=',
    '\\\n',
  ];
  return [...new Set([...fixed, ...plain, ...plain.map((word) => `${word} `)])];
}

/** A generous guard: what grows with the square is done in milliseconds, what grows faster is not done in minutes. */
const GUARD = 10_000;
const LENGTH = 2500;
const context = createContext({});

/** The pump on which the expression takes longer than the guard, or null. */
function catastrophe(literal: string): string | null {
  for (const pump of pumpsFor(literal)) {
    const run = pump.repeat(Math.ceil(LENGTH / pump.length));
    for (const text of [`${run}\u0001`, `x${run}\u0001\n`]) {
      try {
        context['text'] = text;
        runInContext(
          `for (const _ of text.matchAll(new RegExp(${literal}, 'g' + ${literal}.flags.replace(/[gy]/g, '')))) {}`,
          context,
          {
            timeout: GUARD,
          },
        );
      } catch (error) {
        // Thrown by the realm of the context, whose Error is another one.
        if (Reflect.get(Object(error), 'code') !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        return JSON.stringify(pump);
      }
    }
  }
  return null;
}

describe('regular expressions', () => {
  test('the guard sees one that is catastrophic, and one that grows with the cube', () => {
    expect(catastrophe('/^(?:a+)+$/')).toBe('"a"');
    expect(catastrophe('/^ *-? *-? *-? *x/')).toBe('" "');
    expect(catastrophe('/ +$/')).toBe(null);
  });

  test('of the sources: none is, on text made of what it looks for', { timeout: 1_800_000 }, () => {
    const all = expressions();
    expect(all.length).toBeGreaterThan(700);
    const slow = all.flatMap(({ literal, where }) => {
      const pump = catastrophe(literal);
      return pump === null ? [] : [`${where}: ${literal} on ${pump}`];
    });
    expect(slow).toEqual([]);
    process.stdout.write(`${all.length} regular expressions on texts of ${LENGTH} characters\n`);
  });
});
