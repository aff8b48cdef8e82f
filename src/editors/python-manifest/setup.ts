/** Reads `setup.cfg` and what is written out in `setup.py`. Pure. */
import { lineFinder, type ManifestEntry, type ManifestReading, pipEntry } from './model.ts';

export function readSetupCfg(text: string): ManifestReading {
  const finder = lineFinder(text);
  const entries: ManifestEntry[] = [];
  const files: string[] = [];
  let section = '';
  let key = '';
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[([^\]]+)\]/.exec(line)?.[1];
    const assigned = /^([\w.-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (head !== undefined) {
      section = head.trim();
      key = '';
      continue;
    }
    if (/^\s*[#;]/.test(line)) continue;
    if (assigned !== null) key = assigned[1] ?? '';
    const value = (assigned === null ? line : (assigned[2] ?? '')).trim();
    if (value === '') continue;
    const extra = section === 'options.extras_require' ? key : null;
    if (extra === null && !(section === 'options' && key === 'install_requires')) continue;
    const file = /^file:\s*(.*)$/.exec(value)?.[1];
    if (file !== undefined) files.push(...file.split(',').map((one) => one.trim()));
    else entries.push(pipEntry(value, finder, extra));
  }
  return { kind: 'read', entries, files, open: entries.length === 0 && files.length === 0 };
}

/** Only a list of strings is read: what a program makes up cannot be. */
export function readSetupPy(text: string): ManifestReading {
  const unread: ManifestReading = { kind: 'unread', why: 'install_requires is no list of strings' };
  const start = /\binstall_requires\s*=\s*\[/.exec(text);
  if (start === null) return unread;
  const finder = lineFinder(text);
  const item = /\s*(?:#[^\n]*\n\s*)*(?:(["'])((?:(?!\1)[^\\\n])*)\1\s*(?:#[^\n]*\n\s*)*(,|(?=\]))|(\](?=\s*[,)])))/y;
  item.lastIndex = start.index + start[0].length;
  const entries: ManifestEntry[] = [];
  for (;;) {
    const found = item.exec(text);
    if (found === null) return unread;
    if (found[4] !== undefined) return { kind: 'read', entries, files: [], open: false };
    entries.push(pipEntry(found[2] ?? '', finder, null, 'install_requires'));
  }
}
