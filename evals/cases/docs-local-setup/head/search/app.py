"""Searches the manuals."""

import os

from search.models import Hosted, Stub


def model():
    return Stub() if os.environ.get("SEARCH_MODEL") == "stub" else Hosted(os.environ["SEARCH_MODEL_URL"])
