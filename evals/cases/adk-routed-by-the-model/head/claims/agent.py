"""Handles a claim of at most 2,000 EUR."""

from google.adk.agents import LlmAgent

from claims.steps import MODEL, intake, payout, policy_check

root_agent = LlmAgent(
    name="claim",
    model=MODEL,
    instruction="Handle the claim. Transfer to whichever of intake, policy_check and payout is needed next.",
    sub_agents=[intake, policy_check, payout],
)
