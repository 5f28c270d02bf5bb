"""The three steps."""

from google.adk.agents import LlmAgent

from claims.tools import pay, policy_of, read_form

MODEL = "gemini-2.5-flash"

intake = LlmAgent(name="intake", model=MODEL, instruction="Read the form.", tools=[read_form])
policy_check = LlmAgent(name="policy_check", model=MODEL, instruction="Is it covered?", tools=[policy_of])
payout = LlmAgent(name="payout", model=MODEL, instruction="Pay what is covered.", tools=[pay])
