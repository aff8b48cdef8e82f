import {
  applyEdits,
  defineStep,
  type EditRemark,
  indexLines,
  type ReadonlyTree,
  type RepoPath,
  removeModuleUse,
  stringLiterals,
  type TextEdit,
} from '../../../src/authoring.ts';
import {
  AUTH_FUNCTION,
  type AuthImporter,
  findAuthImporters,
  lineOfLoad,
  startupScripts,
  whyNotAuthModule,
} from '../auth-module.ts';
import type { OauthOnlyParams } from '../params.ts';

/** What the line under the call says: that pages, routes or a login were added. */
const ANNOUNCEMENT =
  /\/auth\b|\b(?:auth(?:entication|enticated|ori[sz]ation)?|log-?in|oauth)\b.*\b(?:routes?|endpoints?|pages?|ui|interface|integration|web)\b|\b(?:routes?|endpoints?|pages?|ui|interface)\b.*\b(?:auth(?:entication|enticated|ori[sz]ation)?|log-?in)\b/is;

/** What the line above the import says when it is about the login. */
const HEADING = /\b(?:o?auth(?:entication|enticated|ori[sz]ation)?|log-?in)\b/i;

/** A text that sends people to the page that goes. */
const PAGE = /(?<![\w./-])\/auth\b(?![\w-]|\.\w)|(?<=https?:\/\/[^\s/]+)\/auth\b(?![\w-])/;

interface Cut {
  readonly path: RepoPath;
  readonly edits: readonly TextEdit[];
  /** At lines of the file as it is after the cut. */
  readonly remarks: readonly EditRemark[];
}

/** Whether the module that a script imports is the web login, or is gone already. */
function importsWebLogin(tree: ReadonlyTree, { files }: AuthImporter): boolean {
  return files.every((file) => {
    const text = tree.tryReadText(file);
    return text !== null && whyNotAuthModule(text) === null;
  });
}

type CutOutcome =
  | { readonly kind: 'cut'; readonly cut: Cut }
  | { readonly kind: 'refuse'; readonly why: string; readonly path: RepoPath; readonly line: number };

function cutFrom({ path, text, modules }: AuthImporter): CutOutcome {
  const outcome = removeModuleUse(
    text,
    { modules, names: [AUTH_FUNCTION] },
    { announcement: ANNOUNCEMENT, heading: HEADING },
  );
  if (outcome.kind === 'refused') return { kind: 'refuse', path, line: outcome.line, why: outcome.why };
  const edits = outcome.kind === 'edits' ? outcome.edits : [];
  // The module is deleted in the same run: an import that stays would stop the server at its next start.
  const result = applyEdits(text, edits);
  const left = lineOfLoad(result, modules);
  if (left === undefined) {
    const moved = outcome.remarks.map(({ line, message }) => ({ message, line: lineAfter(text, edits, line) }));
    return { kind: 'cut', cut: { path, edits, remarks: [...moved, ...remarksOfPage(result)] } };
  }
  const [remark] = outcome.remarks;
  const why = remark?.message ?? `${modules.join(', ')} is still imported`;
  return { kind: 'refuse', path, line: remark?.line ?? left, why };
}

function lineAfter(text: string, edits: readonly TextEdit[], line: number): number {
  const start = indexLines(text).startOf(line);
  const before = edits.filter((edit) => edit.end <= start);
  const lost = before.map((edit) => text.slice(edit.start, edit.end).split('\n').length - edit.text.split('\n').length);
  return lost.reduce((sum, lines) => sum - lines, line);
}

function remarksOfPage(text: string): readonly EditRemark[] {
  return stringLiterals(text)
    .filter(({ source }) => PAGE.test(source))
    .map(({ line }) => ({ line, message: 'still speaks of the login page /auth' }));
}

/** Takes the web login out of the script that starts the server; what else the script does stays to the byte. */
export const cutStartupAuth = defineStep<OauthOnlyParams, readonly Cut[]>({
  id: 'cut-startup-auth',
  title: 'Cut the web login from the startup script',
  description:
    'Removes the import of the web login, the call that puts its pages on the app, the comment right above and the message right ' +
    'below. The app stays bound and every other byte stays. A script that uses the module in another way stops the run, with its line.',
  version: 1,
  needs: ['python'],
  select: async (tree) => {
    const scripts = startupScripts(await findAuthImporters(tree)).filter((script) => importsWebLogin(tree, script));
    if (scripts.length === 0) return { kind: 'done', why: 'no startup script imports the web login' };
    const cuts: Cut[] = [];
    for (const script of scripts) {
      const outcome = cutFrom(script);
      if (outcome.kind === 'refuse') return outcome;
      cuts.push(outcome.cut);
    }
    return { kind: 'applies', input: cuts };
  },
  run: (cuts, tree, ctx) => {
    for (const { path, edits, remarks } of cuts) {
      tree.edit(path, edits);
      for (const { line, message } of remarks) ctx.note({ severity: 'warning', path, line, message });
    }
  },
});
