import { z } from 'zod';
import { RefitError } from '../base/errors.ts';
import { execInContainer, lastLines, type Session } from './engine.ts';

export interface HttpRequest {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Seconds; 60 unless told. */
  readonly timeout?: number;
}

/** An answer of whatever status, or why there was none. */
export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      readonly milliseconds: number;
    }
  | { readonly kind: 'no-answer'; readonly reason: string; readonly milliseconds: number };

const answerShape = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    status: z.number(),
    headers: z.record(z.string(), z.string()),
    body: z.string(),
    milliseconds: z.number(),
  }),
  z.object({ kind: z.literal('no-answer'), reason: z.string(), milliseconds: z.number() }),
]);

// The request comes on standard input, so that no key stands in a process list. Redirects are answers, not orders.
const PROGRAM = `import http.client, json, sys, time, urllib.parse
asked = json.load(sys.stdin)
url = urllib.parse.urlsplit(asked["url"])
start = time.monotonic()
def spent():
    return round((time.monotonic() - start) * 1000)
try:
    connection = http.client.HTTPConnection(url.hostname, url.port or 80, timeout=asked["timeout"])
    target = (url.path or "/") + ("?" + url.query if url.query else "")
    body = None if asked["json"] is None else json.dumps(asked["json"]["value"]).encode()
    headers = dict(asked["headers"])
    if body is not None:
        headers.setdefault("content-type", "application/json")
    connection.request(asked["method"], target, body, headers)
    response = connection.getresponse()
    try:
        text = response.read()
    except http.client.IncompleteRead as error:
        text = error.partial
    answer = {
        "kind": "answered", "status": response.status, "body": text.decode("utf-8", "replace"), "milliseconds": spent(),
        "headers": {name.lower(): value for name, value in response.getheaders()},
    }
except (OSError, http.client.HTTPException) as error:
    answer = {"kind": "no-answer", "reason": "%s: %s" % (type(error).__name__, error), "milliseconds": spent()}
print(json.dumps(answer))
`;

/** Asks over HTTP from inside a running container, the only place from which an internal network can be reached. */
export async function probeHttp(session: Session, from: string, request: HttpRequest): Promise<HttpAnswer> {
  const { method = 'GET', url, headers = {}, json, timeout = 60 } = request;
  const input = JSON.stringify({ method, url, headers, timeout, json: json === undefined ? null : { value: json } });
  const ended = await execInContainer(session, from, ['python', '-c', PROGRAM], {
    input,
    timeout: (timeout + 30) * 1000,
    maxBuffer: 16 * 1024 * 1024,
  });
  if (ended.kind === 'exited' && ended.exitCode === 0) return answerShape.parse(JSON.parse(ended.stdout));
  throw new RefitError(`the probe of ${url} could not run`, { details: lastLines(ended.stderr, 5) });
}
