import type { Mutation } from './mutation.ts';

const OLD_PROVIDER = `from claude_agent_sdk import ClaudeAgentOptions, query
from litellm import Choices, CustomLLM, Message, ModelResponse


class EchoClaude(CustomLLM):
    async def acompletion(self, model, messages, **_):
        parts = []
        async for message in query(prompt=messages[-1]["content"], options=ClaudeAgentOptions(allowed_tools=[], max_turns=1)):
            parts += [block.text for block in getattr(message, "content", []) if hasattr(block, "text")]
        answer = Message(role="assistant", content="".join(parts))
        return ModelResponse(model=model, choices=[Choices(finish_reason="stop", message=answer)])

    async def astreaming(self, model, messages, **_):
        yield {"text": "The", "tool_use": None, "is_finished": False, "finish_reason": "", "usage": None, "index": 0}
        raise RuntimeError("cut off")
`;

/** What shows when the server is up. */
export const SERVICE_MUTATIONS: readonly Mutation[] = [
  {
    name: 'the server keeps the port of the base',
    failureMode: 'FM-13',
    level: 'service',
    layer: 'ENV PORT=3000',
    red: ['H01', 'H06'],
    why: 'a health check that asks port 4000 cannot find a server on 3000',
  },
  {
    name: 'a provider that leaves the tools on and breaks off its streams',
    failureMode: 'FM-27',
    level: 'service',
    layer: 'COPY --chown=claude:claude echo_claude.py /app/providers/echo_claude.py',
    files: { 'echo_claude.py': OLD_PROVIDER },
    red: ['H09', 'H10'],
    why: 'two mutations of one file, proved with one start: each has its own check',
  },
  {
    name: 'a start script that prints the token, sets an API key and does not exec the server',
    failureMode: 'FM-40',
    level: 'service',
    layer: 'COPY --chown=root:root litellm-entrypoint.sh /usr/local/bin/litellm-entrypoint.sh',
    files: {
      'litellm-entrypoint.sh': [
        '#!/bin/bash',
        'set -euo pipefail',
        'echo "token: $CLAUDE_CODE_OAUTH_TOKEN"',
        'export ANTHROPIC_API_KEY=sk-ant-api03-not-a-key',
        '/usr/local/bin/docker-entrypoint.sh true',
        '"$@" &',
        'wait $!',
        '',
      ].join('\n'),
    },
    red: ['H08', 'R15', 'R21'],
    why: 'three mutations of one script, proved with one start: each has its own check',
  },
];
