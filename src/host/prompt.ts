import type { Writable } from 'node:stream';

/** Asks a yes-or-no question on the terminal `output`; anything but yes, an interrupted question too, is no. */
export async function confirm(question: string, output: Writable): Promise<boolean> {
  // Loaded here: it is needed once, at a terminal.
  const prompts = await import('@clack/prompts');
  const answer = await prompts.confirm({ message: question, initialValue: false, output });
  return answer === true;
}
