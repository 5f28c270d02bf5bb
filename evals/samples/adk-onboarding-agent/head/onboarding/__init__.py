"""The onboarding assistant. ADK's tools look for `agent.root_agent`."""

from . import agent

__all__ = ["agent"]
