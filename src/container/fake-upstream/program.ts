/** The fake upstream as a Python program: standard library only, port as its one argument. */
export const UPSTREAM_PROGRAM = String.raw`import http.server, json, sys, threading, time

REPLY = "The quick canary answers."
state = {"mode": "ok", "requests": []}
lock = threading.Lock()
ERRORS = {
    "401": (401, "authentication_error", "OAuth authentication is currently not supported."),
    "429": (429, "rate_limit_error", "This request would exceed the rate limit."),
    "529": (529, "overloaded_error", "Overloaded"),
}


def message(model, content, stop_reason, output_tokens):
    return {
        "id": "msg_canary", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": stop_reason, "stop_sequence": None,
        "usage": {"input_tokens": 11, "output_tokens": output_tokens, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0},
    }


def events(model):
    yield {"type": "message_start", "message": message(model, [], None, 1)}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for word in REPLY.split(" "):
        text = word if word.endswith(".") else word + " "
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": {"output_tokens": 7}}
    yield {"type": "message_stop"}


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, value, headers=()):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, text in headers:
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def stream(self, model, cut):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        for number, event in enumerate(events(model)):
            if cut and number == 3:
                break
            self.wfile.write(("event: %s\ndata: %s\n\n" % (event["type"], json.dumps(event))).encode())
            self.wfile.flush()
        self.close_connection = True

    def control(self, body):
        with lock:
            if self.command == "PUT" and self.path == "/__refit/mode":
                state["mode"] = json.loads(body)["mode"]
            if self.command == "DELETE":
                state["requests"] = []
            self.answer(200, {"mode": state["mode"], "requests": state["requests"]})

    def messages(self, body):
        mode = state["mode"]
        if mode in ERRORS:
            status, kind, text = ERRORS[mode]
            return self.answer(status, {"type": "error", "error": {"type": kind, "message": text}}, [("x-should-retry", "false")])
        if mode == "hang":
            time.sleep(3600)
        asked = json.loads(body)
        model = asked.get("model", "unknown")
        if asked.get("stream"):
            return self.stream(model, mode == "cut")
        self.answer(200, message(model, [{"type": "text", "text": REPLY}], "end_turn", 7))

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        if self.path.startswith("/__refit/"):
            return self.control(body)
        with lock:
            state["requests"].append({
                "method": self.command, "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body,
            })
        path = self.path.split("?")[0]
        if self.command == "POST" and path == "/v1/messages":
            return self.messages(body)
        if self.command == "POST" and path == "/v1/messages/count_tokens":
            return self.answer(200, {"input_tokens": 11})
        self.answer(404, {"type": "error", "error": {"type": "not_found_error", "message": "Not here."}})

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_request


http.server.ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Upstream).serve_forever()
`;
