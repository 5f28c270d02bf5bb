"""The agent that answers from the handbook."""

from google.adk.agents import LlmAgent

from onboarding.config import MODEL
from onboarding.tools.directory import find_person
from onboarding.tools.handbook import search_handbook

root_agent = LlmAgent(
    name="onboarding_assistant",
    model=MODEL,
    description="Answers questions of new joiners.",
    instruction="""You help people in their first month.
Answer from the handbook only, and name the section. If it is not there, say so and name the people team.""",
    tools=[search_handbook, find_person],
)
