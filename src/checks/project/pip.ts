/** Pure: which commands install Python packages. */

/** `pip install …`, `pip3`, `python -m pip`, `uv pip`. */
export function isPipInstall(words: readonly string[]): boolean {
  return /^(?:\S*\/)?(?:pip[\d.]*|python[\d.]* -m pip|uv pip)(?: -\S+)* install(?: |$)/.test(words.join(' '));
}
