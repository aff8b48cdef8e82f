import { jsonString, type ts, typeScript } from '../../../../src/authoring.ts';
import { OLD_KEYS, type OldKey } from '../sdk-declarations.ts';
import type { Changes } from './changes.ts';
import { type KeyUse, keyOf, type OptionsSite } from './keys.ts';
import { joinPrompts, type PromptUse, renamePrompt } from './prompt-edits.ts';
import { excludeEachOther, isRepeatable, mayBeAbsent } from './values.ts';

/** What is to be done about the prompt of one options object. */
type PromptChoice =
  | { readonly kind: 'rename'; readonly uses: readonly PromptUse[] }
  | { readonly kind: 'join'; readonly custom: PromptUse; readonly append: PromptUse }
  /** Left as it is, for the reason given. */
  | { readonly kind: 'leave'; readonly why: string };

/** Whether `key` is an option that only the old SDK has. */
export function isOldKey(key: string): key is OldKey {
  return (OLD_KEYS as readonly string[]).includes(key);
}

/** Flags of the CLI that `extraArgs` of the object names. */
export function extraFlags(site: OptionsSite): readonly string[] {
  const ts = typeScript();
  return site.uses.flatMap(({ key, value }) => {
    if (key !== 'extraArgs' || value === null || !ts.isObjectLiteralExpression(value)) return [];
    return value.properties.flatMap((property) => {
      const name = property.name === undefined ? null : keyOf(property.name);
      return name === null ? [] : [name];
    });
  });
}

/**
 * Moves the old prompt keys of `site` to `systemPrompt`, or says why not.
 * @returns what was done: `leave` leaves the object's prompt to a person.
 */
export function movePrompts(changes: Changes, site: OptionsSite, isUntyped: boolean): PromptChoice['kind'] {
  const old = site.uses.filter(({ key }) => isOldKey(key));
  for (const { node } of old) changes.settled.add(node);
  const choice = choose(changes, site, old);
  if (choice.kind === 'leave') {
    for (const { key, node } of old) {
      changes.note(node, 'todo', `${key} is dropped by the new SDK; ${choice.why}: write systemPrompt by hand`);
    }
    return 'leave';
  }
  if (choice.kind === 'join') joinPrompts(changes, choice.custom, choice.append, isUntyped);
  else for (const use of choice.uses) renamePrompt(changes, use, isUntyped);
  return choice.kind;
}

function choose(changes: Changes, site: OptionsSite, old: readonly KeyUse[]): PromptChoice {
  const leave = (why: string): PromptChoice => ({ kind: 'leave', why });
  const uses = old.filter((use): use is PromptUse => use.kind !== 'other' && use.value !== null);
  if (uses.length === 0 && old.length === 0) return { kind: 'rename', uses };
  if (uses.length < old.length) return leave('it is read or changed in a way that has no counterpart');
  if (site.uses.some(({ key }) => key === 'systemPrompt')) return leave('systemPrompt stands beside it');
  const flag = extraFlags(site).find((name) => /^(?:append-)?system-prompt/.test(name));
  if (flag !== undefined) return leave(`extraArgs sends ${jsonString(flag)} too`);
  const customs = uses.filter(({ key }) => key === 'customSystemPrompt');
  const appends = uses.filter(({ key }) => key === 'appendSystemPrompt');
  const isMixed = customs.some((custom) => appends.some((append) => !excludeEachOther(custom.node, append.node)));
  if (!isMixed) return { kind: 'rename', uses };
  const [custom, append] = [customs[0], appends[0]];
  const isPair = uses.length === 2 && custom?.kind === 'property' && append?.kind === 'property';
  if (custom === undefined || append === undefined || !isPair || custom.node.parent !== append.node.parent) {
    return leave('both prompts may be given, in different places');
  }
  const isTwice = mayBeAbsent(changes.set, custom.value);
  if (isTwice && !(isRepeatable(custom.value) && isRepeatable(append.value))) {
    return leave('both prompts may be given, and their values cannot stand twice');
  }
  return { kind: 'join', custom, append };
}

/** Notes a prompt that the old SDK never looked at. */
export function notePresentPrompt(changes: Changes, use: KeyUse | undefined): void {
  if (use === undefined) return;
  changes.note(use.node, 'warning', 'the old SDK ignored systemPrompt, the new one obeys it: check that it is meant');
}

/** The text of the literal `value`, or null. */
export function textOf(value: ts.Expression | null): string | null {
  return value !== null && typeScript().isStringLiteralLike(value) ? value.text : null;
}
