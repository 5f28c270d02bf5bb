"""The guide."""

from google.adk.agents import LlmAgent

from guide.config import LANGUAGES, MODEL
from guide.tools import exhibit

root_agent = LlmAgent(
    name="guide",
    model=MODEL,
    instruction=f"Tell visitors about the exhibit they stand at, in one of {', '.join(LANGUAGES)}.",
    tools=[exhibit],
)
