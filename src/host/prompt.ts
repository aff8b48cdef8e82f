/** Asks a yes-or-no question on the terminal; anything but yes, an interrupted question too, is no. */
export async function confirm(question: string): Promise<boolean> {
  // Loaded here: it is needed once, at a terminal.
  const prompts = await import('@clack/prompts');
  const answer = await prompts.confirm({ message: question, initialValue: false, output: process.stderr });
  return answer === true;
}
