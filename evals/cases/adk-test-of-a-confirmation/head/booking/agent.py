"""The assistant at the booking desk."""

from google.adk.agents import LlmAgent
from google.adk.tools import FunctionTool

from booking.tools import cancel_booking, find_booking

root_agent = LlmAgent(
    name="desk",
    model="gemini-2.5-flash",
    instruction="Help guests with the booking whose number they give you.",
    tools=[find_booking, FunctionTool(cancel_booking, require_confirmation=True)],
)
