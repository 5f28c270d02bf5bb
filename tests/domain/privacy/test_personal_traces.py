"""What tells of a person is found where it stands alone, and taken out without breaking what it stood in."""

import json
import urllib.parse
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.privacy.data_scope import DataScope
from bot.domain.privacy.payloads import chat_users, decode_payload, parse_payload
from bot.domain.privacy.personal_texts import own_texts, spellings, texts_about_work, written_texts
from bot.domain.privacy.personal_traces import SOMEBODY, PersonalTraces
from bot.domain.privacy.third_parties import SOMEBODY_ELSE, redact_accounts, redact_payload, redact_people

ADA = PersonalTraces(
    frozenset({"ada", "ada/desk"}), frozenset({17, 740_000_012}), frozenset({"Because it\nhalved."})
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada", 1),
        ("thanks @Ada, said bo", 1),
        ("https://github.com/ada/desk/pull/1", 1),
        ("ada/desk and ada", 2),
        ("adapter", 0),
        ("canada", 0),
        ("ada-lovelace", 0),
        ("ada_lovelace.py", 1),  # a login ends here: no login has an underscore
        ("review:17#12:3", 1),
        ("github.com/17", 1),
        ("17", 1),
        ('{"id": 17, "n": 170}', 1),
        ("[[17, null]]", 1),
        ("line 17 of 170", 0),
        ("repository 740000012 is gone", 1),
        ("sha 9740000012f", 0),
        ("0.740000012", 0),
        ("Because it\nhalved.", 1),
        (json.dumps({"body": "Because it\nhalved."}), 1),
        (json.dumps(json.dumps(["Because it\nhalved."])), 1),
        ("", 0),
    ],
)
def test_names_numbers_and_words_count_where_they_stand_alone(text: str, found: int) -> None:
    assert ADA.count(text) == found


WILL = PersonalTraces(frozenset({"U0WILL4711"}), called=frozenset({"Will", "Will Power"}), person="b" * 32)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Will", 0),
        ("will it hold? Will it?", 0),
        ('{"name": "Will"}', 0),
        ('{"name": "Will", "email": "will@example.org"}', 1),
        ('{"id": "U0WILL4711", "name": "Will", "team": "Will"}', 2),
        (json.dumps(json.dumps({"id": "U0WILL4711", "name": "Will"})), 2),
        ("as Will Power said", 1),
        ("Will Powers", 0),
        ("sick <@U0WILL4711> <@U0WILL47110>", 1),
        ('{"name": "Willa"}', 0),
        ("b" * 32, 1),
    ],
)
def test_a_name_that_is_a_word_as_well_counts_where_it_stands_alone(text: str, found: int) -> None:
    assert WILL.count(text) == found


SENT: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U0BO471122", "name": "Bo"},
    "who": "U0WILL4711",
    "preferred": {"text": {"type": "plain_text", "text": "Will Power"}, "value": "b" * 32},
    "why": {"type": "plain_text_input", "value": "Because it hums: will it stop?"},
}


@pytest.mark.parametrize("form", [True, False])
def test_what_a_chat_sent_is_read_and_scrubbed_whether_it_is_a_form_or_not(form: bool) -> None:
    text = json.dumps(SENT)
    sent = urllib.parse.urlencode({"payload": text, "n": ""}) if form else text
    assert list(chat_users(parse_payload(sent.encode()))) == ["U0BO471122"]
    assert list(written_texts(parse_payload(sent.encode()))) == ["Because it hums: will it stop?"]
    assert WILL.count(decode_payload(sent.encode())) == 3
    clean = WILL.outside_audit.scrub_text(sent)
    assert WILL.count(decode_payload(clean.encode())) == 0
    payload = parse_payload(clean.encode())
    kept = payload["payload"] if form else payload
    assert {key: kept[key] for key in ("type", "user", "why")} == {
        key: SENT[key] for key in ("type", "user", "why")
    }
    assert kept["who"] == SOMEBODY


@pytest.mark.parametrize("text", ["a=é", "x=1&y=%zz", "a=b c", "=", "k=v&"])
def test_what_only_looks_like_a_form_and_holds_nothing_of_them_is_left_as_it_is(text: str) -> None:
    assert WILL.scrub_text(text) == text


@pytest.mark.parametrize(
    ("payload", "users"),
    [
        ({"user_id": "U1", "command": "/dojo"}, ["U1"]),
        ({"event": {"type": "app_home_opened", "user": "U2"}}, ["U2"]),
        (
            {"event": {"type": "user_change", "user": {"id": "U3"}}, "authorizations": [{"user_id": "U9"}]},
            ["U3"],
        ),
        ({"sender": {"id": 4}}, []),
        (None, []),
        ([], []),
    ],
)
def test_who_did_what_a_chat_tells_is_known(payload: Any, users: list[str]) -> None:
    assert list(chat_users(payload)) == users


def test_others_in_what_a_chat_sent_are_somebody_else() -> None:
    mine = {"U0BO471122"}
    shown = redact_people({**SENT, "text": "never <@U0WILL4711>, rather UPPERCASE and UNKNOWN_1"}, mine)
    assert shown == {
        **SENT,
        "who": SOMEBODY_ELSE,
        "preferred": SOMEBODY_ELSE,
        "text": f"never <@{SOMEBODY_ELSE}>, rather UPPERCASE and UNKNOWN_1",
    }


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "[" * 5_000 + "]" * 5_000])
def test_brackets_that_go_deeper_than_any_json_are_a_text(text: str) -> None:
    """Anybody may write them in a comment; they must not end the erasure of everybody."""
    assert ADA.scrub_text(f"{text} ada") == f"{text} {SOMEBODY}"
    assert ADA.scrub_text(text) == text
    assert ADA.count(f"{text} ada") == 1


def test_nobody_is_found_anywhere() -> None:
    assert PersonalTraces().count("ada 17 review:17#1:1") == 0
    assert PersonalTraces().scrub_text('{"id": 17}') == '{"id": 17}'


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("thanks @ada", "thanks @somebody who was erased"),
        ("round:review:17#12:3", "round:review:0#12:3"),
        ('{"a": "b"}', '{"a": "b"}'),
        ('{"open": [[17, "ada", false]]}', '{"open": [[0, "somebody who was erased", false]]}'),
        (
            '{"user": {"id": 17, "login": "ada"}, "n": 17}',
            '{"user": {"id": 0, "login": "somebody who was erased"}, "n": 17}',
        ),
        ('{"n": 740000012, "yes": true}', '{"n": 0, "yes": true}'),
    ],
)
def test_what_is_scrubbed_is_whole_and_holds_nothing_of_them(text: str, clean: str) -> None:
    assert ADA.scrub_text(text) == clean
    assert ADA.count(clean, without_words=True) == 0


json_values: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["@ada", "ada/desk", "a 740000012"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(value=json_values)
def test_scrubbed_json_is_json_of_the_same_shape(value: Any) -> None:
    clean = json.loads(ADA.scrub_text(json.dumps(value)))
    assert type(clean) is type(value)
    assert ADA.count(json.dumps(clean, ensure_ascii=False), without_words=True) == 0 or not isinstance(
        value, dict | list
    )


@given(word=st.text(min_size=1))
def test_a_word_is_found_however_json_spells_it(word: str) -> None:
    forms = spellings(word)
    assert word in forms
    for plain in (True, False):
        assert any(form in json.dumps({"a": word}, ensure_ascii=plain) for form in forms)
        assert any(
            form in json.dumps(json.dumps([word], ensure_ascii=plain), ensure_ascii=plain) for form in forms
        )


def test_words_that_somebody_else_has_as_well_and_short_ones_are_left_out() -> None:
    mine = ["yes", "It halved the wrong answers.", "import anthropic", "  import anthropic  "]
    assert own_texts(mine, ["import anthropic\nclient = 1"]) == (
        frozenset({"It halved the wrong answers."}),
        1,
    )


def test_of_a_report_only_what_quotes_or_speaks_is_a_text() -> None:
    report = {
        "schema": "sensei.report/1",
        "movements": [
            {"check": "speed.1", "missing": "the price", "citations": [{"quote": "x = 1", "path": "a.py"}]}
        ],
        "model": {"id": "claude"},
    }
    assert set(texts_about_work(report)) == {"the price", "x = 1", "a.py"}


SCOPE = DataScope(
    frozenset({2}),
    frozenset({4711}),
    frozenset({5}),
    frozenset({8}),
    frozenset({3}),
    people=frozenset({"c" * 32}),
    pairs=frozenset({6}),
)


@pytest.mark.parametrize(
    ("id_", "argument", "concerned"),
    [
        ("review:4711#12:1", {"round": "review:4711#12:1"}, True),
        ("review:4711#12:1~5.1234", None, True),
        ("check:review:4711#12:1", None, True),
        ("baseline:4711:guid", {"capstone": 2}, True),
        ("fetch:4711#12:guid", {"capstone": 2, "number": 12, "delivery": "guid"}, True),
        ("fetch:1#4711:guid", {"capstone": 1, "number": 4711, "delivery": "guid"}, False),
        ("comments:4711:since", None, True),
        ("comments:1:since", None, False),
        ("conclude:review:4711#1:1", {"round": "review:4711#1:1"}, True),
        ("questions:8+0:20261126", {"questions": [8], "key": "8+0"}, True),
        ("anything:9", {"positionalArgs": [{"question": 8}]}, True),
        ("anything:9", {"pull_request": 5}, True),
        ("answer:4711#12:9", {"command": 9}, True),
        ("answer:1#12:3", {"command": 3}, True),
        ("reply:3", None, True),
        ("ruling:8", None, True),
        ("reply:8", None, False),
        ("ruling:3", {"question": 3}, False),
        (f"home:{'c' * 32}", None, True),
        ("message:pair.introduced:6", {"kind": "pair.introduced", "about": {"pair": 6}}, True),
        ("message:pair.introduced:7", {"kind": "pair.introduced", "about": {"pair": 7}}, False),
        ("message:hello", {"about": {"people": ["d" * 32, "c" * 32]}}, True),
        (f"home:{'d' * 32}", {"person": "d" * 32}, False),
        ("reply:33", None, False),
        ("answer:1#12:33", {"command": 33}, False),
        ("review:14711#12:1", {"round": "review:14711#12:1"}, False),
        ("review:12#4711:1", {"round": "review:12#4711:1"}, False),
        ("baseline:1:guid", {"capstone": 1}, False),
        ("questions:9+0:20261126", {"questions": [9, True]}, False),
        ("sweep:20261126T090000", {"all": True}, False),
    ],
)
def test_what_is_about_a_capstone_is_known_by_its_id_or_input(
    id_: str, argument: Any, concerned: bool
) -> None:
    assert SCOPE.concerns(id_, argument) is concerned


@pytest.mark.parametrize(
    ("subject", "theirs"),
    [
        ("pair:6", True),
        ("pair:66", False),
        ("questions:[7, 8]", True),
        ("questions:[7, 9]", False),
        ("capstone:2", True),
        ("round:review:4711#12:1", True),
        ("review:4711#12:1", True),
        ("capstone:4711", False),
        ("erased capstone:2", False),
        ("erased round:review:4711#12:1", False),
        ("pair:²", False),
        ("pair:", False),
    ],
)
def test_a_subject_of_the_audit_trail_is_told_by_its_kind_and_number(subject: str, theirs: bool) -> None:
    assert SCOPE.is_subject(subject) is theirs


def test_a_payload_keeps_what_is_theirs_and_says_somebody_else_for_the_rest() -> None:
    ada, bo = {"id": 17, "login": "ada"}, {"id": 18, "login": "bo"}
    payload = {
        "action": "created",
        "comment": {"user": bo, "body": "Bo's words"},
        "pull_request": {"user": ada, "title": "Mine", "body": "My words", "labels": ["x"]},
        "commits": [{"message": "Whose?", "author": {"name": "Bo", "email": "bo@example.org"}}],
        "sender": bo,
    }
    assert redact_payload(payload, frozenset({17})) == {
        "action": "created",
        "comment": {"user": SOMEBODY_ELSE, "body": SOMEBODY_ELSE},
        "pull_request": {"user": ada, "title": "Mine", "body": "My words", "labels": ["x"]},
        "commits": [{"message": SOMEBODY_ELSE, "author": SOMEBODY_ELSE}],
        "sender": SOMEBODY_ELSE,
    }


def test_a_workflows_record_names_nobody_else() -> None:
    record = {
        "open": [{"author": [17, "ada", False]}, {"author": [18, "bo", False]}],
        "places": [["a.py", 1, 2]],
    }
    assert redact_accounts(record, frozenset({17})) == {
        "open": [{"author": [17, "ada", False]}, {"author": SOMEBODY_ELSE}],
        "places": [["a.py", 1, 2]],
    }
