"""Runs the desk with a model that says what a test tells it to."""

from dataclasses import dataclass

from google.adk.models import BaseLlm, LlmResponse
from google.adk.runners import InMemoryRunner
from google.genai import types

from booking.agent import root_agent

CONFIRMATION = "adk_request_confirmation"


class Scripted(BaseLlm):
    parts: list[types.Part]

    async def generate_content_async(self, llm_request, stream=False):
        part = self.parts.pop(0) if self.parts else types.Part(text="Done.")
        yield LlmResponse(content=types.Content(role="model", parts=[part]))


@dataclass
class Asked:
    runner: InMemoryRunner
    guest: str
    session: str
    call: types.FunctionCall

    @property
    def waits_for(self) -> str:
        return self.call.args["originalFunctionCall"]["name"]


def tool_call(name: str, **arguments: str) -> types.Part:
    return types.Part(function_call=types.FunctionCall(name=name, args=arguments))


def run(guest: str, model: list[types.Part]) -> Asked:
    agent = root_agent.clone(update={"model": Scripted(model="scripted", parts=model)})
    runner = InMemoryRunner(agent=agent, app_name="desk")
    session = runner.session_service.create_session_sync(app_name="desk", user_id=guest, state={"guest": guest})
    calls = [call for event in _events(runner, guest, session.id, "Please cancel B7.") for call in event.get_function_calls()]
    return Asked(runner, guest, session.id, next(call for call in calls if call.name == CONFIRMATION))


def confirm(asked: Asked, *, yes: bool) -> None:
    reply = types.FunctionResponse(id=asked.call.id, name=CONFIRMATION, response={"confirmed": yes})
    for _ in asked.runner.run(
        user_id=asked.guest,
        session_id=asked.session,
        new_message=types.Content(role="user", parts=[types.Part(function_response=reply)]),
    ):
        pass


def _events(runner, guest, session, text):
    message = types.Content(role="user", parts=[types.Part(text=text)])
    return list(runner.run(user_id=guest, session_id=session, new_message=message))
