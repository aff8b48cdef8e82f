import { z } from 'zod';

/** What the program that looks around is asked to tell. */
export interface LookRequest {
  /** Stands before every line that is ours. */
  readonly mark: string;
  /** What the program ends with. */
  readonly exitCode: number;
  /** Look as the server sees it: wait for its process, and take over its environment and working directory. */
  readonly asServer: boolean;
  /** Modules to import, with the names that are taken from them. */
  readonly imports: readonly { readonly module: string; readonly names: readonly string[] }[];
  /** The LiteLLM configuration whose handlers are loaded, by its path in the image. */
  readonly config: string | null;
  /** Whether the SDK is asked which command it would run. */
  readonly cli: boolean;
}

const fileShape = z.object({ uid: z.number(), mode: z.number(), text: z.string().nullable() });
const failureShape = z.object({
  error: z.string(),
  message: z.string(),
  /** The module that was not found. */
  missing: z.string().nullable(),
  /** Innermost last. */
  frames: z.array(z.object({ file: z.string(), line: z.number() })),
});

/** Why something could not be imported or loaded. */
export type LoadFailure = z.infer<typeof failureShape>;

const lookShape = z.object({
  process: z.object({ uid: z.number(), folder: z.string() }).optional(),
  login: z
    .object({
      home: z.string(),
      folder: fileShape.extend({ writable: z.boolean() }).nullable(),
      credentials: fileShape.nullable(),
      settings: fileShape.nullable(),
    })
    .optional(),
  imports: z.array(z.object({ module: z.string(), failure: failureShape.nullable() })).optional(),
  cli: z
    .array(z.object({ sdk: z.string(), path: z.string().nullable(), onPath: z.boolean(), version: z.string() }))
    .optional(),
  handlers: z.array(z.object({ handler: z.string(), failure: failureShape.nullable() })).optional(),
  config: failureShape.optional(),
  done: z.literal(true).optional(),
});

/** What was seen, in parts: a part is absent when the program did not come so far. */
export type Look = z.infer<typeof lookShape>;

/** The parts in the output of the program, or null when it never ran. */
export function readLook(output: string, mark: string): Look | null {
  const lines = output.split('\n').flatMap((line) => {
    const at = line.indexOf(mark);
    return at === -1 ? [] : [line.slice(at + mark.length)];
  });
  if (lines.length === 0) return null;
  return lookShape.parse(Object.assign({}, ...lines.map((line): unknown => JSON.parse(line))));
}

/** Python on standard packages only; what it imports of the image is imported last. */
export const LOOK_PROGRAM = `import importlib, json, os, shutil, stat, subprocess, sys, tempfile, time, traceback
asked = json.loads(sys.argv[1])

def tell(part, value):
    print("\\n" + asked["mark"] + json.dumps({part: value}), flush=True)

SERVERS = {b"litellm", b"uvicorn", b"gunicorn", b"hypercorn", b"startup.py"}

def server():
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/" + name + "/cmdline", "rb") as file:
                words = [os.path.basename(word) for word in file.read().split(b"\\0")]
        except OSError:
            continue
        if words[0] in SERVERS or words[0].startswith(b"python") and SERVERS.intersection(words[1:4]):
            return name
    return None

def become_server():
    for _ in range(240):
        found = server()
        if found is not None:
            break
        time.sleep(0.25)
    else:
        sys.exit(70)
    with open("/proc/" + found + "/environ", "rb") as file:
        pairs = [pair.split(b"=", 1) for pair in file.read().split(b"\\0") if b"=" in pair]
    env = {os.fsdecode(key): os.fsdecode(value) for key, value in pairs}
    os.chdir("/proc/" + found + "/cwd")
    python = shutil.which("python", path=env.get("PATH")) or sys.executable
    os.execve(python, [python, "-c", sys.orig_argv[2], json.dumps({**asked, "asServer": False})], env)

def file_at(path):
    try:
        status = os.lstat(path)
    except OSError:
        return None
    text = None
    if stat.S_ISREG(status.st_mode):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                text = file.read(65536)
        except OSError:
            pass
    return {"uid": status.st_uid, "mode": stat.S_IMODE(status.st_mode), "text": text}

def writable(folder):
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False

def login():
    home = os.path.expanduser("~")
    at = os.path.join(home, ".claude")
    folder = file_at(at)
    return {
        "home": home,
        "folder": None if folder is None else {**folder, "writable": writable(at)},
        "credentials": file_at(os.path.join(at, ".credentials.json")),
        "settings": file_at(os.path.join(home, ".claude.json")),
    }

def failure(error):
    while error.__cause__ is not None:
        error = error.__cause__
    frames = [{"file": frame.filename, "line": frame.lineno} for frame in traceback.extract_tb(error.__traceback__)]
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    return {"error": type(error).__name__, "message": str(error)[:500], "missing": missing, "frames": frames[-12:]}

def attempt(act):
    try:
        act()
    except (Exception, SystemExit) as error:
        return failure(error)
    return None

def bring_in(module, names):
    found = importlib.import_module(module)
    for name in names:
        if not hasattr(found, name):
            try:
                importlib.import_module(module + "." + name)
            except ModuleNotFoundError:
                raise ImportError("cannot import name '%s' from '%s'" % (name, module)) from None

def own_command(sdk):
    try:
        transport = importlib.import_module(sdk + "._internal.transport.subprocess_cli").SubprocessCLITransport
        return transport._find_cli(object.__new__(transport))
    except ModuleNotFoundError:
        return None
    except Exception:
        return shutil.which("claude")

def version_of(path):
    try:
        ended = subprocess.run([path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return ended.stdout.strip()[:80] if ended.returncode == 0 else ""
    except (OSError, subprocess.TimeoutExpired):
        return ""

def commands():
    found = []
    on_path = shutil.which("claude")
    for sdk in ("claude_agent_sdk", "claude_code_sdk"):
        if importlib.util.find_spec(sdk) is None:
            continue
        path = own_command(sdk)
        same = path is not None and on_path is not None and os.path.realpath(path) == os.path.realpath(on_path)
        version = "" if path is None or same else version_of(path)
        found.append({"sdk": sdk, "path": path, "onPath": same, "version": version})
    return found

def handlers():
    import yaml
    try:
        from litellm.proxy.types_utils.utils import get_instance_fn
    except ModuleNotFoundError:
        from litellm.proxy.utils import get_instance_fn
    with open(asked["config"], encoding="utf-8") as file:
        settings = yaml.safe_load(file)
    items = (settings.get("litellm_settings") or {}).get("custom_provider_map") or []
    found = []
    for item in items:
        written = str(item["custom_handler"])
        found.append({"handler": written, "failure": attempt(lambda: get_instance_fn(written, asked["config"]))})
    tell("handlers", found)

if asked["asServer"]:
    become_server()
# The litellm command has its own folder first on the path and its working directory last; python -c has the latter first.
sys.path.pop(0)
sys.path.append(os.getcwd())
sys.dont_write_bytecode = True
# Else the first import of LiteLLM fetches its price list, for which there is no network here.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
tell("process", {"uid": os.getuid(), "folder": os.getcwd()})
tell("login", login())
if asked["imports"]:
    tell("imports", [
        {"module": one["module"], "failure": attempt(lambda: bring_in(one["module"], one["names"]))} for one in asked["imports"]
    ])
if asked["cli"]:
    tell("cli", commands())
if asked["config"] is not None:
    problem = attempt(handlers)
    if problem is not None:
        tell("config", problem)
tell("done", True)
sys.stdout.flush()
os._exit(asked["exitCode"])
`;
