"""The agent that answers customers of the hire."""

from google.adk.agents import LlmAgent
from google.adk.tools import FunctionTool

from hire.tools import bicycle_of, charge_fee

root_agent = LlmAgent(
    name="hire",
    model="gemini-2.5-flash",
    instruction="Help customers. If a bicycle is lost, charge the fee once the desk has confirmed it.",
    tools=[bicycle_of, FunctionTool(charge_fee, require_confirmation=True)],
)
