"""The assistant that guests write to."""

from agents import Agent, Runner

from desk.bookings import move_booking
from desk.travel_site import newest

RULES = "You answer guests of the hostel. You can move a booking to another day if the guest asks for it."
MODEL = "gpt-5-mini-2025-08-07"


def agent() -> Agent:
    reviews = "\n".join(f"- {review}" for review in newest(10))
    instructions = f"{RULES}\n\nWhat guests say at the moment:\n{reviews}"
    return Agent(name="desk", model=MODEL, instructions=instructions, tools=[move_booking])


async def answer(guest: str, message: str) -> str:
    """Return the answer to a guest, after at most six turns."""
    done = await Runner.run(agent(), message, context=guest, max_turns=6)
    return str(done.final_output)
