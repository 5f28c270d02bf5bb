"""The HTTP surface. Sign-on happens in front of it and sets X-Employee-Id."""

from typing import Annotated

from fastapi import FastAPI, Header, HTTPException
from google.adk.agents.run_config import RunConfig
from google.adk.events import Event, EventActions
from google.adk.runners import Runner
from google.adk.sessions import InMemorySessionService
from google.genai import types
from pydantic import BaseModel

from onboarding.agent import build_root_agent
from onboarding.callbacks import CONFIRMED, PENDING
from onboarding.config import APP_NAME

app = FastAPI(title="Onboarding assistant")
sessions = InMemorySessionService()

# The longest eval conversation needs 11 model calls. Twice that, and something is going in circles.
RUN_CONFIG = RunConfig(max_llm_calls=22)


class Question(BaseModel):
    """One question; nothing is remembered between two of them."""

    text: str


class FirstDay(BaseModel):
    """Whose first day to prepare, and what they wrote in the joiners' form."""

    joiner: str
    note: str = ""


@app.post("/ask")
async def ask(question: Question, x_employee_id: Annotated[str, Header()]) -> dict[str, str]:
    """Answer one question from the handbook."""
    session = await sessions.create_session(app_name=APP_NAME, user_id=x_employee_id)
    return {"answer": await _turn(_runner(), x_employee_id, session.id, question.text)}


@app.post("/first-days")
async def prepare(day: FirstDay, x_employee_id: Annotated[str, Header()]) -> dict[str, str | None]:
    """Work through a first day until it is done or waits for a confirmation."""
    session = await sessions.create_session(app_name=APP_NAME, user_id=x_employee_id)
    runner = _runner(day.note)
    text = f"Prepare the first day of {day.joiner}."
    while True:
        answer = await _turn(runner, x_employee_id, session.id, text)
        waiting = await _state(x_employee_id, session.id, PENDING)
        if waiting or "DONE" in answer:
            return {"session": session.id, "answer": answer, "waiting_for": waiting}
        text = "Carry on with the next open step."


@app.post("/first-days/{session_id}/confirm")
async def confirm(session_id: str, x_employee_id: Annotated[str, Header()]) -> dict[str, str]:
    """Confirm the one call that waits, and carry on."""
    session = await sessions.get_session(
        app_name=APP_NAME, user_id=x_employee_id, session_id=session_id
    )
    if session is None or not session.state.get(PENDING):
        raise HTTPException(status_code=409, detail="Nothing is waiting for a confirmation.")
    delta = {CONFIRMED: session.state[PENDING], PENDING: None}
    await sessions.append_event(session, Event(author="user", actions=EventActions(state_delta=delta)))
    return {"answer": await _turn(_runner(), x_employee_id, session_id, "Confirmed, carry on.")}


def _runner(joiner_note: str = "") -> Runner:
    return Runner(
        agent=build_root_agent(joiner_note), app_name=APP_NAME, session_service=sessions
    )


async def _turn(runner: Runner, user_id: str, session_id: str, text: str) -> str:
    message = types.Content(role="user", parts=[types.Part(text=text)])
    answer = ""
    async for event in runner.run_async(
        user_id=user_id, session_id=session_id, new_message=message, run_config=RUN_CONFIG
    ):
        if event.is_final_response() and event.content and event.content.parts:
            answer = "".join(part.text or "" for part in event.content.parts)
    return answer


async def _state(user_id: str, session_id: str, key: str) -> str | None:
    session = await sessions.get_session(app_name=APP_NAME, user_id=user_id, session_id=session_id)
    return session.state.get(key) if session else None
