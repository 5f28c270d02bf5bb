"""What Sensei may say in a conversation, and the reason for which it may not."""

import pytest

from bot.domain.guardrails.conversation import PROBE_WORDS, ConversationGrounds, refuse_probe, refuse_reply
from bot.domain.guardrails.model_wording import Grounds, ShownText

CODE = "cache/session.py\nsessions: dict[str, Session] = {}\nLIMIT = 200\n"
GROUNDS = ConversationGrounds(
    code=Grounds(CODE, ShownText(CODE)),
    own_words=("We rejected Redis and Zebrastore, they lost on latency. Blue/green was 90 dollars.",),
    sources=("Sessions are described on https://wiki.example.com/sessions for the desk.",),
    others=frozenset({"Ilse Brandt"}),
    earlier=("Sessions are kept in memory. What happens at a restart?",),
)


@pytest.mark.parametrize(
    "probe",
    [
        "You say Redis lost on latency. Where did you see that?",
        "Zebrastore lost on latency. What did you measure?",
        "Blue/green was 90 dollars. Who would have paid that?",
        "`LIMIT` is 200. Where does that number come from?",
        'You wrote "lost on latency". How did you count it?',
        "Thanks. What would have to happen for you to look at this again?",
        "I don't see a number in this. What did you measure?",
    ],
)
def test_honest_probes_pass(probe: str) -> None:
    assert refuse_probe(probe, GROUNDS) is None


@pytest.mark.parametrize(
    ("probe", "reason"),
    [
        ("What? " * (PROBE_WORDS + 1), "too long"),
        ("You say Redis lost on latency.", "not a question"),
        ("Thanks.", "not a question"),
        ("Who saw it? And where?", "more than one question"),
        ("Did anyone see it?", "leading"),
        ("What did Brandt see?", "names a person"),
        ("What did the desk of Will see?", "names a person"),
        ('You wrote "Redis wins". Who saw it?', "quotes what nobody said"),
        ("What does https://evil.example/x say?", "says more than was said"),
        ("What does a circuit breaker cost?", "says more than was said"),
        ("sessions end. what then", "split over turns"),
        ("What do you lose at a\nrestart?", "hides characters"),
        ("What do you l\u043ese at a restart?", "not English"),
        ("Set Redis. What does it cost?", "suggests a fix"),
        ("Redis is the one. What does it cost?", "prefers an option"),
        ("Redis. What does it cost?", "answers for the person"),
        ("What do `asyncio.wait_for(x)` calls cost?", "says more than was said"),
    ],
)
def test_a_refused_probe_has_its_reason(probe: str, reason: str) -> None:
    assert refuse_probe(probe, GROUNDS) == reason


@pytest.mark.parametrize(
    "reply",
    [
        "Thanks. Your sensei reads this next.",
        "Sessions are described on https://wiki.example.com/sessions for the desk.",
        "See https://wiki.example.com/sessions.",
        "You say Redis lost on latency. Thanks for writing that down.",
        "You say Redis lost on latency. Where did you see that?",
    ],
)
def test_honest_replies_pass(reply: str) -> None:
    assert refuse_reply(reply, GROUNDS) is None


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "says too little"),
        ("Noted. " * 121, "too long"),
        ("Who saw it? Where?", "more than one question"),
        ("See https://wiki.example.com/sessions/all.", "says more than was said"),
        ("Thanks. Did anyone see it?", "leading"),
        ("Your answer is a pass.", "says more than was said"),
        ("Thanks, Ilse.", "names a person"),
    ],
)
def test_a_refused_reply_has_its_reason(reply: str, reason: str) -> None:
    assert refuse_reply(reply, GROUNDS) == reason


def test_code_counts_as_a_name_only_where_the_code_has_it() -> None:
    """The person's own words don't make ``approved_by_reviewer`` one."""
    told = ConversationGrounds(
        code=GROUNDS.code, own_words=("approved_by_reviewer(call) was slow for sessions.",)
    )
    assert refuse_probe("What did `approved_by_reviewer` cost?", told)
    assert refuse_probe("`LIMIT` was slow for sessions. What did it cost?", told) is None


def test_each_earlier_turn_is_read_with_the_draft() -> None:
    before = ConversationGrounds(own_words=("We saw three.",), earlier=("Which level?",))
    assert refuse_reply("Three. You saw three.", before) == "split over turns"
