"""The model's next step: a text, or a tool with arguments."""

import json
import urllib.request
from dataclasses import dataclass, field


@dataclass
class Step:
    text: str = ""
    tool: str = ""
    arguments: dict = field(default_factory=dict)


def next_step(said: list[dict], tools: list[str]) -> Step:
    body = json.dumps({"said": said, "tools": tools}).encode()
    with urllib.request.urlopen("http://model.internal/step", body, timeout=20) as reply:
        return Step(**json.load(reply))
