"""Handles a claim of at most 2,000 EUR."""

from google.adk.agents import SequentialAgent

from claims.steps import intake, payout, policy_check

# The order is fixed: no payout is looked at before the policy was checked.
root_agent = SequentialAgent(name="claim", sub_agents=[intake, policy_check, payout])
