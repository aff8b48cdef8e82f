#!/usr/bin/env python3
"""Answers as LiteLLM with a proper provider does, at once, and with the one fault that FAULT names."""
import http.server, json, os, signal, sys, threading, urllib.error, urllib.request

fault = os.environ.get("FAULT", "")
key = os.environ["LITELLM_MASTER_KEY"]
token = os.environ["CLAUDE_CODE_OAUTH_TOKEN"]
upstream = os.environ.get("ANTHROPIC_BASE_URL", "")
port = int(sys.argv[sys.argv.index("--port") + 1])
models = ["sonnet", "opus"] + (["gpt-4"] if fault == "another model" else [])


def ask_upstream():
    headers = {
        "content-type": "application/json",
        "authorization": "Bearer " + token,
        "anthropic-beta": "claude-code-20250219,oauth-2025-04-20",
    }
    if fault == "an API key":
        del headers["authorization"]
        headers["x-api-key"] = "sk-ant-api03-not-a-key"
    if fault == "no flag":
        headers["anthropic-beta"] = "claude-code-20250219"
    if fault == "the master key upstream":
        headers["x-proxy-key"] = key
    body = {"model": "claude-sonnet", "max_tokens": 16, "messages": []}
    if fault == "tools":
        body["tools"] = [{"name": "Bash"}, {"name": "Read"}]
    request = urllib.request.Request(upstream + "/v1/messages?beta=true", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)["content"][0]["text"]


class Server(http.server.BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refused(self):
        given = self.headers.get("authorization", "")
        if given == "Bearer " + key or fault == "an open door" or fault == "any key" and given:
            return False
        self.answer(400 if given else 401, {"error": {"message": "Authentication Error"}})
        return True

    def do_GET(self):
        path = self.path.split("?")[0].rstrip("/")
        if path == "/health/liveliness":
            return self.answer(503 if fault == "not alive" else 200, "I'm alive!")
        if path == "/health/readiness":
            return self.answer(503 if fault == "not ready" else 200, {"status": "healthy", "db": "Not connected"})
        if path == "/ui":
            return self.answer(404 if fault == "no pages" else 200, "pages")
        if self.refused():
            return
        if path == "/health":
            ask_upstream()
            return self.answer(200, {"healthy_count": 1})
        if path == "/v1/models":
            return self.answer(200, {"data": [{"id": name} for name in models]})
        self.answer(404, {"error": {"message": "Not found"}})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.refused():
            return
        try:
            text = "The quick canary answers." if fault == "no call" else ask_upstream()
        except urllib.error.HTTPError as error:
            if fault == "an error as an answer":
                text = "API Error: %d" % error.code
            else:
                if fault == "ends on an error":
                    os._exit(1)
                return self.answer(error.code, {"error": {"message": "upstream: %d" % error.code}})
        if fault == "another text":
            text = "Something else."
        if not asked.get("stream"):
            return self.answer(200, {"choices": [{"message": {"role": "assistant", "content": text}}]})
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        for choice in ({"delta": {"content": text}}, {"delta": {}, "finish_reason": "stop"}):
            self.wfile.write(("data: %s\n\n" % json.dumps({"choices": [choice]})).encode())
            if fault == "a stream that breaks off":
                return
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *_):
        pass


if fault == "an end at once":
    sys.exit(3)
if fault == "a flood in the log":
    flood = "-" * 200 + "\n"
    threading.Thread(target=lambda: [sys.stdout.write(flood) for _ in range(200_000)], daemon=True).start()
if fault == "the token in the log":
    print("token:", token, flush=True)
if fault == "the master key in the log":
    print("key:", key, flush=True)
# As the first process of a container, one that asks for nothing is sent no SIGTERM.
if fault != "deaf":
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
if fault == "the port of the base too":
    threading.Thread(target=http.server.ThreadingHTTPServer(("0.0.0.0", 3000), Server).serve_forever, daemon=True).start()
address = "127.0.0.1" if fault == "only itself" else "0.0.0.0"
try:
    http.server.ThreadingHTTPServer((address, port), Server).serve_forever()
except OSError as error:
    sys.exit("the port %d is taken: %s" % (port, error))
