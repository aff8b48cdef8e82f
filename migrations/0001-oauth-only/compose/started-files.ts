import { nameOf, providerPlaces, type ReadonlyTree, type RepoPath } from '../../../src/authoring.ts';
import type { Launcher } from '../launchers.ts';
import { readOwnCompose } from '../old-dockerfile.ts';

/** The launchers that a provider service of a compose file starts by a command of its own, and those that they run. */
export function startedByCompose(
  tree: ReadonlyTree,
  dockerfile: RepoPath,
  launchers: readonly Launcher[],
): readonly Launcher[] {
  const commands = providerPlaces(readOwnCompose(tree, dockerfile)).flatMap(({ service }) =>
    [service.entrypoint, service.command].flatMap((command) => (command === null ? [] : [asText(command.words)])),
  );
  const first = launchers.findIndex(({ path }) => commands.some((command) => starts(command, nameOf(path))));
  return first === -1 ? [] : launchers.slice(first);
}

function starts(command: string, name: string): boolean {
  const words = command.split(/[\s"'=;&|()]+/);
  const module = name.endsWith('.py') ? name.slice(0, -'.py'.length) : null;
  return words.some((word, at) => word.split('/').at(-1) === name || (word === module && words[at - 1] === '-m'));
}

/** The words of a command in either form, as one text. */
export function asText(words: string | readonly string[]): string {
  return typeof words === 'string' ? words : words.join(' ');
}
