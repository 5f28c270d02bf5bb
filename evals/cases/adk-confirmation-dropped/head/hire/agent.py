"""The agent that answers customers of the hire."""

from google.adk.agents import LlmAgent

from hire.tools import bicycle_of, charge_fee

root_agent = LlmAgent(
    name="hire",
    model="gemini-2.5-flash",
    instruction="Help customers. If a bicycle is lost, charge the fee.",
    tools=[bicycle_of, charge_fee],
)
