"""The fixed steps that prepare a first day: plan, provide, welcome (docs/decisions/0002)."""

from google.adk.agents import LlmAgent, SequentialAgent

from onboarding.callbacks import confirm_writes
from onboarding.config import MODEL
from onboarding.tools.people import find_person, set_profile_field
from onboarding.tools.provisioning import check_workstation, grant_badge, order_laptop
from onboarding.tools.welcome_mail import send_welcome_mail


def build_preparation(joiner_note: str) -> SequentialAgent:
    """Return the three steps for one joiner, who may have left a note about wishes and needs."""
    planner = LlmAgent(
        name="planner",
        model="gemini-flash-latest",
        instruction=f"""Plan the first day of a new colleague.
List what is needed: profile fields to correct, laptop model, badge level.
The new colleague asked us to consider this: {joiner_note}
Write at most six steps, one per line.""",
        tools=[find_person],
        output_key="plan",
    )
    provider = LlmAgent(
        name="provider",
        model=MODEL,
        instruction="""Carry out this plan with your tools, step by step:
{plan}
If a tool answers needs_confirmation, say what is waiting and stop. When every step is done, answer DONE.""",
        tools=[set_profile_field, order_laptop, grant_badge, check_workstation],
        before_tool_callback=confirm_writes,
        output_key="provided",
    )
    welcomer = LlmAgent(
        name="welcomer",
        model=MODEL,
        instruction="""Write a short, warm welcome mail from what was prepared, and send it:
{provided}""",
        tools=[find_person, send_welcome_mail],
    )
    return SequentialAgent(
        name="first_day",
        description="Prepares the first day of a new colleague.",
        sub_agents=[planner, provider, welcomer],
    )
