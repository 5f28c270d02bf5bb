"""What is said of an erasure: places and counts, never what stood there."""

from bot.domain.privacy.personal_traces import PersonalTraces
from bot.ports.personal_data import DirectMessages, PublishedItems, TraceSearchResult
from bot.rendering.privacy import erasure

ADA = PersonalTraces(
    frozenset({"ada", "ada/desk"}), frozenset({17}), frozenset({"Because it halved."}), "b" * 32, shared=2
)


def test_where_nothing_is_left_each_table_says_so() -> None:
    found = TraceSearchResult(9, {"citation": "12 rows", "sensei.db": "4,096 bytes"}, {})
    assert erasure.describe_search(found, ADA).splitlines() == [
        "Searched 9 columns for 3 names, 1 number, 1 text. Traces left, by table and file:",
        "  citation   0 (12 rows)",
        "  sensei.db  0 (4,096 bytes)",
        "Sensei didn't search for 2 texts, because other people's rows contain the same words.",
        "No traces left.",
    ]


def test_of_an_unknown_person_it_says_that_it_searched_only_for_what_was_entered() -> None:
    found = TraceSearchResult(9, {"citation": "12 rows"}, {})
    for traces, entered in (
        (PersonalTraces(names=frozenset({"ada"})), "name"),
        (PersonalTraces(numbers=frozenset({17})), "number"),
    ):
        said = erasure.describe_search(found, traces, is_known=False).splitlines()
        assert said[0].startswith(f"Searched 9 columns for this {entered} alone.")
        assert said[-2].endswith("run the command again with it.")
        assert said[-1] == f"No traces of this {entered} left."


def test_what_is_left_is_told_by_its_place_alone() -> None:
    found = TraceSearchResult(
        9, {"citation": "12 rows", "cite": "1 rows"}, {"citation.quote": 2, "citation.path": 1}
    )
    said = erasure.describe_search(found, ADA)
    assert said.splitlines()[1:3] == ["  citation  3 (12 rows)", "  cite      0 (1 rows)"]
    assert said.splitlines()[-3:] == ["Traces left, by column:", "  citation.path   1", "  citation.quote  2"]
    assert "No traces left" not in said
    assert not [word for word in ("ada", "17", "Because") if word in said]


def test_what_was_published_is_listed_with_links_that_can_be_followed() -> None:
    shown = PublishedItems(
        ("ada/desk/pull/1#pullrequestreview-5",),
        ("ada/desk/pull/1#discussion_r6",),
        ("ada/desk/runs/7",),
        ("ada/desk/pull/1#issuecomment-8",),
        ("ada/desk/pull/2",),
    )
    assert erasure.list_published(shown, "https://github.com").splitlines()[1:] == [
        "  review: https://github.com/ada/desk/pull/1#pullrequestreview-5",
        "  question: https://github.com/ada/desk/pull/1#discussion_r6",
        "  check run: https://github.com/ada/desk/runs/7",
        "  answer: https://github.com/ada/desk/pull/1#issuecomment-8",
        "  decision: https://github.com/ada/desk/pull/2",
    ]
    assert erasure.list_published(PublishedItems(), "https://github.com") == ""


def test_what_would_go_is_not_told_as_gone() -> None:
    assert "would be deleted" in erasure.list_erased({"round": 3}, planned=True)
    assert erasure.list_erased({"round": 3}, planned=False) == "Deleted or blanked:\n  round  3"
    assert (
        erasure.list_erased({}, planned=True) == "Sensei stores nothing about this person except their name."
    )


def test_what_stays_in_slack_is_said() -> None:
    told = erasure.describe_messages
    assert told(None, in_chat=False, planned=True) == ""
    assert told(None, in_chat=True, planned=True) == (
        "Sensei's messages to this person stay in Slack. To delete them too, add --slack-messages."
    )
    assert told(None, in_chat=True, planned=False) == "Sensei's messages to this person stay in Slack."
    assert "with its id" in told(None, in_chat=False, planned=False, wanted=True)
    assert told(DirectMessages(12), in_chat=True, planned=True) == (
        "12 direct messages from Sensei to this person would be deleted in Slack. Messages to several "
        "people at once stay."
    )
    assert told(DirectMessages(1, 2), in_chat=True, planned=False).splitlines() == [
        (
            "1 direct message from Sensei to this person was deleted in Slack. Messages to several people at "
            "once stay."
        ),
        (
            "Slack didn't allow Sensei to delete 2 other messages. Ask an administrator of the workspace to "
            "delete them."
        ),
    ]
