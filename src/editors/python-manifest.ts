/** Reads what a Python project says it needs: `pyproject.toml`, `setup.cfg`, `setup.py`, `Pipfile`, and lock files. Pure. */
import { nameOf, type RepoPath } from '../base/repo-path.ts';
import { readLockFile } from './python-manifest/lock-file.ts';
import type { ManifestReading } from './python-manifest/model.ts';
import { readPipfile } from './python-manifest/pipfile.ts';
import { readPyproject } from './python-manifest/pyproject.ts';
import { readSetupCfg, readSetupPy } from './python-manifest/setup.ts';

export type { ManifestEntry, ManifestReading } from './python-manifest/model.ts';
export { asRequirements } from './python-manifest/model.ts';

const READERS: Readonly<Record<string, (text: string) => ManifestReading>> = {
  'pyproject.toml': readPyproject,
  'setup.cfg': readSetupCfg,
  'setup.py': readSetupPy,
  Pipfile: readPipfile,
  'uv.lock': readLockFile,
  'poetry.lock': readLockFile,
  'pdm.lock': readLockFile,
  'Pipfile.lock': readLockFile,
};

/** Reads a manifest or a lock file by its name. Never throws. */
export function readManifest(path: RepoPath, text: string): ManifestReading {
  const reader = READERS[nameOf(path)];
  return reader === undefined ? { kind: 'unread', why: 'no manifest is called so' } : reader(text);
}
