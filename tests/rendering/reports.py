"""Reports for rendering tests."""

from typing import Any

from bot.domain.review.report import (
    Citation,
    Concern,
    Cost,
    Coverage,
    Movement,
    Question,
    Report,
    RubricRef,
    Skipped,
    Strength,
    Trace,
)

HEAD, BASE = "a" * 40, "b" * 40


def citation(
    quote: str = "timeout=3", path: str = "app/client.py", line: int = 7, **changes: Any
) -> Citation:
    """A citation whose lines fit its quote."""
    data = {
        "source": "commit",
        "path": path,
        "commit": HEAD,
        "side": "head",
        "line_start": line,
        "line_end": line + quote.count("\n"),
        "quote": quote,
        "redacted": False,
    }
    return Citation.model_validate(data | changes)


def concern(text: str = "This client has no timeout.", **place: Any) -> Concern:
    """A fact."""
    return Concern(
        signal="shop.client", check="speed.1", text=text, source="signal", citation=citation(**place)
    )


def question(text: str = "What lost when this won?", **place: Any) -> Question:
    """A question."""
    return Question(check="safety.1", text=text, source="signal", citation=citation(**place))


def movement(missing: str = "a bound", **place: Any) -> Movement:
    """A partial support."""
    return Movement(
        check="speed.1",
        direction="supports",
        partial=bool(missing),
        missing=missing,
        source="signal",
        citations=(citation(**place),),
    )


def weakening(*places: Citation) -> Movement:
    """What weakens a check at some places; ``full`` states a fact at the first of them."""
    return movement(missing="").model_copy(update={"direction": "weakens", "citations": places})


def trace(**changes: Any) -> Trace:
    """What shows a stack, with changes."""
    place = {
        "stack": "shop",
        "title": "Shop",
        "folder": "src",
        "kind": "import",
        "what": "shop",
        "path": "src/desk.py",
        "line": 3,
    }
    return Trace.model_validate(place | changes)


def report(**changes: Any) -> Report:
    """A complete report of a change with nothing in it, with changes."""
    data = {
        "kind": "change",
        "mode": "signals",
        "complete": True,
        "incomplete_because": (),
        "base": BASE,
        "head": HEAD,
        "rubric": RubricRef(id="small", version="1.0.0", sha256="0" * 64),
        "stacks": ("shop",),
        "stack_evidence": (trace(),),
        "model": None,
        "touched": (),
        "movements": (),
        "concerns": (),
        "questions": (),
        "strengths": (),
        "coverage": Coverage(files_total=3, files_read=3, skipped=(), not_assessed=("speed.1",)),
        "cost": Cost(seconds=1.26),
    }
    return Report.model_validate(data | changes)


def full() -> Report:
    """A report with something of everything."""
    return report(
        complete=False,
        incomplete_because=("data.bin: its content is not in this clone",),
        touched=("speed", "safety"),
        movements=(movement(), weakening(citation(), citation(line=30))),
        concerns=(concern(), concern(path="app/other.py", line=9), concern("A key stands here.", line=2)),
        questions=(question(quote="while True:\n    ask()"),),
        strengths=(Strength(text="The price of the retry is named.", citation=citation(line=20)),),
        coverage=Coverage(
            files_total=5,
            files_read=3,
            skipped=(Skipped(path="uv.lock", reason="lock file"), Skipped(path="logo.png", reason="binary")),
            not_assessed=("speed.1", "safety.1"),
        ),
    )


ASKS = {"speed.1": "Is the speed of this path argued?", "safety.1": "Is its safety argued?"}

# What a participant could write to steer whoever or whatever shows it.
HOSTILE = [
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe",
    "a\u200bb\u2066c\U000e0041",
    "@channel @team/admins #12 https://evil.example <img src=x> <!-- x -->",
    "```\n# heading\n```",
    "`````\n[link](https://evil.example) ![i](https://evil.example/i.png)",
    "[bold red]rich[/] :smile: {{ jinja }}",
    "\r\n\x0bform\x0cfeed\u2028line",
    "x" * 400,
    "   \t",
]
