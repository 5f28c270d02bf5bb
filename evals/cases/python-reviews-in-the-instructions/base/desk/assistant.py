"""The assistant that guests write to."""

from agents import Agent, Runner

from desk.bookings import move_booking

RULES = "You answer guests of the hostel. You can move a booking to another day if the guest asks for it."
MODEL = "gpt-5-mini-2025-08-07"


def agent() -> Agent:
    return Agent(name="desk", model=MODEL, instructions=RULES, tools=[move_booking])


async def answer(guest: str, message: str) -> str:
    """Return the answer to a guest, after at most six turns."""
    done = await Runner.run(agent(), message, context=guest, max_turns=6)
    return str(done.final_output)
