import { newlineOf, type PyNode, pythonChild, pythonChildren } from '../../../../src/authoring.ts';
import type { PythonChanges } from './changes.ts';
import type { ExtraFlags } from './extra-flags.ts';
import { addArguments, leadOf } from './layout.ts';
import type { DefaultPlace, OptionsSite } from './sites.ts';
import { wordsOf } from './words.ts';

/** An option that the old SDK chose by itself, with the value it chose. */
export interface MissingDefault {
  readonly key: 'system_prompt' | 'setting_sources';
  readonly text: string;
}

const APPENDED_BY_FLAG =
  "extra_args sends --append-system-prompt: without system_prompt the new SDK sends an empty one with it, so Claude Code's own prompt is gone. " +
  'Move the text into system_prompt={"type": "preset", "preset": "claude_code", "append": …} and take the flag out';

/** What the options lack of that which the old SDK chose by itself; what the repository sends as a flag is left to it, with a note. */
export function missingDefaults(
  changes: PythonChanges,
  site: OptionsSite,
  flags: ExtraFlags,
  isPromptLeft: boolean,
): readonly MissingDefault[] {
  const isSure = (...keys: readonly string[]): boolean =>
    site.writes.some(({ key, sure }) => sure && keys.includes(key));
  const found: MissingDefault[] = [];
  const words = wordsOf(changes.file);
  if (!isSure('system_prompt') && !isPromptLeft && !isAppendOnly(site)) {
    if (flags.appendOnly) changes.note('todo', site.call, APPENDED_BY_FLAG);
    else if (flags.prompt)
      changes.note('warning', site.call, 'extra_args sends a prompt flag: system_prompt is not written out beside it');
    else found.push({ key: 'system_prompt', text: words.preset() });
  }
  if (!isSure('setting_sources') && !changes.settled.has(site.call)) {
    if (flags.sources)
      changes.note(
        'warning',
        site.call,
        'extra_args sends --setting-sources: setting_sources is not written out beside it',
      );
    else found.push({ key: 'setting_sources', text: words.sources() });
  }
  if (found.length > 0 && flags.unseen !== null) {
    changes.note(
      'warning',
      flags.unseen.keyNode,
      'what extra_args sends is not seen: a prompt or setting-sources flag in it would stand beside the options that are written out',
    );
  }
  return found;
}

/** A sure append prompt becomes the system prompt, unless a custom one makes it a flag. */
function isAppendOnly({ writes }: OptionsSite): boolean {
  return (
    writes.some(({ key, sure }) => key === 'append_system_prompt' && sure) &&
    !writes.some(({ key }) => key === 'system_prompt')
  );
}

/** Puts defaults where what is written still wins over them. */
export function writeDefaults(changes: PythonChanges, site: OptionsSite, missing: readonly MissingDefault[]): void {
  changes.wroteDefaults(site.call);
  const inCall: MissingDefault[] = [];
  const elsewhere = new Map<PyNode, { readonly place: DefaultPlace; readonly items: MissingDefault[] }>();
  for (const item of missing) {
    const place = placeFor(site, item);
    if (place.kind === 'call') inCall.push(item);
    else {
      const known = elsewhere.get(place.node) ?? { place, items: [] };
      known.items.push(item);
      elsewhere.set(place.node, known);
    }
  }
  // What is spread gets its end before an argument may follow at the same place.
  for (const { place, items } of elsewhere.values()) {
    if (place.kind === 'dictionary') putIntoDictionary(changes, place.node, items);
    else if (place.kind === 'splat') putAround(changes, place.node, items);
  }
  if (inCall.length > 0) {
    changes.edit(
      addArguments(
        changes.file,
        site.list,
        inCall.map(({ key, text }) => ({ head: `${key}=${text}` })),
      ),
    );
  }
}

/** A prompt that is only sometimes appended becomes a prompt that is only sometimes written. */
function placeFor(site: OptionsSite, { key }: MissingDefault): DefaultPlace {
  const own = site.placeOf(key);
  return own.kind === 'call' && key === 'system_prompt' ? site.placeOf('append_system_prompt') : own;
}

function putIntoDictionary(changes: PythonChanges, node: PyNode, items: readonly MissingDefault[]): void {
  const { file } = changes;
  const { text } = file.code;
  const { quoted } = wordsOf(file);
  const isCall = node.type === 'call';
  const holder = isCall ? pythonChild(node, 'arguments') : node;
  if (holder === undefined) return;
  const [first] = pythonChildren(holder);
  const pairs = items.map(({ key, text: value }) => (isCall ? `${key}=${value}` : `${quoted(key)}: ${value}`));
  const at = first?.start ?? holder.start + 1;
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const isOwnLine = first !== undefined && text.slice(lineStart, at).trim() === '' && lineStart > 0;
  const separator = isOwnLine ? `,${newlineOf(text)}${leadOf(text, at)}` : ', ';
  changes.edit([{ start: at, end: at, text: pairs.join(separator) + (first === undefined ? '' : separator) }]);
}

/** `**more` becomes `**{"key": value, **more}`. */
function putAround(changes: PythonChanges, splat: PyNode, items: readonly MissingDefault[]): void {
  const { quoted } = wordsOf(changes.file);
  const pairs = items.map(({ key, text }) => `${quoted(key)}: ${text}`).join(', ');
  changes.edit([
    { start: splat.start, end: splat.start, text: `**{${pairs}, ` },
    { start: splat.end, end: splat.end, text: '}' },
  ]);
}
