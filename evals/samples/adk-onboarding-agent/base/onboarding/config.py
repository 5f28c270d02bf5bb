"""Settings, read once from the environment."""

import os
from pathlib import Path

APP_NAME = "onboarding"
MODEL = "gemini-2.5-flash"
DATA = Path(os.environ.get("ONBOARDING_DATA", "data"))
PEOPLE_DB = os.environ.get("ONBOARDING_PEOPLE_DB", "people.sqlite3")
