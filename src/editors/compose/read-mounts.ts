import { type Child, itemsOf, textOf, within } from './children.ts';
import { interpolateDefaults } from './interpolate.ts';
import type { ComposeMount, ComposePort, ComposeText } from './model.ts';
import { splitShortMount } from './short-mount.ts';

/** Reads `volumes:` of a service; an item of unknown shape is left out. */
export function readMounts(child: Child | null): readonly ComposeMount[] {
  return itemsOf(child).flatMap((item): readonly ComposeMount[] => {
    const mount = item.node.kind === 'map' ? readLongMount(item) : readShortMount(item);
    return mount === null ? [] : [mount];
  });
}

function readLongMount(item: Child): ComposeMount | null {
  const target = textOf(within(item, 'target'));
  if (target === null) return null;
  const readOnly = within(item, 'read_only')?.node;
  return {
    style: 'long',
    type: textOf(within(item, 'type'))?.text ?? 'volume',
    source: textOf(within(item, 'source')),
    target,
    mode: null,
    readOnly: readOnly?.kind === 'scalar' && readOnly.value === true,
    line: item.line,
    viaAlias: item.viaAlias,
  };
}

function readShortMount(item: Child): ComposeMount | null {
  const whole = textOf(item);
  const parts = whole === null ? null : splitShortMount(whole.text);
  if (parts === null) return null;
  const part = (text: string): ComposeText => {
    return { text, resolved: interpolateDefaults(text), line: item.line, viaAlias: item.viaAlias };
  };
  const source = parts.source === null ? null : part(parts.source);
  const first = source?.resolved ?? source?.text ?? '';
  return {
    style: 'short',
    type: /^(?:[./~\\]|[A-Za-z]:|\$)/.test(first) ? 'bind' : 'volume',
    source,
    target: part(parts.target),
    mode: parts.mode,
    readOnly: parts.mode?.split(',').includes('ro') === true,
    line: item.line,
    viaAlias: item.viaAlias,
  };
}

/** Reads `ports:` or `expose:` of a service, short and long form; a protocol suffix is dropped from `target`. */
export function readPorts(child: Child | null, exposeOnly: boolean): readonly ComposePort[] {
  return itemsOf(child).flatMap((item): readonly ComposePort[] => {
    if (item.node.kind === 'map') {
      const target = textOf(within(item, 'target'));
      if (target === null) return [];
      const published = textOf(within(item, 'published'))?.text ?? null;
      return [{ published, target: target.resolved ?? target.text, raw: target.text, line: item.line, exposeOnly }];
    }
    const whole = textOf(item);
    if (whole === null) return [];
    // From the right: an address in front may hold colons of its own.
    const parts = /^(?:(.*):)?([^:]+)$/.exec((whole.resolved ?? whole.text).replace(/\/(?:tcp|udp|sctp)$/, ''));
    const target = parts?.[2] ?? whole.text;
    return [{ published: parts?.[1] ?? null, target, raw: whole.text, line: item.line, exposeOnly }];
  });
}
