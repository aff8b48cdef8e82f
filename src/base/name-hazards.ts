// Pure. What file systems make of the parts of a path that are plain names on another one.

/** Left out by HFS+ when it compares names, so that `.g\u200cit` is `.git` there; git's own list, in `utf8.c`. */
const UNSEEN = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** NTFS cuts dots and spaces at the end and takes what follows a colon for a stream of the file; `GIT~1` is its short name. */
const GIT_FOLDER = /^(?:\.git|git~\d+)[. ]*(?::|$)/i;

/** Whether the name is that of git's own folder on some file system. */
export function isGitFolderName(name: string): boolean {
  return GIT_FOLDER.test(name.replace(UNSEEN, ''));
}

/** Names that are devices in every folder, with or without an extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])[ ]*(?:[.:]|$)/i;

/** Why Windows would not make a file or folder of just this name, or null when it would. */
export function windowsNameProblem(name: string): string | null {
  if (DEVICE.test(name)) return 'is a device on Windows';
  const character = /[\\:*?"<>|\x00-\x1f]/.exec(name)?.[0];
  if (character !== undefined) return `holds ${JSON.stringify(character)}, which no name may on Windows`;
  return /[. ]$/.test(name) ? 'ends with a dot or space, which Windows cuts off' : null;
}
