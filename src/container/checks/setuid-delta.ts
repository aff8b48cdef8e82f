import { type Bench, byHand, copyLine } from '../bench.ts';
import { answerOf, type ContainerCheck } from '../define.ts';
import type { TarEntry } from '../engine.ts';
import { baseEntry, imageFiles } from '../image-files.ts';

/** No file of the image lends rights that its base does not lend. */
export const setuidDelta: ContainerCheck = {
  id: 'I14-setuid-delta',
  title: 'The image adds no setuid, setgid or world-writable file',
  severity: 'info',
  level: 'image',
  reads: 'files',
  securitySeverity: 4,
  description:
    'A program with the setuid or setgid bit runs with the rights of its owner, whoever starts it; a file or folder that all may write can be changed by any ' +
    'process. Those of the base are its own; folders with the sticky bit, as /tmp, are meant to be shared.',
  run: async (bench) => {
    const risky = (await imageFiles(bench)).filter((file) => riskOf(file) !== null);
    const known = await Promise.all(risky.map(({ path }) => baseEntry(bench, `/${path}`)));
    const added = risky.filter((file, index) => {
      const before = known[index] ?? null;
      return before === null || riskOf(before) !== riskOf(file);
    });
    return answerOf(
      added.map((file) => ({
        message: `the image adds a ${riskOf(file)} ${file.kind}`,
        expected: 'none over those of the base',
        seen: `/${file.path}, mode ${file.mode.toString(8)}, uid ${file.uid}`,
        subject: `/${file.path}`,
        ...copyLine(bench, `/${file.path}`),
        next: `chmod ${file.kind === 'folder' ? 'o-w' : 'ug-s,o-w'} /${file.path} in the layer that makes it`,
        byHand: showByHand(bench, file),
      })),
    );
  },
};

function showByHand(bench: Bench, file: TarEntry): string {
  return byHand(bench, { entrypoint: 'stat', user: '0', command: ['-c', '%A %u:%g %n', `/${file.path}`] });
}

/** What is risky about a file, in words; null when nothing is. */
function riskOf({ path, kind, mode, size }: TarEntry): string | null {
  // uv leaves one in the virtual environment, open to all on purpose; nothing is ever read from it.
  if (kind === 'file' && size === 0 && path.endsWith('/.lock')) return null;
  if (kind === 'file' && (mode & 0o4000) !== 0) return 'setuid';
  if (kind === 'file' && (mode & 0o2000) !== 0 && (mode & 0o010) !== 0) return 'setgid';
  const shared = kind === 'folder' && (mode & 0o1000) !== 0;
  return (kind === 'file' || kind === 'folder') && (mode & 0o002) !== 0 && !shared ? 'world-writable' : null;
}
