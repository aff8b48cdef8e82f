import { byHand } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import { entered, LOOK_EXIT, whyNotEntered } from '../enter.ts';
import { startLine } from '../source-lines.ts';

/** A command that is given to the container is run, or refused. */
export const commandArguments: ContainerCheck = {
  id: 'R11-arguments',
  title: 'A command given to the container is run or refused',
  severity: 'warn',
  level: 'run',
  description:
    '`docker run IMAGE python --version` is what people and workflows use to look into an image. A start script that ignores its arguments starts the ' +
    'server instead: the look hangs, or proves nothing. Running the command with its exit code is right, and so is refusing it.',
  run: async (bench) => {
    const why = await whyNotEntered(bench);
    const first = await entered(bench);
    if (why !== null || first.kind !== 'looked') return { kind: 'cannot', why: why ?? '' };
    const common = {
      ...startLine(bench),
      failureMode: 'FM-12',
      next: 'end the start script with: exec "$@"',
      byHand: byHand(bench, { command: ['python', '--version'], env: ['LITELLM_MASTER_KEY'] }),
    };
    if (first.how === 'as-command') {
      if (first.exitCode === LOOK_EXIT) return { kind: 'holds' };
      const expected = `exit code ${LOOK_EXIT}, that of the command`;
      const seen = first.exitCode === null ? 'it did not end' : `exit code ${first.exitCode}`;
      return answerOf([{ ...common, message: 'the exit code of a command is lost', expected, seen }]);
    }
    if (first.refusal !== null && first.refusal !== 0) return { kind: 'holds' };
    const seen = first.refusal === null ? 'the server started instead' : 'exit code 0, and the command did not run';
    const expected = 'the command runs, or the container ends with another exit code than 0';
    return answerOf([{ ...common, message: 'the container ignores a command that it is given', expected, seen }]);
  },
};
