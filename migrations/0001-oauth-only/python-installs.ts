import { isPipInstall } from '../../src/authoring.ts';

/** Whether a command installs what the project's own pyproject.toml declares. */
export function installsProject(words: readonly string[]): boolean {
  const line = words.join(' ');
  if (/^(?:\S*\/)?(?:uv sync|poetry install|pdm (?:install|sync))(?: |$)/.test(line)) return true;
  if (isPipInstall(words) && /(?:^| )(?:-r|--requirement)[ =](?:\S*\/)?pyproject\.toml(?: |$)/.test(line)) return true;
  return isPipInstall(words) && words.some((word) => /^\.{1,2}(?:\/|\[|$)/.test(word) && !/\.(?:txt|whl)$/.test(word));
}
