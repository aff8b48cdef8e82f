import { EXIT, RefitError, refusal } from '../base/errors.ts';
import { builtWith } from '../checks/project/build-args.ts';
import { judgedDockerfile, readProject } from '../checks/project.ts';
import { describeEngine, detectEngine, openSession } from '../container/engine.ts';
import { pinBase, pinnedAt } from '../container/pin.ts';
import { makeReport, type Report } from '../report/report.ts';
import { openTree } from '../tree/memory-tree.ts';
import type { CommandIo } from './io.ts';
import { dockerfileIn, refuseMissingDockerfile } from './judge.ts';
import { openRepo, reportFields, repoWord, settingsOf } from './session.ts';
import { underSignals } from './under-signals.ts';
import type { VerifyOptions } from './verify.ts';

/**
 * Tells the line that pins the base image by its digest; builds and writes nothing.
 * @throws RefitError (exit 6) when no digest can be had, with what to do; (exit 4) when there is no Dockerfile to judge.
 */
export async function runPin(options: VerifyOptions, io: CommandIo): Promise<Report> {
  const checkout = await openRepo(options);
  const settings = settingsOf(checkout, options);
  const tree = openTree(checkout.source);
  refuseMissingDockerfile(settings, tree);
  const project = readProject(tree, dockerfileIn(tree, settings));
  const judged = judgedDockerfile(project);
  if (judged.kind === 'skip') throw refusal(`there is no base image to pin: ${judged.why}`);
  const fields = reportFields('verify', checkout);
  const pinned = options.baseImage === undefined ? pinnedAt(judged) : null;
  if (pinned !== null) {
    const why = `${judged.path}:${pinned.line} names the base image by its digest already, ${pinned.digest}`;
    return makeReport({ ...fields, outcome: { kind: 'nothing-to-do', why } });
  }
  const detected = await detectEngine(options.engine);
  if (detected.kind === 'none') throw unproven(detected.reason, detected.hint);
  const { engine } = detected;
  const say = (line: string): void => {
    if (!options.quiet) io.stderr(`${line}\n`);
  };
  const pin = await underSignals(io, (signal) =>
    pinBase(openSession(engine, { signal }), judged, options.baseImage, say),
  );
  if (pin.kind === 'no-digest') throw unproven(pin.reason, pin.hint);
  const { kind: _kind, ...line } = pin;
  const composed = options.baseImage === undefined ? builtWith(judged, project) : null;
  const elsewhere = composed !== null && composed !== judged.stage.base.text;
  return makeReport({
    ...fields,
    pin: { ...line, engine: describeEngine(engine) },
    warnings: elsewhere ? [`compose builds on ${composed}, by an argument of its own: that is not pinned by this`] : [],
    next: [
      { command: `refit verify${repoWord(options)}`, why: 'once the line is in place: prove the image on that base' },
    ],
  });
}

function unproven(reason: string, hint: string): RefitError {
  return new RefitError(`no digest to pin the base image by: ${reason}`, { hint, exitCode: EXIT.incomplete });
}
