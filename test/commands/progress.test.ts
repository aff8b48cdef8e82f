import { expect, it } from 'vitest';
import type { CommandIo } from '../../src/commands/io.ts';
import { showProgress } from '../../src/commands/progress.ts';

function fakeIo(terminal: boolean) {
  const written: string[] = [];
  let at = 0;
  const io = {
    stderr: (text: string) => written.push(text),
    stderrIsTerminal: terminal,
    columns: 20,
    now: () => new Date(at),
  } as unknown as CommandIo;
  return {
    io,
    written,
    wait: (ms: number) => {
      at += ms;
    },
  };
}

it('says nothing for the first second, then rewrites one line on a terminal and removes it', () => {
  const { io, written, wait } = fakeIo(true);
  const progress = showProgress(io, { quiet: false, verbose: false });
  progress.say('step one');
  wait(1500);
  progress.say('a long name of a step that does not fit');
  progress.say('too soon');
  wait(100);
  progress.say('step two');
  progress.end();
  expect(written).toEqual(['\r\u001b[Ka long name of a st', '\r\u001b[Kstep two', '\r\u001b[K']);
});

it('writes plain lines elsewhere, and only with --verbose', () => {
  for (const verbose of [false, true]) {
    const { io, written, wait } = fakeIo(false);
    const progress = showProgress(io, { quiet: false, verbose });
    wait(2000);
    progress.say('step one');
    progress.end();
    expect(written).toEqual(verbose ? ['step one\n'] : []);
  }
});
