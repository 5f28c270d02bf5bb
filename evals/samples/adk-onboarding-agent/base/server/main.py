"""The HTTP surface. Sign-on happens in front of it and sets X-Employee-Id."""

from typing import Annotated

from fastapi import FastAPI, Header
from google.adk.runners import InMemoryRunner
from google.genai import types
from pydantic import BaseModel

from onboarding.agent import root_agent
from onboarding.config import APP_NAME

app = FastAPI(title="Onboarding assistant")
runner = InMemoryRunner(agent=root_agent, app_name=APP_NAME)


class Question(BaseModel):
    """One question; nothing is remembered between two of them."""

    text: str


@app.post("/ask")
async def ask(question: Question, x_employee_id: Annotated[str, Header()]) -> dict[str, str]:
    """Answer one question from the handbook."""
    session = await runner.session_service.create_session(app_name=APP_NAME, user_id=x_employee_id)
    message = types.Content(role="user", parts=[types.Part(text=question.text)])
    answer = ""
    async for event in runner.run_async(
        user_id=x_employee_id, session_id=session.id, new_message=message
    ):
        if event.is_final_response() and event.content and event.content.parts:
            answer = "".join(part.text or "" for part in event.content.parts)
    return {"answer": answer}
