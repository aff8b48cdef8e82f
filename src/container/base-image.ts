import type { JudgedDockerfile } from '../checks/project.ts';
import { BASE_CONTRACT } from './base-contract.ts';
import { type ImageFacts, inspectImage, pullImage, type Session } from './engine.ts';

/** The image to build on, or why there is none and what to do. */
export type BaseSearch =
  | {
      readonly kind: 'found';
      /** As the engine finds it. */
      readonly name: string;
      readonly facts: ImageFacts;
      /** Another name than FROM has: the caller asked for it. */
      readonly replaces: boolean;
    }
  | { readonly kind: 'missing'; readonly reason: string; readonly hint: string };

/**
 * Looks for the image that FROM names, in the engine first, then in its registry. Nothing else is built before: without
 * a base there is nothing to prove. The other name of the same image is offered, never taken unasked.
 */
export async function findBase(
  session: Session,
  { stage, path }: JudgedDockerfile,
  wanted: string | undefined,
  onLine: (line: string) => void,
): Promise<BaseSearch> {
  const { text, open, line } = stage.base;
  if (wanted === undefined && open.length > 0) {
    return {
      kind: 'missing',
      reason: `${path}:${line} builds on \${${open.join('}, ${')}}, which has no default`,
      hint: 'name the image: refit verify --base-image NAME',
    };
  }
  const name = wanted ?? text;
  const facts = await findOrPull(session, name, onLine);
  if (facts !== null) return { kind: 'found', name, facts, replaces: wanted !== undefined && wanted !== text };
  return {
    kind: 'missing',
    reason: `the base image ${name} (${path}:${line}) is not in the engine, and no registry gives it`,
    hint: `${await otherName(session, name)}pull or build it first, or name another: --base-image NAME`,
  };
}

/** Facts of an image, fetched where the engine has none; null when nobody has it. */
export async function findOrPull(
  session: Session,
  name: string,
  onLine: (line: string) => void,
): Promise<ImageFacts | null> {
  const local = await inspectImage(session.engine, name);
  if (local !== null) return local;
  onLine(`fetching ${name}`);
  const pulled = await pullImage(session.engine, name, session.signal === undefined ? {} : { signal: session.signal });
  return pulled ? inspectImage(session.engine, name) : null;
}

async function otherName(session: Session, name: string): Promise<string> {
  const bare = name.replace(/@sha256:.*$/, '');
  for (const other of BASE_CONTRACT.names.filter((each) => each !== bare)) {
    if ((await inspectImage(session.engine, other)) !== null) return `${other} is at hand (--base-image ${other}); `;
  }
  return '';
}
