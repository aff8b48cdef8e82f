import { z } from 'zod';
import { RefitError } from '../base/errors.ts';
import { BASE_CONTRACT } from './base-contract.ts';
import type { Bench } from './bench.ts';
import { lastLines } from './engine.ts';
import { inToolbox } from './toolbox.ts';

const folderShape = z.object({
  path: z.string(),
  /** A file can be made in it; in its parent where it does not exist. */
  writable: z.boolean(),
  /** Folders below it that are not writable, the first few. */
  closed: z.array(z.string()),
});
const foldersShape = z.object({
  home: z.array(folderShape),
  /** Of LiteLLM; null when the package is not there. */
  ui: folderShape.nullable(),
  migrations: folderShape.nullable(),
});

export type Folder = z.infer<typeof folderShape>;
export type Folders = z.infer<typeof foldersShape>;

// No package is imported, and a file that is made is gone again when it is closed.
const PROGRAM = `import importlib.util as u, json, os, sys, tempfile
def can_write(folder):
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

def folder(path):
    closed = []
    for at, names, _ in os.walk(path):
        below = [os.path.join(at, name) for name in names]
        closed += [one for one in below if not os.path.islink(one) and not os.access(one, os.W_OK | os.X_OK)]
        if len(closed) > 2:
            break
    there = path if os.path.isdir(path) else os.path.dirname(path)
    return {"path": path, "writable": can_write(there), "closed": closed[:3]}

def package(name, *below):
    spec = u.find_spec(name)
    places = None if spec is None else spec.submodule_search_locations
    return None if not places else folder(os.path.join(places[0], *below))

home = os.path.expanduser("~")
print(json.dumps({
    "home": [folder(home + "/.claude"), folder(home + "/.cache"), {"path": home, "writable": can_write(home), "closed": []}],
    "ui": package("litellm", "proxy", "_experimental", "out"),
    "migrations": package("litellm_proxy_extras", "migrations"),
}))
`;

/**
 * Whether claude may write where the server and the claude command write, whoever the image runs as. Looked at once.
 * @throws RefitError when the image has no Python that answers.
 */
export function folders(bench: Bench): Promise<Folders> {
  return bench.once('folders', async () => {
    const user = `${BASE_CONTRACT.uid}:${BASE_CONTRACT.gid}`;
    const ended = await inToolbox(bench, ['python', '-c', PROGRAM], { user });
    if (ended.kind === 'exited' && ended.exitCode === 0) return foldersShape.parse(JSON.parse(ended.stdout));
    throw new RefitError('python does not answer in the image', { details: lastLines(bench.safe(ended.stderr), 3) });
  });
}
