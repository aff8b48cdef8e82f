import { closestPython, type PyNode, pythonChildren } from '../../../../src/authoring.ts';
import type { PythonChanges } from './changes.ts';
import { missingDefaults, writeDefaults } from './defaults.ts';
import { type ExtraFlags, extraFlags } from './extra-flags.ts';
import type { OptionsGroup } from './groups.ts';
import { appendedPrompt, appendFlag, appendFlagPair, customPrompt } from './prompt.ts';
import type { OptionsSite, OptionWrite } from './sites.ts';
import { truthOf } from './values.ts';
import { wordsOf } from './words.ts';

const APPEND = 'append_system_prompt';

/** Turns the prompts of one group into what the new SDK takes, and writes out what the old one chose by itself. */
export function rewriteOptions(changes: PythonChanges, group: OptionsGroup): void {
  const writes = [...group.sites.flatMap((site) => site.writes), ...group.writes];
  const appends = writes.filter(({ key }) => key === APPEND);
  const customs = writes.filter(({ key }) => key === 'system_prompt');
  const flags = extraFlags(changes.file, writes);
  noteReads(changes, group);
  const isSeen = group.sites.length > 0 && group.sites.every(({ unseen }) => unseen.length === 0);
  const isLeft = appends.length > 0 && !moveAppends(changes, { group, writes, appends, customs, flags, isSeen });
  if (!flags.prompt) {
    for (const { keyNode, value, key } of customs) {
      if (isPromptObject(value)) continue;
      changes.rewrite(keyNode, key, value, customPrompt(changes.sdk, changes.file, value));
    }
  }
  for (const site of group.sites) {
    finishSite(changes, site, flags, isLeft);
    noteOddKeys(changes, site);
  }
}

interface Appends {
  readonly group: OptionsGroup;
  readonly writes: readonly OptionWrite[];
  readonly appends: readonly OptionWrite[];
  readonly customs: readonly OptionWrite[];
  readonly flags: ExtraFlags;
  readonly isSeen: boolean;
}

/** Answers whether every append prompt got its place in the new options. */
function moveAppends(changes: PythonChanges, { group, writes, appends, customs, flags, isSeen }: Appends): boolean {
  const { sdk, file } = changes;
  const leave = (why: string): boolean => {
    for (const { keyNode, form } of appends) {
      const fate = form === 'attribute' ? 'is ignored by the new SDK without a word' : 'is an error with the new SDK';
      changes.note('todo', keyNode, `${APPEND} ${fate}; ${why}: write system_prompt by hand`);
    }
    return false;
  };
  if (flags.prompt) return leave('extra_args sends a prompt flag too');
  if (!isSeen) return leave('the other options are not seen whole, so a custom prompt may be among them');
  if (customs.length === 0) {
    for (const { keyNode, value } of appends)
      changes.rewrite(keyNode, 'system_prompt', value, appendedPrompt(sdk, file, value));
    return true;
  }
  const extra = writes.filter(({ key }) => key === 'extra_args');
  const isNothing = ({ form, value }: OptionWrite): boolean => form === 'keyword' && truthOf(sdk, file, value) === 'no';
  if (appends.every(isNothing)) {
    for (const append of appends) dropArgument(changes, group, append);
    return true;
  }
  if (extra.length === 0) {
    for (const { keyNode, value } of appends)
      changes.rewrite(keyNode, 'extra_args', value, appendFlag(sdk, file, value));
    return true;
  }
  const [one] = extra;
  const [append] = appends;
  const canMerge =
    extra.length === 1 && appends.length === 1 && one?.value.type === 'dictionary' && one.form === 'keyword';
  if (!canMerge || append?.form !== 'keyword' || append.keyNode.parent?.parent !== one?.keyNode.parent?.parent) {
    return leave('both prompts are given, and extra_args too');
  }
  mergeIntoExtra(changes, group, append, (one as OptionWrite).value);
  return true;
}

function mergeIntoExtra(changes: PythonChanges, group: OptionsGroup, append: OptionWrite, dictionary: PyNode): void {
  const { sdk, file } = changes;
  const pair = appendFlagPair(sdk, file, append.value);
  const last = pythonChildren(dictionary).at(-1);
  const at = last?.end ?? dictionary.start + 1;
  if (pair !== '') changes.edit([{ start: at, end: at, text: last === undefined ? pair : `, ${pair}` }]);
  dropArgument(changes, group, append);
}

/**
 * Takes an argument out. Where the setting sources have to be written they take its place, so that nothing else is added to the call at the
 * same spot.
 */
function dropArgument(changes: PythonChanges, group: OptionsGroup, append: OptionWrite): void {
  const argument = append.keyNode.parent as PyNode;
  const site = group.sites.find(({ list }) => list === argument.parent);
  if (site !== undefined && !site.writes.some(({ key }) => key === 'setting_sources')) {
    changes.settled.add(site.call);
    changes.wroteDefaults(site.call);
    const text = `setting_sources=${wordsOf(changes.file).sources()}`;
    changes.edit([{ start: argument.start, end: argument.end, text }]);
    return;
  }
  const siblings = argument.parent?.children ?? [];
  const index = siblings.indexOf(argument);
  const next = siblings.slice(index + 1).find((node) => node.named && node.type !== 'comment');
  const before = siblings.slice(0, index).findLast(({ named, type }) => named && type !== 'comment');
  if (next !== undefined) changes.edit([{ start: argument.start, end: next.start, text: '' }]);
  else changes.edit([{ start: before?.end ?? argument.start, end: argument.end, text: '' }]);
}

/** A prompt that is an object already says what it is. */
function isPromptObject(value: PyNode): boolean {
  return value.type === 'dictionary';
}

function finishSite(changes: PythonChanges, site: OptionsSite, flags: ExtraFlags, isPromptLeft: boolean): void {
  const missing = missingDefaults(changes, site, flags, isPromptLeft);
  if (missing.length === 0) return;
  const [unseen] = site.unseen;
  const words = missing.map(({ key }) => key).join(' and ');
  if (unseen !== undefined) {
    changes.note(
      'todo',
      unseen,
      `what comes in here is not seen: unless it brings ${words}, write ${missing.length > 1 ? 'them' : 'it'} out (${missing.map(({ key, text }) => `${key}=${text}`).join(', ')}); append_system_prompt in it is an error with the new SDK`,
    );
  } else if (closestPython(site.call, ['interpolation']) !== undefined) {
    changes.note('todo', site.call, `these options stand inside a text: write out ${words} by hand`);
  } else writeDefaults(changes, site, missing);
}

function noteReads(changes: PythonChanges, { reads }: OptionsGroup): void {
  for (const { key, node } of reads) {
    if (key === APPEND)
      changes.note('todo', node, `${APPEND} is no option of the new SDK: read or change it in system_prompt by hand`);
  }
}

const GONE: ReadonlyMap<string, string> = new Map([
  ['custom_system_prompt', 'never was an option in Python: system_prompt is'],
  ['mcp_tools', 'is no option any more: allowed_tools names the tools of MCP servers'],
]);

function noteOddKeys(changes: PythonChanges, site: OptionsSite): void {
  for (const { key, keyNode } of site.writes) {
    const why = GONE.get(key);
    if (why !== undefined) changes.note('todo', keyNode, `${key} ${why}; it is left`);
  }
  const [first] = site.positional;
  if (first === undefined) return;
  if (site.positional.length === 1 && !first.type.endsWith('splat')) {
    // The first field was allowed_tools up to 0.1.11; then tools took its place.
    changes.edit([{ start: first.start, end: first.start, text: 'allowed_tools=' }]);
    return;
  }
  changes.note('todo', first, 'options are given by their place, and the new SDK has other places: name each');
}
