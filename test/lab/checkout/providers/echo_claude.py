"""Hands the last user message to Claude Code and gives back its text. The smallest provider that is a real one."""

from claude_code_sdk import AssistantMessage, ClaudeCodeOptions, TextBlock, query
from litellm import Choices, CustomLLM, Message, ModelResponse


class EchoClaude(CustomLLM):
    async def acompletion(self, model, messages, **_):
        options = ClaudeCodeOptions(model=model.split("/")[-1], max_turns=1)
        parts = []
        async for message in query(prompt=messages[-1]["content"], options=options):
            if isinstance(message, AssistantMessage):
                parts += [block.text for block in message.content if isinstance(block, TextBlock)]
        answer = Message(role="assistant", content="".join(parts))
        return ModelResponse(model=model, choices=[Choices(finish_reason="stop", message=answer)])
