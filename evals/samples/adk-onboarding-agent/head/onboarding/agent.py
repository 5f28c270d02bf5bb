"""The root agent: answers from the handbook, hands a first day to the fixed steps."""

from google.adk.agents import LlmAgent

from onboarding.config import MODEL
from onboarding.sub_agents import build_preparation
from onboarding.tools.handbook import search_handbook
from onboarding.tools.people import find_person


def build_root_agent(joiner_note: str = "") -> LlmAgent:
    """Return the assistant, with what a joiner told us if a first day is being prepared."""
    return LlmAgent(
        name="onboarding_assistant",
        model=MODEL,
        description="Answers questions of new joiners and prepares their first day.",
        instruction="""You help people in their first month, and those who prepare it.
Answer from the handbook only, and name the section. If it is not there, say so and name the people team.
To prepare somebody's first day, transfer to first_day.""",
        tools=[search_handbook, find_person],
        sub_agents=[build_preparation(joiner_note)],
    )


root_agent = build_root_agent()
