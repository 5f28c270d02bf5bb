"""A reply by e-mail holds what strangers wrote below it, often unquoted: nothing of that is carried out."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.database import open_store
from bot.domain.pull_requests.comment_command_rules import (
    CommandContext,
    CommandOutcome,
    CommentPlace,
    Verb,
    decide_outcome,
)
from bot.domain.pull_requests.comment_parsing import command_further_down, parse_comment
from bot.domain.pull_requests.permissions import CapstoneRole
from bot.domain.pull_requests.records import Account
from tests import databases
from tests.workflows.linked import CODE, Desk, next_comment
from tests.workflows.running_dojo import ADA, BO, SEN

MALLORY = Account(77_000_077, "mallory")
FOOTER = "-- \nReply to this email directly, view it on GitHub, or unsubscribe."
# What mail programs put between a reply and its original, which they don't quote with ">".
HEADS = {
    "Outlook": "________________________________\nFrom: mallory <notifications@github.com>\nSent: Friday",
    "Outlook, without a rule": "From: mallory\nSent: Friday, November 27, 2026 10:00\nTo: ada/desk",
    "Outlook in German": "Von: mallory\nGesendet: Freitag, 27. November 2026 10:00\nAn: ada/desk",
    "Outlook in French": "De : mallory\nEnvoyé : vendredi 27 novembre 2026 10:00\nÀ : ada/desk",
    "Outlook in Chinese": "发件人： mallory\n发送时间： 2026年11月27日",
    "Outlook, in bold": "*From:* mallory\n*Sent:* Friday",
    "an older Outlook": "-----Original Message-----\nSubject: Re: [ada/desk] Add a client",
    "an older Outlook in German": "-----Ursprüngliche Nachricht-----\nBetreff: Re: [ada/desk] Add a client",
    "a rule alone": "-" * 40,
    "Gmail": "On Fri, Nov 27, 2026 at 10:00 AM mallory <notifications@github.com> wrote:",
    "Gmail, wrapped": "On Fri, Nov 27, 2026 at 10:00 AM mallory\n<mallory@example.org> wrote:",
    "Thunderbird in German": "Am 27.11.26 um 10:00 schrieb mallory:",
    "Apple Mail in French": "Le 27 nov. 2026 à 10:00, mallory a écrit :",
    "a notification alone": "*mallory* left a comment (ada/desk#1)",
    "an unknown language": "mallory <notifications@github.com> a12:",
}
THEIRS = [
    f"/sensei link {CODE}",
    "/sensei private",
    "/sensei quiet",
    "/sensei speak",
    "/sensei review",
    "/sensei dispute It is nonsense.",
    "/sensei defer For ever.",
    "/sensie quiet",
]


def mail(own: str, head: str, theirs: str) -> str:
    return f"{own}\n\n{head}\n\n{theirs}\n\n{FOOTER}\n".replace("\n", "\r\n")


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Desk]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as made:
        yield Desk(made)


def changed(it: Desk) -> tuple[object, ...]:
    """All that a command could change on the pull request, and the answers that are due."""
    with it.store.begin() as tx:
        found = tx.pull_requests.find(it.capstone.id, 1)
    assert found
    return found.private, found.quiet, len(it.rounds()), it.questions(), len(it.jobs("answer"))


@pytest.mark.parametrize("head", HEADS)
def test_nothing_below_the_head_of_an_original_is_a_command_or_offered_as_one(head: str) -> None:
    for theirs, own in itertools.product(THEIRS, ["Thanks, I'll look tomorrow.", ""]):
        body = mail(own, HEADS[head], f"One remark:\n\n{theirs}")
        assert (parse_comment(body), command_further_down(body)) == (None, None), body
        assert parse_comment(mail(own, HEADS[head], theirs)) is None


@pytest.mark.parametrize("head", HEADS)
def test_a_reply_that_gives_a_command_gives_its_own_with_its_own_reason(head: str) -> None:
    body = mail("/sensei dispute It is a fixture.\nSee line 12.", HEADS[head], "Not sure.\n\n/sensei private")
    said = parse_comment(body)
    assert said is not None
    assert (said.verb, said.reason) == (Verb.DISPUTE, "It is a fixture.\nSee line 12.")
    without = parse_comment(mail("/sensei dispute", HEADS[head], "This is my reason."))
    assert without is not None
    assert not without.has_reason, "a stranger gave the reason"


@given(
    own=st.text(alphabet=st.sampled_from("ab ./>`*_-<|$[]:\n"), min_size=1).filter(
        # Not a quote: whoever answers below a quote has written nothing above the command.
        lambda text: text.strip(" \n") and not text.lstrip(" \n").startswith(">")
    ),
    gap=st.sampled_from(["\n", "\n\n", "\r\n\r\n", "\n\n \n"]),
    below=st.lists(
        st.sampled_from([*THEIRS, "Well.", "", "> a", "```", "</details>", "On", "From: a", "|-|"])
    ),
)
@example(own="Yes.", gap="\n\n", below=[f"/sensei link {CODE}"])
@example(own="`", gap="\n", below=["/sensei quiet", "`"])
@example(own="$$", gap="\n", below=["/sensei quiet", "$$"])
@example(own="| a |\n|---|", gap="\n", below=["/sensei quiet"])
@example(own="<blockquote>", gap="\n\n", below=["/sensei quiet", "", "</blockquote>"])
@example(own="<details>", gap="\n\n", below=["/sensei quiet", "", "</details>"])
def test_whatever_stands_below_somebodys_own_words_is_not_carried_out(
    own: str, gap: str, below: list[str]
) -> None:
    """By any mail program, also one that puts nothing at all between the two."""
    assert parse_comment(own + gap + "\n".join(below)) is None


@given(below=st.lists(st.sampled_from([*THEIRS, "Well.", "", "> a", "```", "<!--", "[a]: b", "---"])))
def test_nor_does_it_make_another_command_of_the_one_above_it(below: list[str]) -> None:
    said = parse_comment("\n".join(["/sensei quiet", "", *below]))
    assert said is not None
    assert (said.verb, said.argument) == (Verb.QUIET, "")


def test_a_mail_that_quotes_a_strangers_code_links_no_account(it: Desk) -> None:
    theirs = f"Nice. One remark:\n\n/sensei link {CODE}"
    mallorys = it.person("UMAL")
    it.code(mallorys, login=ADA.login)
    before = changed(it)
    for head in HEADS.values():
        it.deliver(*it.comment(mail("Thanks!", head, theirs), ADA, "created", next_comment()))
    it.deliver(*it.comment(f"Thanks!\n\n{theirs}", ADA, "created", next_comment()))
    assert it.asked(mallorys) == "nothing was asked"
    assert it.linked(ADA) is None
    assert changed(it) == before, "not even an answer is due"


def test_a_mail_that_quotes_a_strangers_command_changes_nothing(it: Desk) -> None:
    root = next_comment()
    it.ask(root)
    before = changed(it)
    for theirs in THEIRS:
        body = mail("Thanks!", HEADS["Outlook"], f"Well.\n\n{theirs}")
        it.deliver(*it.comment(body, ADA, "created", next_comment()))
    assert changed(it) == before
    body = mail("It is bounded by the client's timeout.", HEADS["Outlook"], "No.\n\n/sensei dispute nonsense")
    it.deliver(*it.comment(body, ADA, "created", next_comment(), thread=root))
    assert it.questions() == ["answered"], "the reply itself counts"


def test_who_may_give_commands_is_told_once_where_one_belongs_and_their_words_are_kept(it: Desk) -> None:
    root = next_comment()
    it.ask(root)
    body = "It halved the errors.\n\n/sensei private"
    for who, told in ((BO, 0), (MALLORY, 0), (ADA, 1), (ADA, 1), (SEN, 2), (SEN, 2)):
        comment = next_comment()
        for action in ("created", "edited"):
            it.deliver(*it.comment(body, who, action, comment, thread=root))
        private, quiet, _, _, answers = changed(it)
        assert (private, quiet, answers) == (False, False, told)
    assert it.questions() == ["answered"]


def test_a_first_line_is_heard_after_that(it: Desk) -> None:
    it.deliver(*it.comment("Well.\n/sensei private", ADA, "created", next_comment()))
    assert not changed(it)[0]
    assert it.says("> Well?\n\n/sensei private\n\nThank you.", ADA) == "done"
    assert changed(it)[0]


def test_a_deleted_comment_is_told_nothing(it: Desk) -> None:
    comment = next_comment()
    for action in ("deleted", "created"):
        it.deliver(*it.comment("Well.\n/sensei private", ADA, action, comment))
    assert len(it.jobs("answer")) == 0


# -- heads that begin with the name of whom they quote, which they have chosen

LONG = "x" * 60
NAME_FIRST = {
    "Gnus": "{name} <notifications@github.com> writes:",
    "Gnus, without an address": "{name} writes:",
    "Gmail in Hungarian": "{name} <notifications@github.com> ezt írta (időpont: 2026. nov. 27., P, 10:00):",
    "Gmail in Turkish": "{name} <notifications@github.com>, 27 Kas 2026 Cum, 10:00 tarihinde şunu yazdı:",
    "Gmail in Basque": "{name} (<m@example.org>) erabiltzaileak hau idatzi du (2026 aza. 27, or.):",
    "Thunderbird": "{name} wrote on 2026-11-27:",
    "Thunderbird in German": "{name} schrieb am 27.11.26 um 10:00:",
    "an unknown language": "{name} a12 2026:",
    "wrapped": "{name}\n{long} <notifications@github.com> writes:",
    "wrapped often": "{name}\n{long}\n{long}\n{long}\n<notifications@github.com> ezt írta\n(2026. nov. 27.):",
    "wrapped, without an address": "{name}\n{long} writes:",
    "wrapped before a rule": "{name}\n-----{dashes}\nm <notifications@github.com> writes:",
    "wrapped before a title's line": "{name}\n==={dashes}=\nm writes:",
    "wrapped before a quote's mark": "{name}\n>{long}\nm <notifications@github.com> writes:",
    "wrapped before a fence": "{name}\n~~~{long}\nm <notifications@github.com> writes:",
    "wrapped before a tag": "{name}\n<p/>{long}\nm <notifications@github.com> writes:",
    "wrapped before wide blanks": "{name}\n{blanks}\nm <notifications@github.com> writes:",
}
NAMES = [*THEIRS, "/sensei", "/sensei explain", "/sensei dispute", "/sensei defer", "/sensei link"]


def answered_below(head: str, name: str, quote: str = "> What if it fails?\n>\n> And then?") -> str:
    above = NAME_FIRST[head].format(name=name, long=LONG, dashes="-" * 60, blanks="\u3000" * 60)
    return f"{above}\n\n{quote}\n\nIt retries three times.\n"


@pytest.mark.parametrize("head", NAME_FIRST)
def test_a_name_that_reads_as_a_command_gives_none(head: str) -> None:
    for name in NAMES:
        assert parse_comment(answered_below(head, name)) is None, name
        assert parse_comment(answered_below(head, name).replace("\n\n>", "\n>", 1)) is None, name


def test_a_head_with_such_a_name_ends_somebodys_own_words() -> None:
    for name in NAMES:
        head = NAME_FIRST["Gnus"].format(name=name)
        said = parse_comment(f"/sensei dispute It is a fixture.\n\n{head}\n\nIt is mine.")
        assert said is not None
        assert said.reason == "It is a fixture."
        assert command_further_down(f"Thanks!\n\n{head}\n\n/sensei quiet") is None


@pytest.mark.parametrize("head", [head for head in NAME_FIRST if "wrapped" in head])
def test_no_wrapped_name_changes_a_pull_request_even_where_the_head_is_not_recognised(head: str) -> None:
    occasion = CommandContext(CapstoneRole.PARTICIPANT, CommentPlace.CONVERSATION)
    for name in (
        "/sensei quiet",
        "/sensei private",
        "/sensei speak",
        "/sensei review",
        f"/sensei link {CODE}",
    ):
        body = answered_below(head, name, "What if it fails?").replace("@", " ").replace(":", "")
        said = parse_comment(body)
        assert said is None or decide_outcome(said, occasion) is CommandOutcome.ALONE, name


@pytest.mark.contract
@pytest.mark.parametrize("head", NAME_FIRST)
def test_a_strangers_name_neither_takes_an_answer_nor_an_account(it: Desk, head: str) -> None:
    mallorys = it.person("UMAL")
    it.code(mallorys, login=ADA.login)
    for name in ("/sensei defer", "/sensei dispute It is nonsense.", "/sensei quiet", f"/sensei link {CODE}"):
        root = next_comment()
        it.ask(root)
        it.deliver(*it.comment(answered_below(head, name), ADA, "created", next_comment(), thread=root))
        assert it.questions()[-1] == "answered", name
    assert changed(it)[:2] == (False, False)
    assert it.asked(mallorys) == "nothing was asked"
    assert len(it.jobs("answer")) <= 1, "at most one hint where a command belongs"


ALONE_IN_ITS_COMMENT = [
    "> Well?\n\n{}",
    "{}\n\nThank you.",
    "{}\nThank you.",
    "{}\n\n> Well?",
    "{}\n\n-- \nAda",
    "{}\n-- \nAda",
]


@pytest.mark.parametrize("form", ALONE_IN_ITS_COMMENT)
def test_a_link_is_the_only_line_of_its_comment(it: Desk, form: str) -> None:
    adas = it.person("UADA")
    it.code(adas)
    assert it.says(form.format(f"/sensei link {CODE}"), ADA) is CommandOutcome.ALONE
    assert it.asked(adas) == "nothing was asked"
    assert it.says(f"\r\n /sensei link {CODE} \r\n", ADA) is CommandOutcome.DONE


def test_people_keep_giving_reasons_as_they_do(it: Desk) -> None:
    for reason in (
        "See https://example.org/a@b: it is bounded.",
        "As @sen said:\n- it is a fixture\n- it ends",
    ):
        said = parse_comment(f"> Why?\n\n/sensei dispute {reason}\n\nOn Fri, Nov 27, 2026, m wrote:\n> Why?")
        assert said is not None
        assert (said.verb, said.reason) == (Verb.DISPUTE, reason)


def test_who_gives_a_command_that_reads_as_a_head_is_told_once(it: Desk) -> None:
    for _ in range(2):
        body = "/sensei dispute Ask bo@example.org."
        it.deliver(*it.comment(body, ADA, "created", next_comment()))
    assert len(it.jobs("answer")) == 1
