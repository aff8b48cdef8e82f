/** Which build argument names the base image, and what compose gives for it. Pure. */
import { expand } from '../../editors/dockerfile.ts';
import type { Project } from '../project.ts';
import type { JudgedDockerfile } from './dockerfile.ts';

/** The line that decides on the base: the ARG that FROM takes it from, else FROM itself. */
export function baseLine({ file, stage }: JudgedDockerfile): { readonly line: number; readonly name: string | null } {
  for (const { words, line } of [...file.globalArgs].reverse()) {
    for (const { text } of words) {
      const name = /^\w+(?==)/.exec(text)?.[0];
      if (name !== undefined && mentions(stage.base.raw, name)) return { line, name };
    }
  }
  return { line: stage.base.line, name: null };
}

/** The base image with the arguments that loaded compose files build with, or null when they give none. */
export function builtWith({ stage }: JudgedDockerfile, { composeFiles }: Project): string | null {
  const values = new Map<string, string>();
  for (const { loaded, providerServices } of composeFiles) {
    if (loaded === 'other') continue;
    for (const { build } of providerServices) {
      for (const { name, value } of build?.args ?? []) if (value !== null) values.set(name, value);
    }
  }
  if (![...values.keys()].some((name) => mentions(stage.base.raw, name))) return null;
  const { text, open } = expand(stage.base.raw, values);
  return open.length === 0 ? text : null;
}

const mentions = (text: string, name: string): boolean => new RegExp(`\\$(?:${name}\\b|\\{${name}[:}+?-])`).test(text);
