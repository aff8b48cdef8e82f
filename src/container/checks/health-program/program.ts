/** Runs health commands with nothing listening, then with a stand-in for the server. On Python's standard packages alone. */
export const HEALTH_PROGRAM = `import http.server, json, os, subprocess, sys, threading, urllib.parse
asked = json.loads(sys.argv[1])
key = "Bearer " + os.environ[asked["keyName"]]
requests = []

class Stub(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        requests.append({"method": self.command, "path": self.path, "status": status})
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path).path
        if path in ("/health/liveliness", "/health/liveness"):
            self.answer(200, "I'm alive!")
        elif path == "/health/readiness":
            self.answer(200, {"status": "healthy", "db": "Not connected"})
        elif path in ("/", "/ui", "/ui/"):
            self.answer(200, "")
        elif path == "/health" or path.startswith("/v1/models") or path.startswith("/models"):
            self.answer(200 if self.headers.get("authorization") == key else 401, {})
        else:
            self.answer(404, {})

    def do_HEAD(self):
        self.answer(405, {})

    def log_message(self, *_):
        pass

def run(test, timeout):
    command = ["/bin/sh", "-c", test[1]] if test[0] == "CMD-SHELL" else test[1:]
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        return {"exitCode": ended.returncode, "output": ended.stdout[-2000:].decode("utf-8", "replace")}
    except subprocess.TimeoutExpired:
        return {"exitCode": None, "output": ""}
    except OSError as error:
        return {"exitCode": 127, "output": str(error)}

def found(program):
    look = ["/bin/sh", "-c", 'command -v "$1"', "sh", program]
    return subprocess.run(look, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

answers = []
for probe in asked["probes"]:
    missing = [program for program in probe["programs"] if not found(program)]
    answers.append({"missing": missing, "idle": run(probe["test"], probe["timeout"])})
server = http.server.ThreadingHTTPServer(("0.0.0.0", asked["port"]), Stub)
threading.Thread(target=server.serve_forever, daemon=True).start()
for probe, answer in zip(asked["probes"], answers):
    requests.clear()
    answer["serving"] = run(probe["test"], probe["timeout"])
    answer["asked"] = list(requests)
print(json.dumps(answers))
`;
