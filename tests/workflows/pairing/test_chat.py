"""Pairing as it is clicked and typed in the chat: who may, what follows, and what nobody learns."""

import json
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.domain.chat.events import Click, SlashCommand, Submission
from bot.domain.dojo.people import CohortRole
from bot.domain.pairing.states import PairState
from bot.errors import UserError
from bot.ports.chat import OutgoingMessage
from bot.rendering.chat.slack_validation import checked_message, checked_view
from bot.rendering.pairing.slack_forms import WHY, WITH
from bot.workflows.chat import forms
from bot.workflows.chat.actors import find_actor, refusal
from bot.workflows.pairing.eligibility import PairChecks
from tests.workflows.circle import Circle

pytestmark = pytest.mark.usefixtures("_tidy")
SECRET = "we used to be married"


@pytest.fixture
def _tidy(engine: sa.Engine) -> Iterator[None]:
    yield
    Circle(engine).close()


class Talk(Circle):
    """A circle whose people click and type."""

    def user(self, name: str) -> str:
        with self.store.begin() as tx:
            return next(one.chat for one in tx.members.roles(self.people[name]) if one.chat)

    def types(self, name: str, text: str) -> OutgoingMessage:
        """``/dojo`` by somebody; return the answer that they alone see."""
        user = self.user(name)
        word, _, rest = text.partition(" ")
        with self.store.begin() as tx:
            actor = find_actor(tx, self.workspace, user)
            command = self.features.commands[word]
            if not actor.may_ever(command.action):
                raise refusal(actor)
            assert command.answer
            answer = checked_message(command.answer(tx, actor, rest, self.now))
            if command.then:
                command.then(tx, actor, SlashCommand(self.workspace, user, text=text), self.now)
        return answer

    def clicks(self, name: str, button: str, value: object) -> None:
        user = self.user(name)
        with self.store.begin() as tx:
            actor = find_actor(tx, self.workspace, user)
            it = self.features.buttons[button]
            if not actor.may_anywhere(it.action):
                raise refusal(actor)
            assert it.do
            it.do(tx, actor, Click(self.workspace, user, button, str(value)), self.now)

    def checks(self, name: str, button: str, value: object) -> None:
        """Let a button check a click before it is stored."""
        user = self.user(name)
        with self.store.read() as tx:
            check = self.features.buttons[button].check
            assert check
            check(
                tx,
                find_actor(tx, self.workspace, user),
                Click(self.workspace, user, button, str(value)),
                self.now,
            )

    def fills(self, name: str, form: str, value: object, **values: str) -> None:
        """Open a form, and send it."""
        user = self.user(name)
        with self.store.begin() as tx:
            actor = find_actor(tx, self.workspace, user)
            view = checked_view(forms.open_form(self.features, tx, actor, form, str(value), self.now))
            entered = {{"why": WHY, "whom": WITH}[field]: text for field, text in values.items()}
            sent = Submission(self.workspace, user, form, view["private_metadata"], entered)
            if wrong := forms.find_faults(self.features, tx, actor, sent, self.now):
                raise UserError(next(iter(wrong.values())))
            self.features.forms[form].submit(tx, actor, sent, self.now)


def talk(engine: sa.Engine) -> Talk:
    it = Talk(engine)
    it.sensei("Sen", 1, skills={"security": 3})
    it.sensei("Sol", 1)
    it.participant("Ada", skills={"security": 3}, goals="To decide with a clear head")
    it.participant("Bo")
    return it


def said(message: OutgoingMessage) -> str:
    return f"{message.text} {json.dumps(message.blocks, ensure_ascii=False)}"


def test_a_cohort_is_paired_by_typing_and_clicking(engine: sa.Engine) -> None:
    it = talk(engine)
    assert "working out pairs for 2 participants in Sample cohort" in said(it.types("Lea", "pair"))
    sent = it.run()
    [(_, board)] = [one for one in sent if one[0] == "pairing.board"]
    assert "Approve all 2" in said(board.message)
    it.fills("Lea", "pairing.swap", it.pair("Ada").id, whom=f"p {it.pair('Bo').id}")
    assert it.who() == {"Ada": ("Sol", "proposed"), "Bo": ("Sen", "proposed")}
    it.fills("Lea", "pairing.swap", it.pair("Ada").id, whom=f"p {it.pair('Bo').id}")
    it.clicks("Lea", "pairing.more", f"unlock {it.pair('Ada').id}")
    it.clicks("Lea", "pairing.approve", it.pair("Ada").id)
    with pytest.raises(UserError, match="Nothing was changed"):
        it.clicks("Lea", "pairing.approve", it.pair("Ada").id)
    it.clicks("Lea", "pairing.approve_all", it.pair("Bo").proposal)
    sent = it.run()
    assert sorted(it.readers(sent, "pairing.ask")) == [("Sen",), ("Sol",)]
    it.clicks("Sen", "pairing.accept", it.pair("Ada").id)
    it.fills("Sol", "pairing.veto", it.pair("Bo").id, why="We share an office already")
    sent = it.run()
    [(_, introduced)] = [one for one in sent if one[0] == "pairing.introduction"]
    assert "A question to start with" in said(introduced.message)
    assert "To decide with a clear head" in said(introduced.message)
    [(_, anew)] = [one for one in sent if one[0] == "pairing.board"]
    assert "Bo has no sensei" in said(anew.message)
    assert "We share an office already" in said(anew.message)
    assert "Your sensei is" in said(it.types("Ada", "pair"))
    it.fills("Ada", "pairing.change", it.pair("Ada").id, why="Other hours")
    assert it.pair("Ada").state is PairState.ENDED
    assert "a sensei yet" in said(it.types("Ada", "pair"))


@pytest.mark.parametrize("name", ["Ada", "Sen"])
def test_what_leads_do_nobody_else_does(engine: sa.Engine, name: str) -> None:
    it = talk(engine)
    it.propose()
    pair = it.pair("Ada")
    for button, value in (
        ("pairing.approve", pair.id),
        ("pairing.approve_all", pair.proposal),
        ("pairing.more", f"lock {pair.id}"),
        ("pairing.decline", pair.id),
        ("pairing.again", pair.proposal),
        ("pairing.page", f"{pair.proposal} 2"),
    ):
        with pytest.raises(UserError, match="doesn't allow that"):
            it.clicks(name, button, value)
    with pytest.raises(UserError, match="doesn't allow that"):
        it.fills(name, "pairing.swap", pair.id, whom=f"s {it.people['Sol']}")
    assert it.get(pair.id) == pair
    it.types(name, "pair")
    assert not it.jobs("pairing.propose")


def test_a_lead_of_another_cohort_does_nothing_here(engine: sa.Engine) -> None:
    it, other = talk(engine), talk(engine)
    it.propose()
    pair = it.pair("Ada")
    for button in ("pairing.approve", "pairing.decline"):
        with pytest.raises(UserError, match="doesn't allow that"):
            other.clicks("Lea", button, pair.id)
    with pytest.raises(UserError, match="doesn't allow that"):
        other.clicks("Lea", "pairing.approve_all", pair.proposal)
    with pytest.raises(UserError, match="doesn't allow that"):
        other.fills("Lea", "pairing.end", it.put("Bo", "Sol", PairState.ACTIVE).id, why="x")
    assert it.get(pair.id) == pair


def test_a_lead_of_another_cohort_is_not_told_whose_a_pair_is(engine: sa.Engine) -> None:
    """A form's error names the two of a pair, so whose it is is asked first."""
    it, other = talk(engine), talk(engine)
    waits, over = it.put("Ada", "Sen", PairState.PROPOSED), it.put("Bo", "Sol", PairState.ENDED)
    for form, pair in (("pairing.end", waits), ("pairing.swap", over)):
        with pytest.raises(UserError, match="doesn't allow that") as refused:
            other.fills("Lea", form, pair.id)
        assert not {"Ada", "Bo", "Sen", "Sol"} & set(re.findall(r"\w+", str(refused.value)))


def test_who_has_joined_a_newer_cohort_still_answers_for_the_older_one(engine: sa.Engine) -> None:
    it, newer = talk(engine), talk(engine)
    asked, other = it.put("Ada", "Sen", PairState.APPROVED), it.put("Bo", "Sol", PairState.PROPOSED)
    with it.store.begin() as tx:
        for name in ("Sen", "Lea"):
            tx.members.join(newer.cohort, it.people[name], CohortRole.PARTICIPANT, it.now())
        tx.cohorts.set_workspace(newer.cohort, it.workspace)
    it.clicks("Sen", "pairing.accept", asked.id)
    assert it.get(asked.id).state is PairState.ACTIVE
    it.clicks("Lea", "pairing.approve", other.id)
    assert it.get(other.id).state is PairState.APPROVED
    with pytest.raises(UserError, match="doesn't allow that"):
        it.clicks("Lea", "pairing.approve", newer.put("Ada", "Sen", PairState.PROPOSED).id)


def test_a_lead_who_is_one_of_the_two_is_not_told_what_the_other_asked(engine: sa.Engine) -> None:
    it = talk(engine)
    it.sensei("Lea", 2)
    told = []
    for author in (None, "Ada"):
        if author:
            it.never(author, "Lea", SECRET)
        told.append(said(it.types("Lea", "why Ada, Lea")))
        assert not it.jobs("pairing.why")
    assert told[0] == told[1]
    assert "another lead" in told[0]


def test_one_sensei_answers_not_for_another_nor_a_participant_for_another(engine: sa.Engine) -> None:
    it = talk(engine)
    asked = it.put("Ada", "Sen", PairState.APPROVED)
    for name in ("Sol", "Ada"):
        with pytest.raises(UserError, match=r"doesn't allow that|aren't the sensei"):
            it.clicks(name, "pairing.accept", asked.id)
        with pytest.raises(UserError, match=r"doesn't allow that|aren't the sensei"):
            it.fills(name, "pairing.veto", asked.id, why="x")
    active = it.put("Bo", "Sol", PairState.ACTIVE)
    for name in ("Ada", "Sol"):
        with pytest.raises(UserError, match=r"doesn't allow that|aren't the sensei"):
            it.fills(name, "pairing.change", active.id, why="x")
    assert (it.get(asked.id), it.get(active.id)) == (asked, active)


def test_why_not_is_always_the_same_to_a_participant_and_exact_to_a_lead(engine: sa.Engine) -> None:
    it = talk(engine)
    it.put("Ada", "Sen", PairState.ACTIVE)
    answers = {said(it.types("Ada", "why Sol"))}
    it.never("Sol", "Ada", SECRET)
    answers.add(said(it.types("Ada", "why Sol")))
    it.says("Sol", capacity=0)
    answers.add(said(it.types("Ada", "why Sol")))
    assert len(answers) == 1
    assert "You and Sen" in said(it.types("Ada", "why Sen"))
    it.types("Lea", "why Ada, Sol")
    [(_, letter)] = [one for one in it.run() if one[0] == "pairing.why"]
    assert "a confidential constraint" in said(letter.message)
    it.wait(seconds=1)
    it.types("Lea", "why Bo with Sen")
    [(_, letter)] = [one for one in it.run() if one[0] == "pairing.why"]
    assert "Sen" in said(letter.message)
    with pytest.raises(UserError, match=r"No sensei in .* is called"):
        it.types("Lea", "why Ada, Nobody")


def test_nobody_reads_what_was_asked_in_confidence_nor_who_asked(engine: sa.Engine) -> None:
    """Whatever is said to anybody, and kept in any job, holds neither the reason nor who gave it."""
    it = talk(engine)
    it.add("Lou", CohortRole.LEAD)
    it.never("Sen", "Ada", SECRET)
    it.never("Sol", "Ada", SECRET)
    words = [said(it.types("Lea", "pair"))]
    kept = [str(job) for job in it.jobs()]
    sent = it.run()
    words += [said(letter.message) for _, letter in sent]
    assert any("a confidential constraint" in each for each in words)
    assert "Ada has no sensei: a confidential constraint." in " ".join(words)
    pair, lea = it.pair("Bo"), it.user("Lea")
    with it.store.begin() as tx:
        actor = find_actor(tx, it.workspace, lea)
        words.append(
            json.dumps(forms.open_form(it.features, tx, actor, "pairing.swap", str(pair.id), it.now))
        )
    for name, text in (("Lea", "why Ada, Sen"), ("Ada", "why Sen"), ("Ada", "pair"), ("Sen", "pair")):
        words.append(said(it.types(name, text)))
    kept += [str(job) for job in it.jobs()]
    words += [said(letter.message) for _, letter in it.run()]
    with it.store.begin() as tx, pytest.raises(UserError) as refused:
        PairChecks(tx, it.cohort, it.now().date()).require_unbarred(it.people["Ada"], it.people["Sen"])
    words.append(str(refused.value))
    with it.engine.connect() as connection:
        kept += [str(row) for row in connection.execute(sa.text("SELECT * FROM audit_event"))]
        kept += [str(row) for row in connection.execute(sa.text("SELECT * FROM pairing"))]
        kept += [str(row) for row in connection.execute(sa.text("SELECT * FROM unassigned"))]
    for each in (*words, *kept):
        assert SECRET not in each
        assert "married" not in each
    # Who asked is named in no sentence about the constraint.
    for each in words:
        for sentence in each.split("."):
            assert not ("confidential" in sentence and "Sol" in sentence)


def test_a_board_turns_its_pages_for_one_lead_alone(engine: sa.Engine) -> None:
    it = Talk(engine)
    it.add("Lou", CohortRole.LEAD)
    for n in range(20):
        it.sensei(f"S{n:02}", 1)
        it.participant(f"P{n:02}")
    it.propose()
    it.run()
    proposal = it.pair("P00").proposal
    it.clicks("Lea", "pairing.page", f"{proposal} 2")
    with it.store.begin() as tx:
        pages = [
            it.features.words["pairing.board"](tx, {"proposal": proposal, "lead": it.people[name]})
            for name in ("Lea", "Lou")
        ]
    lea, lou = (said(checked_message(page.message)) for page in pages if page)
    assert "P19" in lea
    assert "P00" not in lea
    assert "P00" in lou
    assert [job.argument["about"]["lead"] for job in it.jobs("rewrite")] == [it.people["Lea"]]


def test_a_lead_proposes_pairs_by_a_button_and_nobody_else_does(engine: sa.Engine) -> None:
    it = talk(engine)
    for name in ("Ada", "Sen"):
        with pytest.raises(UserError, match="doesn't allow that"):
            it.clicks(name, "pairing.propose", it.cohort)
    it.checks("Lea", "pairing.propose", it.cohort)
    it.clicks("Lea", "pairing.propose", it.cohort)
    assert [kind for kind, _ in it.run() if kind == "pairing.board"]
    it.clicks("Lea", "pairing.approve_all", it.pair("Ada").proposal)
    with pytest.raises(UserError, match="every active participant has a sensei"):
        it.checks("Lea", "pairing.propose", it.cohort)
    it.clicks("Lea", "pairing.propose", it.cohort)
    assert not [kind for kind, _ in it.run() if kind == "pairing.board"]
