/** Pure: files that documents link to or speak of. */
import { parentOf } from '../../base/repo-path.ts';
import { readMarkdown } from '../../editors/markdown.ts';
import { type LiveFile, liveFiles } from '../live-files.ts';
import { type DeadReference, type FileLookup, ownGlobs, removedName } from './reference.ts';

const SPOKEN =
  /(?<![\w/.-])(?:\.{0,2}\/)?(?:[\w.-]+\/)*(?:auth_integration\.py|simple-oauth(?=\/)|[\w-]*(?:auth|login)[\w-]*\.(?:sh|bash))(?![\w-])/gi;

/** Relative links to what is not there, and removed files that the text names; each target once a document. */
export function deadInDocuments(files: FileLookup): readonly DeadReference[] {
  const documents = liveFiles(files.tree, ...ownGlobs(files.context, '*.{md,markdown,mdx,txt,rst}')).filter(
    ({ path }) => !/(?:^|\/)requirements[^/]*\.txt$/.test(path),
  );
  return documents.flatMap((file) => {
    const links = /\.(?:md|markdown)$/.test(file.path) ? deadLinks(file, files) : [];
    return [...links, ...spokenOf(file, files).filter(({ line }) => !links.some((link) => link.line === line))];
  });
}

function deadLinks({ path, text }: LiveFile, files: FileLookup): readonly DeadReference[] {
  const folder = parentOf(path);
  const found = new Map<string, DeadReference>();
  for (const { kind, target, line } of readMarkdown(text).links) {
    const plain = kind === 'autolink' || kind === 'reference' ? null : plainTarget(target);
    if (plain === null) continue;
    const [from, to] = plain.startsWith('/') ? [null, plain.replace(/^\/+/, '')] : [folder, plain];
    if (files.exists(from, to) || files.ignores(from, to)) continue;
    const breaks = removedName(files, to) !== null;
    if (!found.has(to)) found.set(to, { path, line, target, effect: 'the link leads nowhere', breaks });
  }
  return [...found.values()];
}

/** The path of a relative link; null for addresses, anchors and what a site generator fills in. */
function plainTarget(target: string): string | null {
  const path = target.replace(/[?#].*$/, '');
  if (path === '' || /^(?:[a-z][\w+.-]*:|\/\/)|[{}<>$*]/i.test(path)) return null;
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function spokenOf({ path, text }: LiveFile, files: FileLookup): readonly DeadReference[] {
  const found = new Map<string, DeadReference>();
  for (const match of text.matchAll(SPOKEN)) {
    const name = removedName(files, match[0]);
    if (name === null || found.has(name)) continue;
    const line = text.slice(0, match.index).split('\n').length;
    found.set(name, { path, line, target: match[0], effect: 'the reader looks for it in vain', breaks: false });
  }
  return [...found.values()];
}
