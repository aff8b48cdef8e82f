"""Hands the last user message to Claude and gives back its text. The smallest provider that is a real one."""

from claude_agent_sdk import AssistantMessage, ClaudeAgentOptions, TextBlock, query
from litellm import Choices, CustomLLM, Message, ModelResponse


class EchoClaude(CustomLLM):
    async def acompletion(self, model, messages, **_):
        answer = Message(role="assistant", content=await ask(model, messages))
        return ModelResponse(model=model, choices=[Choices(finish_reason="stop", message=answer)])

    async def astreaming(self, model, messages, **_):
        text = await ask(model, messages)
        yield chunk(text, "")
        yield chunk("", "stop")


async def ask(model, messages):
    options = ClaudeAgentOptions(model=model.split("/")[-1], max_turns=1, tools=[])
    parts = []
    async for message in query(prompt=messages[-1]["content"], options=options):
        if isinstance(message, AssistantMessage):
            parts += [block.text for block in message.content if isinstance(block, TextBlock)]
    return "".join(parts)


def chunk(text, finish_reason):
    return {
        "text": text,
        "tool_use": None,
        "is_finished": finish_reason != "",
        "finish_reason": finish_reason,
        "usage": None,
        "index": 0,
    }
