"""What decision records look like in Slack, and that Slack takes them whatever is in them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.files.articulation import load_guide
from bot.domain.articulation.slots import Slot
from bot.domain.decisions.records import CodeAnchor, DecisionRevision, DecisionState, RevisedBy
from bot.domain.decisions.shown import FilePlace, ShownDecision, WholeDecision, order_decisions
from bot.domain.dojo.app_home import ShownPerson
from bot.ports.chat import OutgoingMessage, View
from bot.ports.decisions import StoredStatement
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.decisions import slack_buttons, slack_form, slack_list, slack_messages, slack_record
from tests.decided import AT, decision
from tests.fakes.slack import judge, look

GUIDE = load_guide()
SNAPSHOTS = Path(__file__).parent / "snapshots"
DRAFT = DecisionState.DRAFT
TEXTS = {
    Slot.DECIDED: "We keep the answers in Postgres.",
    Slot.AGAINST: "Redis, which lost them when it restarted.",
    Slot.ACCEPTING: "A database to run.\nAda and Bo do that.",
}


def shown(number: int, state: DecisionState = DecisionState.CONFIRMED, **changes: object) -> ShownDecision:
    is_own = bool(changes.pop("is_own", True))
    return ShownDecision(decision(number, state, **changes), "ada/desk", is_own)


HISTORY = (
    DecisionRevision(1, "Answers are in Redis", {Slot.DECIDED: "Redis."}, RevisedBy.SENSEI, AT),
    DecisionRevision(2, "Answers are in Postgres", TEXTS, RevisedBy.PARTICIPANT, AT),
)
PRIVATE = shown(3, private=True, title="Answers are in Postgres", texts=TEXTS)
WHOLE = WholeDecision(
    PRIVATE,
    HISTORY,
    replaces=1,
    counts_for=slack_messages.describe_evidence(
        StoredStatement(1, "decision", 103, "speed.2", True, "evidence", "", True)
    ),
)
PAGE = "https://github.com/ada/desk"
FILE = FilePlace("file", f"{PAGE}/blob/HEAD/docs/decisions/0003-a.md", "docs/decisions/0003-a.md")
PULL = FilePlace("pull request", f"{PAGE}/pull/12", "#12")
NEW_FILE = FilePlace("new file", f"{PAGE}/new/main?filename=a.md&value=%23%20A", "a.md")


def changed(one: ShownDecision, what: str, file: FilePlace | None = None) -> OutgoingMessage:
    return slack_messages.changed(WholeDecision(one, HISTORY, file=file), what)


LIST = order_decisions(
    [
        shown(1, DecisionState.SUPERSEDED, title="Answers are in Redis"),
        PRIVATE,
        shown(4, DRAFT, title="Two agents, and one that checks"),
    ]
)
SEN = slack_list.ParticipantRow(ShownPerson("Bo"), 7, 2)
VIEWS: dict[str, View] = {
    "list": slack_list.own_list(LIST, 1, ()),
    "list_empty": slack_list.own_list((), 1, ()),
    "list_sensei": slack_list.own_list((), 1, [SEN, slack_list.ParticipantRow(ShownPerson("Cy"), 8, 0)]),
    "list_participant": slack_list.participant_list(
        ShownPerson("Bo"), 7, [replace(PRIVATE, is_own=False)], 1
    ),
    "record": slack_record.decision_view(WHOLE, GUIDE),
    "record_file": slack_record.decision_view(
        WholeDecision(shown(3, code_gone_at=AT), HISTORY, file=FILE), GUIDE
    ),
    "record_sensei": slack_record.decision_view(replace(WHOLE, shown=replace(PRIVATE, is_own=False)), GUIDE),
    "form_edit": slack_form.edit_form(shown(4, DRAFT, texts=TEXTS), GUIDE, "104"),
    "form_new": slack_form.new_form("We use SQLite.", {"1": "ada/desk", "2": "ada/mail"}, GUIDE, "1"),
}
MESSAGES: dict[str, OutgoingMessage] = {
    "recorded": slack_messages.recorded(WHOLE),
    "recorded_public": slack_messages.recorded(WholeDecision(shown(3), HISTORY)),
    "edited": changed(shown(3), "edited"),
    "edited_draft": changed(shown(4, DRAFT), "edited"),
    "withdrawn": changed(shown(3, DecisionState.WITHDRAWN), "withdrawn"),
    "published": changed(shown(3), "published"),
    "published_new_file": changed(shown(3), "published", NEW_FILE),
    "recorded_pull": slack_messages.recorded(WholeDecision(shown(3), HISTORY, file=PULL)),
    "edited_file": changed(shown(3), "edited", FILE),
}


def compared(name: str, text: str) -> None:
    """Compare with what was looked at; a new one is written, and fails once."""
    file = SNAPSHOTS / f"{name}.txt"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        pytest.fail(f"{file.name} is new: look at it")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_it_was_looked_at(name: str) -> None:
    view = checked_view({**VIEWS[name], "type": "modal"})
    assert judge.of_view(view) == []
    compared(name, look.text(view))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_looks_as_it_was_looked_at(name: str) -> None:
    message = checked_message(MESSAGES[name])
    compared(name, look.text({"text": message.text, "blocks": list(message.blocks)}))


HOSTILE = ["<!channel> <@U01|x> *b* `c` ~d~ > e", "&" * 3000, "😀" * 3000, "שלום " * 500, "", "a\n" * 1500]
TEXT = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=200))


@pytest.mark.contract
@settings(deadline=None, max_examples=40)
@given(TEXT, st.sampled_from(DecisionState), st.booleans(), st.booleans())
def test_whatever_is_in_it_slack_takes_it_and_nobody_is_pinged(
    text: str, state: DecisionState, is_own: bool, private: bool
) -> None:
    texts = {slot: text for slot in Slot if text}
    anchor = CodeAnchor(text or "x", text[:40] or "x", "head", 1, 1, text)
    found = decision(
        1, state, title=text[:100], texts=texts, private=private, anchors=(anchor,) * 9, check=text
    )
    one = ShownDecision(found, text[:140] or "a/b", is_own)
    history = [DecisionRevision(n, text[:100], texts, RevisedBy.SENSEI, AT) for n in range(1, 99)]
    whole = WholeDecision(one, history, 1, 2, file=FilePlace("file", FILE.address, text))
    for view in (
        slack_record.decision_view(whole, GUIDE),
        slack_list.own_list([one] * 30, 2, [SEN] * 20),
        slack_list.participant_list(ShownPerson(text), 1, [one] * 30, 1),
        slack_form.edit_form(one, GUIDE, "1"),
        slack_form.new_form(text, {"1": text or "a/b", "2": "b"}, GUIDE, "1"),
    ):
        assert look.notified(checked_view({**view, "type": "modal"})) == set()
    for message in (slack_messages.recorded(whole), slack_messages.changed(whole, "edited")):
        checked_message(message)
        assert look.notified({"text": message.text, "blocks": list(message.blocks)}) == set()


def test_a_sensei_gets_no_button_that_changes_a_record() -> None:
    for name in ("record_sensei", "list_participant"):
        for change in ("confirm", "edit", "publish", "withdraw"):
            assert f"decisions.{change}" not in str(VIEWS[name])


@pytest.mark.parametrize("state", DecisionState)
def test_a_private_record_names_the_sensei_only_where_they_can_read_it(state: DecisionState) -> None:
    said = slack_buttons.describe_state(shown(3, state, private=True))
    is_read = state in {DecisionState.CONFIRMED, DecisionState.SUPERSEDED}
    assert said.endswith("only you and your sensei can see it" if is_read else "private: only you can see it")
