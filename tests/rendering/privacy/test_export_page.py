"""A capstone on the page of an export, in words and harmless."""

from typing import Any

from bot.domain.dojo.profiles import Vocabulary
from bot.rendering.privacy.export_dojo import person_lines
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
        "conversation": None,
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
            conversation={
                "private": True,
                "state": "drafted",
                "probe": "You say @ada. When?",
                "private_messages": [
                    {"at": NOW, "body": "**Nobody** has measured it."},
                    {"at": NOW, "body": ELSE},
                    {"at": NOW, "body": ""},
                ],
            },
        ),
    ],
    "commands": [
        {"at": NOW, "author_id": 5, "verb": "defer", "answer": "done", "about": "", "author": "me"},
        {"at": NOW, "author_id": None, "verb": None, "answer": "unknown", "author": ELSE},
    ],
}
DECISION: dict[str, Any] = {
    "number": 4,
    "state": "confirmed",
    "private": True,
    "created_at": NOW,
    "revisions": [
        {
            "number": 1,
            "at": NOW,
            "revised_by": "sensei",
            "title": "A limit",
            "texts": {"revisit": "more than *one* complaint", "decided": "ten"},
        },
        {"number": 2, "at": NOW, "revised_by": "participant", "title": ELSE, "texts": ELSE},
    ],
    "anchors": [{"path": "a.py", "line_start": 3, "quote": "x = 1"}],
}
UNJUDGED: dict[str, Any] = {
    "criterion": "cost",
    "level": None,
    "sentence": "Show me the bill.",
    "milestone": None,
    "role": "sensei",
    "at": NOW,
}
GIVEN = {
    "source": "pasted",
    "path": "",
    "text": "# Not a heading\nof mine",
    "at": NOW,
    "read_at": NOW,
    "findings": {
        "findings": [{"check": "risk.1", "line": 2, "quote": "of *mine*"}],
        "questions": ["Who reads it, @ada?"],
    },
}
HELD = {
    "prepared_at": NOW,
    "state": "held",
    "held_at": NOW,
    "questions": [
        {
            "text": "Who *notices*?",
            "path": "a.py",
            "line_start": 3,
            "rulings": [{"at": NOW, "outcome": "after_follow_up", "note": "Once *asked*."}],
        }
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
    "questions": [],
    "decisions": [DECISION],
    "statements": [{"pending": True}, {"pending": False}],
    "rulings": [
        {
            "criterion": "risk",
            "level": 2,
            "sentence": "Try it with *real* load.",
            "milestone": "final",
            "role": "deputy",
            "at": NOW,
            "sensei": ELSE,
            "appeal": {"at": NOW, "state": "asked", "reason": "I did."},
        },
        {**UNJUDGED, "sensei": ELSE, "appeal": None},
    ],
    "exemptions": [{"kind": "check", "subject": "risk.3", "at": NOW, "ended_at": None, "reason": "No load."}],
    "snapshots": [{}, {}],
    "design_documents": [GIVEN],
    "defences": [HELD, {**HELD, "state": "ready", "held_at": None, "questions": []}],
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
    "enrolments": [
        {
            "role": "participant",
            "cohort": "spring",
            "created_at": NOW,
            "state": "active",
            "profile": None,
            "check_ins": [
                {"day": "2026-11-25", "reason": "Too *busy*"},
                {"day": "2026-11-18", "reason": ""},
            ],
        }
    ],
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
        "snoozes": [],
        "digests": [{}, {}, {}],
        "unprompted": [],
        "one_to_ones": [
            {"id": 3, "at": NOW, "state": "planned"},
            {"id": 4, "at": "2026-12-03T09:30:00+00:00", "state": "cancelled"},
        ],
        "one_to_one_notes": [
            {"one_to_one_id": 3, "at": NOW, "worth": "partly", "decided": "# We *queue* @ada"},
            {"one_to_one_id": 9, "at": NOW, "worth": None, "decided": ""},
        ],
        "calendars": [
            {
                "address": "https://calendar.google.com/secret.ics",
                "title": "Our *hour*",
                "read_at": NOW,
                "problem": "",
            },
            {
                "address": "https://outlook.office365.com/other.ics",
                "title": "",
                "read_at": NOW,
                "problem": "refused",
            },
        ],
    },
    "elsewhere": {
        "sensei_of": [],
        "messages": [],
        "pull_requests": [],
        "commands": [],
        "private_messages": [{"capstone": 9, "at": NOW, "body": "It was mine then."}],
        "decisions": [{"capstone": 9, **DECISION, "number": 5}],
        "rulings": [{**UNJUDGED, "capstone": 9, "sensei": "themselves", "appeal": None}],
        "ruled": [{**UNJUDGED, "capstone": 8, "reason": "There is none."}],
        "exempted": [
            {
                "capstone": 8,
                "kind": "criterion",
                "subject": "cost",
                "at": NOW,
                "ended_at": NOW,
                "reason": "It costs nothing.",
            }
        ],
        "design_documents": [],
        "defences": [],
        "defence_rulings": [{"at": NOW, "outcome": "alone", "note": "Well *said*."}],
        "second_opinions": [{}],
    },
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
        "Opened by another person. State: open. Last changed on 2026-11-26.",
        "- Reading 1 on 2026-11-26 09:30 UTC, published: 1 fact, 1 strength",
        "  - Fact: No limit. (`a.py:3`)",
        "- Reading 2 on 2026-11-26 09:30 UTC, failed\n",
        "1. **Why 1?** (`a.py:1`; withdrawn, and your sensei ruled that the question is withdrawn)",
        "2. **Why 2?** (`a.py:2`; not posted: a sensei still has to look at it)",
        "   x = 1\n   \n   \n   \n   y = 2\n",
        "This page leaves out 1 message by other people.",
        "Conversation in direct messages: a decision is waiting for you to confirm it.",
        "Sensei's follow-up question: You say @\u2060ada. When?",
        "On 2026-11-26 09:30 UTC, you wrote in private:\n\n   > \\*\\*Nobody",
        "**Decision 4** of 2026-11-26: confirmed, and private.",
        "Version 1 of 2026-11-26 09:30 UTC, by Sensei, from your words: A limit",
        "Decided:\n\n> ten",
        "Revisit:\n\n> more than",
        "About `a.py:3`:",
        "Another person's words are left out.",
        "Evidence in your own words: 2 quotes. Of these, 1 doesn't count until its pull request is merged.",
        "- In capstone 9, on 2026-11-26 09:30 UTC, you wrote in private:\n\n  > It was mine then.",
        "- In capstone 9, you recorded a decision:\n\n**Decision 5**",
        "you gave `/sensei defer`: carried out",
        "another person gave a command that Sensei doesn't know: not carried out",
        "| risk.1 | 1 | 1 | 3 |",
        "Sensei called a model 1 time to read this capstone (11 tokens, $0.00).",
        "| tasks that Sensei had to do | 3 |",
        "| clones of your repositories | 1 |",
    ):
        assert words in page
    assert "unrefined" not in page
    assert "Your pairs" not in page


def test_rulings_are_told_in_words() -> None:
    page = render_page(DOCUMENT, Vocabulary({}, {}, ()))
    for words in (
        "- On 2026-11-26, your sensei's deputy ruled level 2 for `risk`, for the final milestone.\n",
        "  The sensei wrote to you:\n\n  > Try it with \\*real\\* load.",
        (
            "  On 2026-11-26, you asked for a second opinion; a lead still has to name a second sensei.\n  "
            "You wrote:\n\n  > I did."
        ),
        "- On 2026-11-26, your sensei couldn't judge `cost`.",
        "- On 2026-11-26, a sensei decided that the check `risk.3` doesn't apply:\n\n  > No load.",
        "Weekly counts of your checks by their state: 2. The JSON has all of them.",
        "- In capstone 9, which was yours:\n  - On 2026-11-26, you, as its sensei, couldn't judge `cost`.",
        "- In capstone 8, on 2026-11-26, you couldn't judge `cost`.\n  To the participant, you wrote:",
        "  Your reason, for senseis:\n\n  > There is none.",
        (
            "- In capstone 8, on 2026-11-26, you decided that the criterion `cost` doesn't apply (this "
            "exemption ended on "
        ),
        "- You were named for 1 second opinion.",
        "| weekly digests that Sensei made for you (only the numbers of their rows) | 3 |",
    ):
        assert words in page


def test_documents_and_defences_are_told_in_words() -> None:
    page = render_page(DOCUMENT, Vocabulary({}, {}, ()))
    for words in (
        "- Given on 2026-11-26: pasted, read on 2026-11-26.",
        "  > #\u2060 Not a heading",
        "  - `risk.1`, line 2:\n    > of \\*mine\\*",
        "  - Asked: Who reads it, @\u2060ada?",
        "- Prepared on 2026-11-26, held on 2026-11-26.\n  - Who \\*notices\\*?\n    About `a.py`, line 3.",
        "    On 2026-11-26: answered after a follow-up.\n    > Once \\*asked\\*.",
        "- Prepared on 2026-11-26, still to come.",
        "- You ruled on 1 question of defences:\n  On 2026-11-26, you wrote:\n  > Well \\*said\\*.",
    ):
        assert words in page, words


def test_only_an_account_that_they_confirmed_is_called_so() -> None:
    known: dict[str, Any] = {"login": "ada", "external_id": "5", "tenant": "here", "verified_at": NOW}
    accounts = [{**known, "provider": name} for name in ("slack", "github")]
    accounts.append({**known, "provider": "github", "verified_at": None})
    document = {"person": None, "dojo": {"name": "", "link_code": None}, "identities": accounts}
    assert list(person_lines(document)) == [
        "- Slack account: ada (id `5` at here), known since 2026-11-26",
        "- GitHub account: ada (id `5` at here), confirmed as yours on 2026-11-26",
        "- GitHub account: ada (id `5` at here), not confirmed as yours",
    ]


def test_one_to_ones_and_skipped_check_ins_are_told_in_words() -> None:
    page = render_page(DOCUMENT, Vocabulary({}, {}, ()))
    for words in (
        "## Your one-to-ones\n\n- 2 one-to-ones, from 2026-11-26 to 2026-12-03; 1 of them cancelled.",
        "- Was the hour of 2026-11-26 worth it? You: partly.",
        "- What was decided on 2026-11-26, in your words:\n\n  > #\u2060 We \\*queue\\* @\u2060ada",
        "- A calendar on `calendar.google.com`, last read on 2026-11-26.\n  You said that the titles",
        "`outlook.office365.com`, which Sensei last tried to read on 2026-11-26, and couldn't.",
        "  - You skipped the check-in of 2026-11-25. You wrote:\n\n    > Too \\*busy\\*",
    ):
        assert words in page, words
    assert "secret.ics" not in page
    assert "2026-11-18" not in page


def test_what_people_wrote_formats_nothing() -> None:
    page = render_page(DOCUMENT, Vocabulary({}, {}, ()))
    assert "\x1b" not in page
    assert "@ada" not in page
    assert "   > #\u2060 Not a heading" in page
