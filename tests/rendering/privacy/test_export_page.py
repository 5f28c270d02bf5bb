"""A capstone on the page of an export, in words and harmless."""

from typing import Any

from bot.domain.dojo.profiles import Vocabulary
from bot.rendering.privacy.export_page import render_page

NOW = "2026-11-26T09:30:00+00:00"
ELSE = "somebody else"


def cited(text: str) -> dict[str, Any]:
    return {"text": text, "citation": {"path": "a.py", "line_start": 3, "line_end": 3, "quote": "x"}}


def question(number: int, **more: Any) -> dict[str, Any]:
    return {
        "text": f"Why {number}?",
        "path": "a.py",
        "line_start": number,
        "quote": "x = 1\n\n\n\ny = 2",
        "state": "asked",
        "ruling": None,
        "thread": [],
        **more,
    }


PULL_REQUEST: dict[str, Any] = {
    "number": 7,
    "state": "open",
    "author_login": ELSE,
    "updated_at": NOW,
    "rounds": [
        {
            "number": 1,
            "created_at": NOW,
            "state": "published",
            "report": {"concerns": [cited("No limit.")], "questions": [], "strengths": [cited("Tested.")]},
        },
        {"number": 2, "created_at": NOW, "state": "failed", "report": None},
    ],
    "questions": [
        question(1, ruling="withdrawn", state="withdrawn"),
        question(
            2,
            state="proposed",
            thread=[
                {"at": NOW, "author_id": 5, "body": "# Not a heading\n@ada \x1b[31mred"},
                {"at": NOW, "author_id": None, "body": ELSE},
            ],
        ),
    ],
    "commands": [
        {"at": NOW, "author_id": 5, "verb": "defer", "answer": "done", "about": "", "author": "me"},
        {"at": NOW, "author_id": None, "verb": None, "answer": "unknown", "author": ELSE},
    ],
}
CAPSTONE: dict[str, Any] = {
    "cohort": "spring",
    "sensei": ELSE,
    "state": "ended",
    "created_at": NOW,
    "ended_at": NOW,
    "owner": "ada",
    "name": "desk",
    "pull_requests": [PULL_REQUEST],
    "ledger": [
        {"check_id": "risk.1", "direction": "supports", "citations": [{}, {}]},
        {"check_id": "risk.1", "direction": "weakens", "citations": [{}]},
    ],
    "model_calls": [{"answer": None, "input_tokens": 10, "output_tokens": 1, "usd": None}],
    "jobs": [{}, {}],
    "effects": [],
    "workflows": [{"operation_outputs": ["unrefined"]}],
    "cloned": True,
}
DOCUMENT: dict[str, Any] = {
    "made_at": NOW,
    "person": None,
    "identities": [],
    "enrolments": [],
    "capstones": [CAPSTONE],
    "dojo": {
        "name": None,
        "pairs": [],
        "unassigned": [],
        "proposals": [],
        "never_pairs": [],
        "absences": [],
        "deputy": [],
        "link_code": None,
    },
    "elsewhere": {"sensei_of": [], "messages": [], "pull_requests": [], "commands": []},
    "work": {"jobs": [{}], "effects": [], "workflows": []},
    "deliveries": [],
    "audit": [],
}


def test_a_capstone_is_told_in_words() -> None:
    page = render_page(DOCUMENT, Vocabulary({}, {}, ()))
    for words in (
        "As of 2026-11-26 09:30 UTC.",
        "### `ada/desk`",
        "In the cohort spring since 2026-11-26, with a sensei; ended on 2026-11-26.",
        "Opened by another person; open, last changed on 2026-11-26.",
        "- Reading 1 on 2026-11-26 09:30 UTC, published: 1 fact, 1 strength",
        "  - Fact: No limit. (`a.py:3`)",
        "- Reading 2 on 2026-11-26 09:30 UTC, failed\n",
        "1. **Why 1?** (`a.py:1`; withdrawn, and your sensei ruled that it is withdrawn)",
        "2. **Why 2?** (`a.py:2`; not posted: a sensei has yet to look at it)",
        "   x = 1\n   \n   \n   \n   y = 2\n",
        "Left out: 1 message by other people.",
        "you gave `/sensei defer`: carried out",
        "another person gave a command that Sensei doesn't know: not carried out",
        "| risk.1 | 1 | 1 | 3 |",
        "Sensei called a model 1 time (11 tokens, $0.00).",
        "| work that was due | 3 |",
        "| clones of your repositories | 1 |",
    ):
        assert words in page
    assert "unrefined" not in page
    assert "Your pairs" not in page


def test_what_people_wrote_formats_nothing() -> None:
    page = render_page(DOCUMENT, Vocabulary({}, {}, ()))
    assert "\x1b" not in page
    assert "@ada" not in page
    assert "   > #\u2060 Not a heading" in page
