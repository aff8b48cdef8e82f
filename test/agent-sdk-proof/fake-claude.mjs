#!/usr/bin/env node
// Stands for the claude program: writes down what an SDK sends it, and answers as little as lets the SDK end.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const argv = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const record = (entry) => appendFileSync(process.env.REFIT_SENT, `${JSON.stringify(entry)}\n`);
const RESULT = {
  type: 'result',
  subtype: 'success',
  duration_ms: 1,
  duration_api_ms: 1,
  is_error: false,
  num_turns: 1,
  result: 'done',
  session_id: '00000000-0000-4000-8000-000000000000',
  uuid: '00000000-0000-4000-8000-000000000001',
  total_cost_usd: 0,
  usage: {},
  permission_denials: [],
};

if (argv.length === 1 && (argv[0] === '-v' || argv[0] === '--version')) {
  process.stdout.write('2.1.0 (Claude Code)\n');
  process.exit(0);
}
record({ argv });
if (!argv.includes('--input-format')) {
  say(RESULT);
  process.exit(0);
}
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const message = JSON.parse(line);
  record({ stdin: message });
  if (message.type === 'control_request') {
    const response = { commands: [], models: [], output_style: 'default', available_output_styles: [], account: {} };
    say({ type: 'control_response', response: { subtype: 'success', request_id: message.request_id, response } });
  }
  if (message.type === 'user') say(RESULT);
}
