import { addProperties, type ts, typeScript } from '../../../../src/authoring.ts';
import { SDK } from '../sdk-declarations.ts';
import { type Changes, wordsAt } from './changes.ts';
import type { KeyUse, OptionsSite } from './keys.ts';
import { extraFlags, movePrompts, notePresentPrompt, textOf } from './prompt.ts';
import { mayBeAbsent } from './values.ts';
import { modeText, presetText, sourcesText, type Words } from './words.ts';

/** The options that the old SDK chose by itself, in the order in which they are written out. */
export const WRITTEN_OUT = ['systemPrompt', 'settingSources', 'permissionMode'] as const;
type WrittenOut = (typeof WRITTEN_OUT)[number];

/** Flags of the CLI that decide the same. */
const FLAGS: Readonly<Record<WrittenOut, RegExp>> = {
  systemPrompt: /^(?:append-)?system-prompt/,
  settingSources: /^setting-sources$/,
  permissionMode: /^(?:permission-mode|dangerously-skip-permissions)$/,
};

/**
 * Rewrites one options object. `isWhole` tells that it reaches a query as it is: then what the old SDK chose by itself is written
 * out too.
 */
export function rewriteSite(changes: Changes, site: OptionsSite, isWhole: boolean): void {
  if (changes.settled.has(site.literal)) return;
  changes.settled.add(site.literal);
  const fit = fitOf(changes, site.literal);
  const done = movePrompts(changes, site, fit === 'untyped');
  const allowed = allowBypass(changes, site, isWhole);
  if (!isWhole) return;
  notePresentPrompt(
    changes,
    site.uses.find(({ key }) => key === 'systemPrompt'),
  );
  noteMode(changes, site.uses);
  const missing = missingKeys(changes, site, done === 'leave');
  const added = [...allowed, ...writtenOut(wordsAt(changes, site.literal, fit === 'untyped'), missing)];
  if (missing.length > 0 && fit === 'closed') {
    changes.note(
      site.literal,
      'todo',
      `its type has no place for them: write out ${missing.join(', ')} where it reaches the query`,
    );
  } else if (added.length > 0) {
    const { text } = changes.fileOf(site.literal);
    // A property that was taken out leaves no gap of its own to break.
    const layout = done === 'join' ? 'as it is' : 'broken when long';
    for (const edit of addProperties(text, site.literal, added, layout)) changes.edit(site.literal, edit);
  }
  for (const expression of site.unseen) noteUnseen(changes, expression);
}

/** `name: value` of what the old SDK chose by itself. */
export function writtenOut(words: Words, keys: readonly WrittenOut[] = WRITTEN_OUT): readonly string[] {
  const values = {
    systemPrompt: presetText(words),
    settingSources: sourcesText(words),
    permissionMode: modeText(words),
  };
  return keys.map((key) => `${key}: ${values[key]}`);
}

function missingKeys(changes: Changes, site: OptionsSite, isPromptLeft: boolean): readonly WrittenOut[] {
  const flags = extraFlags(site);
  return WRITTEN_OUT.filter((key) => {
    const flag = flags.find((name) => FLAGS[key].test(name));
    if (flag !== undefined) {
      const isAppended = flag === 'append-system-prompt' && !site.uses.some(isAnyPrompt);
      if (isAppended) changes.note(site.literal, 'todo', APPENDED_BY_FLAG);
      else changes.note(site.literal, 'warning', `extraArgs sends --${flag}: ${key} is not written out beside it`);
      return false;
    }
    if (key === 'systemPrompt' && isPromptLeft) return false;
    return !site.uses.some((use) => use.sure && (use.key === key || (key === 'systemPrompt' && isPromptKey(use))));
  });
}

const APPENDED_BY_FLAG =
  "extraArgs sends --append-system-prompt and there is no systemPrompt: the new SDK sends an empty one with it, so Claude Code's own prompt is gone. " +
  "Move the text into systemPrompt: { type: 'preset', preset: 'claude_code', append: … } and take the flag out";

function isAnyPrompt(use: KeyUse): boolean {
  return use.key === 'systemPrompt' || isPromptKey(use);
}

function isPromptKey({ key }: KeyUse): boolean {
  return key === 'customSystemPrompt' || key === 'appendSystemPrompt';
}

/** Whether the object can take more properties, and whether its type tells the compiler what their texts are. */
function fitOf(changes: Changes, literal: ts.ObjectLiteralExpression): 'typed' | 'untyped' | 'closed' {
  const ts = typeScript();
  const { checker } = changes.set;
  const type = checker.getContextualType(literal);
  if (type === undefined || (type.flags & ts.TypeFlags.TypeParameter) !== 0) return 'untyped';
  if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) return 'typed';
  const parts = type.isUnion() ? type.types : [type];
  const isOpen = parts.some(
    (part) => part.getProperty('systemPrompt') !== undefined || part.getStringIndexType() !== undefined,
  );
  return isOpen ? 'typed' : 'closed';
}

const ALLOW = 'allowDangerouslySkipPermissions: true';

/**
 * The types say that bypassing permissions has to be allowed at launch. Adds it beside the mode; where the mode stands in a whole
 * object, answers what is to be added to that.
 */
function allowBypass(changes: Changes, site: OptionsSite, isWhole: boolean): readonly string[] {
  if (site.uses.some(({ key }) => key === 'allowDangerouslySkipPermissions')) return [];
  const added: string[] = [];
  for (const { key, kind, node, value } of site.uses) {
    if (key !== 'permissionMode' || value === null) continue;
    if (textOf(value) === 'bypassPermissions' && kind === 'property') {
      if (isWhole && node.parent === site.literal) added.push(ALLOW);
      else changes.edit(node, { start: node.end, end: node.end, text: `, ${ALLOW}` });
      changes.note(node, 'warning', `the new SDK wants ${ALLOW} beside bypassPermissions; it is added`);
    } else if (value.getText().includes('bypassPermissions')) {
      changes.note(node, 'todo', `where it is bypassPermissions, the new SDK wants ${ALLOW} beside it`);
    }
  }
  return added;
}

function noteMode(changes: Changes, uses: readonly KeyUse[]): void {
  const mode = uses.find(({ key, value }) => key === 'permissionMode' && value !== null);
  if (mode?.value == null || !/0\.[3-9]/.test(changes.version) || !mayBeAbsent(changes.set, mode.value)) return;
  changes.note(
    mode.node,
    'warning',
    "permissionMode may be undefined: the old SDK sent 'default' then, the new one from 0.3.286 on leaves the choice to the settings",
  );
}

function noteUnseen(changes: Changes, expression: ts.Expression): void {
  const ts = typeScript();
  const type = changes.set.checker.getTypeAtLocation(expression);
  const old = ['customSystemPrompt', 'appendSystemPrompt'].filter((key) => {
    const declaration = type.getProperty(key)?.declarations?.[0];
    return declaration !== undefined && changes.set.declarationsOf(declaration) !== SDK;
  });
  if (old.length > 0) {
    changes.note(
      expression,
      'todo',
      `brings ${old.join(' and ')}, which the new SDK drops: turn it into systemPrompt here`,
    );
  } else if ((type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) !== 0) {
    changes.note(
      expression,
      'warning',
      'what comes in here is not seen: customSystemPrompt or appendSystemPrompt in it would be dropped silently',
    );
  }
}
