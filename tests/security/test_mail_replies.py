"""A reply by e-mail holds what strangers wrote below it, often unquoted: nothing of that is carried out."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.store import open_store
from bot.domain.commands import Verb, further_down, parse
from bot.domain.tracking import Account
from tests import databases
from tests.workflows.dojo import ADA, BO, SEN
from tests.workflows.linked import CODE, Desk, next_comment

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
        assert (parse(body), further_down(body)) == (None, None), body
        assert parse(mail(own, HEADS[head], theirs)) is None


@pytest.mark.parametrize("head", HEADS)
def test_a_reply_that_gives_a_command_gives_its_own_with_its_own_reason(head: str) -> None:
    body = mail("/sensei dispute It is a fixture.\nSee line 12.", HEADS[head], "Not sure.\n\n/sensei private")
    said = parse(body)
    assert said is not None
    assert (said.verb, said.reason) == (Verb.DISPUTE, "It is a fixture.\nSee line 12.")
    without = parse(mail("/sensei dispute", HEADS[head], "This is my reason."))
    assert without is not None
    assert not without.has_reason, "a stranger gave the reason"


@given(
    own=st.text(alphabet=st.sampled_from("ab ./>`*_-<|$[]:\n"), min_size=1).filter(
        lambda text: text.strip(" >\n")
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
    assert parse(own + gap + "\n".join(below)) is None


@given(below=st.lists(st.sampled_from([*THEIRS, "Well.", "", "> a", "```", "<!--", "[a]: b", "---"])))
def test_nor_does_it_make_another_command_of_the_one_above_it(below: list[str]) -> None:
    said = parse("\n".join(["/sensei quiet", "", *below]))
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
