import type { CheckResult } from '../checks/define.ts';
import type { JudgedDockerfile } from '../checks/project.ts';
import type { TreeBuildResult } from './build-tree.ts';
import { BUILD } from './checks/index.ts';
import { commandLine, type Session } from './engine.ts';
import type { ContainerRun } from './run-checks.ts';

/**
 * The result of a build that gave no image: a finding at the instruction that stopped it, with its last 20 lines. A full disk says
 * nothing of the image, so the check is errored then.
 */
export function failedBuild(
  session: Session,
  built: Exclude<TreeBuildResult, { kind: 'built' }>,
  judged: JudgedDockerfile,
  buildArgs: Readonly<Record<string, string>>,
): ContainerRun {
  const { failure, kind, milliseconds } = built;
  const full = failure.tail.findLast((line) => /no space left on device/i.test(line));
  if (full !== undefined) {
    const room = `${session.engine.program} system df tells what the engine holds`;
    const message = `the disk is full (${full.trim()}): make room and run it again; ${room}`;
    return { check: BUILD, result: { check: BUILD.id, status: 'errored', message }, milliseconds };
  }
  const result: CheckResult = {
    check: BUILD.id,
    status: 'failed',
    findings: [
      {
        check: BUILD.id,
        severity: BUILD.severity,
        message: kind === 'timed-out' ? 'the build did not end in time' : 'the image does not build',
        expected: 'a build that ends with an image',
        seen: [failure.instruction ?? 'no instruction could be told from the output', ...failure.tail].join('\n'),
        path: judged.path,
        ...(failure.line === null ? {} : { line: failure.line }),
        next: 'mend the instruction; the whole output stands above, on standard error',
        byHand: buildByHand(session, judged, buildArgs),
      },
    ],
  };
  return { check: BUILD, result, milliseconds };
}

function buildByHand(
  { engine }: Session,
  { path, context }: JudgedDockerfile,
  buildArgs: Readonly<Record<string, string>>,
): string {
  const args = Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return commandLine(engine, ['build', '--file', path, ...args, context ?? '.']);
}
