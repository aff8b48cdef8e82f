"""Hands the last user message to Claude, which has no tools, and gives back its text, whole or as it comes."""

import asyncio

from claude_agent_sdk import AssistantMessage, ClaudeAgentOptions, ResultMessage, TextBlock, query
from litellm import Choices, CustomLLM, Message, ModelResponse


async def texts(model, messages):
    options = ClaudeAgentOptions(model=model.split("/")[-1], max_turns=1, tools=[])
    async for message in query(prompt=messages[-1]["content"], options=options):
        if isinstance(message, ResultMessage) and message.is_error:
            raise RuntimeError(message.result)
        if isinstance(message, AssistantMessage):
            for block in message.content:
                if isinstance(block, TextBlock):
                    yield block.text


class EchoClaude(CustomLLM):
    async def acompletion(self, model, messages, **_):
        parts = [text async for text in texts(model, messages)]
        answer = Message(role="assistant", content="".join(parts))
        return ModelResponse(model=model, choices=[Choices(finish_reason="stop", message=answer)])

    async def astreaming(self, model, messages, **_):
        queue = asyncio.Queue()

        # One task begins and ends the query: the SDK's cancel scope may not be left by another.
        async def fill():
            try:
                async for text in texts(model, messages):
                    await queue.put(text)
            finally:
                await queue.put(None)

        filling = asyncio.create_task(fill())
        while (text := await queue.get()) is not None:
            yield chunk(text)
        await filling
        yield chunk("", "stop")


def chunk(text, finish_reason=""):
    return {
        "text": text,
        "is_finished": finish_reason != "",
        "finish_reason": finish_reason,
        "index": 0,
        "tool_use": None,
        "usage": None,
    }
