import { type Bench, excerpt } from './bench.ts';
import type { HttpAnswer } from './probe.ts';
import { SERVICE_PORT } from './service.ts';

/** The command that asks the server the same by hand; a key is named, never written. */
export function curl(path: string, key?: string): string {
  const header = key === undefined ? '' : `-H "Authorization: Bearer ${key}" `;
  return `curl -s -i ${header}http://127.0.0.1:${SERVICE_PORT}${path}`;
}

/** What the server answered, on few lines and without secrets. */
export function tellAnswer(bench: Bench, answer: HttpAnswer): string {
  if (answer.kind === 'no-answer') return answer.reason;
  return `${answer.status} ${excerpt(bench, answer.body, 3)}`.trim();
}
