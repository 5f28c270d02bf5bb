"""Runs the agent for all customers, with their sessions in one database."""

import os

from google.adk.runners import Runner
from google.adk.sessions import DatabaseSessionService

from parcels.agent import root_agent

runner = Runner(
    app_name="parcels",
    agent=root_agent,
    session_service=DatabaseSessionService(os.environ["SESSIONS_DB"]),
)
