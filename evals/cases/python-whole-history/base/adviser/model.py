"""The model that the utility hosts itself."""

import json
import os
import urllib.request

URL = os.environ.get("MODEL_URL", "http://model.internal/v1/chat")


def complete(messages: list[dict]) -> str:
    request = urllib.request.Request(URL, json.dumps({"messages": messages}).encode())
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.load(reply)["content"]
