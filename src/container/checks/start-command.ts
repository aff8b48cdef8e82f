import { wordsOf } from '../../checks/project/start.ts';
import { followStart } from '../../checks/project/start-events.ts';
import type { ImageCommand } from '../../editors/dockerfile.ts';
import { BASE_CONTRACT } from '../base-contract.ts';
import { type Bench, dockerfileLine } from '../bench.ts';
import { answerOf, type ContainerCheck, type ContainerFinding } from '../define.ts';
import { readImagePath } from '../image-files.ts';

/** The image starts the server through the entrypoint of its base. */
export const startCommand: ContainerCheck = {
  id: 'I04-entrypoint-cmd',
  title: 'The image starts the server through the entrypoint of its base',
  severity: 'error',
  level: 'image',
  description:
    'What the image says of its start, and not what the Dockerfile meant: its ENTRYPOINT is that of the base or a script that calls it, and its CMD ' +
    'is there. A new ENTRYPOINT empties the inherited CMD without a word, and an entrypoint that leaves the base out never writes the login.',
  run: async (bench) => answerOf([...(await judgeEntrypoint(bench)), ...judgeCommand(bench)]),
};

async function judgeEntrypoint(bench: Bench): Promise<readonly ContainerFinding[]> {
  const { entrypoint } = bench.image.facts;
  const words = entrypoint ?? [];
  if (words.includes(BASE_CONTRACT.entrypoint)) return [];
  for (const word of words.filter((each) => each.startsWith('/'))) {
    const [file] = (await readImagePath(bench, word, { content: true })) ?? [];
    if (file?.content?.includes(BASE_CONTRACT.entrypoint) === true) return [];
  }
  return [
    finding(bench, 'ENTRYPOINT', {
      message: 'the entrypoint of the image never calls the one of the base, so no login is written',
      expected: `${BASE_CONTRACT.entrypoint}, or a script that calls it`,
      seen: entrypoint === null ? 'no entrypoint' : words.join(' '),
      next: `call ${BASE_CONTRACT.entrypoint} true in the script before the server, or leave ENTRYPOINT out`,
    }),
  ];
}

function judgeCommand(bench: Bench): readonly ContainerFinding[] {
  const { image, judged, base } = bench;
  const { command } = image.facts;
  const written = judged.stage.cmd;
  if (written !== null) {
    const expected = imageWords(written);
    if (command?.join('\0') === expected.join('\0')) return [];
    return [
      finding(bench, 'CMD', {
        message: 'the image has lost its CMD',
        expected: expected.join(' '),
        seen: command?.join(' ') ?? 'no CMD',
        next: 'put CMD after ENTRYPOINT: a new ENTRYPOINT empties the CMD before it',
      }),
    ];
  }
  const onlySleeps = command === null || command.join('\0') === (base.facts.command ?? []).join('\0');
  if (!onlySleeps || composeCommand(bench) || startsByItself(bench)) return [];
  return [
    finding(bench, 'ENTRYPOINT', {
      message: 'nothing starts the server',
      expected: 'a CMD, a command: of the service, or an entrypoint that starts it',
      seen: command?.join(' ') ?? 'no CMD',
      next: 'add CMD ["litellm", "--config", …, "--port", "4000"]',
    }),
  ];
}

/** The words as an engine keeps them: the shell form becomes an argument of a shell. */
function imageWords(command: ImageCommand): readonly string[] {
  return command.form === 'json' ? command.words : ['/bin/sh', '-c', command.text.trim()];
}

function composeCommand({ project }: Bench): boolean {
  return project.composeFiles.some(({ providerServices }) => providerServices.some(({ command }) => command !== null));
}

function startsByItself({ judged, project }: Bench): boolean {
  const { start } = project;
  if (start?.entrypoint == null) return false;
  return followStart(judged, start).events.some(({ kind }) => kind === 'server' || kind === 'other');
}

function finding(bench: Bench, keyword: string, words: Omit<ContainerFinding, 'byHand'>): ContainerFinding {
  const { session, image } = bench;
  return {
    failureMode: 'FM-11',
    ...words,
    ...dockerfileLine(bench, keyword),
    byHand: `${session.engine.program} image inspect --format '{{json .Config.Entrypoint}} {{json .Config.Cmd}}' ${image.name}`,
  };
}

/** Whether the words that start the image name a port, in the image or in a script that it runs. */
export function namesPort({ image, project }: Bench): boolean {
  const { entrypoint, command } = image.facts;
  const asked = (words: readonly string[]): boolean => words.some((word) => /^--port(?:=|$)/.test(word));
  if (asked([...(entrypoint ?? []), ...(command ?? [])])) return true;
  const { start } = project;
  const commands = [start?.entrypoint, start?.cmd].flatMap((each) => (each == null ? [] : wordsOf(each)));
  return asked(commands) || (start?.scripts ?? []).some(({ text }) => /--port[= ]/.test(text));
}
