"""Anybody in the workspace can join: nobody can thereby write to others, or delay them, without end."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.adapters.database import open_store
from bot.domain.dojo.people import CohortRole, EnrolmentState
from bot.ports.jobs import Job
from bot.rendering.dojo import slack_sensei_requests as rendering
from bot.workflows.chat import outbox
from bot.workflows.chat.form_rate_limit import A_MINUTE as FORMS_A_MINUTE
from bot.workflows.chat.form_rate_limit import (
    CROWD,
    IN_A_CROWD,
    AlreadyWarnedError,
    FormRateLimit,
    TooManyFormsError,
)
from bot.workflows.chat.home_refresh import A_MINUTE, refresh_home, refresh_user_home
from bot.workflows.jobs.fair_shares import MOST_HOMES, MOST_REDRAWS, MOST_WELCOMES, FairShares
from tests import databases
from tests.entrypoints.slacking import served
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Person, Slack
from tests.security.test_floods import MANY, Slots, later, turns
from tests.workflows.peopled import Peopled, peopled
from tests.workflows.running_dojo import Dojo

SENSEI, LEAD = CohortRole.SENSEI, CohortRole.LEAD
MALLORY, BEN = "U0MALLORY1", "U0BEN00002"


@pytest.fixture
def it(tmp_path: Path) -> Iterator[Peopled]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, peopled(engine) as made:
        yield made


def asks(it: Peopled, person: Person) -> str:
    """Ask to be a sensei; return what is wrong with it."""
    if said := person.command("/dojo join sensei").text:
        return said
    errors = person.submit().errors
    it.settle()
    return str(errors or "")


def leaves(it: Peopled, person: Person) -> None:
    person.command("/dojo leave")
    person.submit()
    it.settle()


def test_a_sensei_whom_no_lead_has_confirmed_can_have_nobody_written_to(it: Peopled) -> None:
    sol, mallory = it.here.enrolled("Sol", SENSEI), it.slack.person("Mallory")
    asks(it, mallory)
    for typed in (f"2099-01-01 2099-01-02 <@{sol.id}>", "2099-01-01", "off 2099-01-01", ""):
        assert "doesn't allow that" in mallory.command(f"/dojo away {typed}").text
    it.settle()
    assert (it.told, it.audited("absence.add"), sol.messages) == ([], [], [])
    assert "/dojo away" not in str(mallory.command("/dojo help").answer)
    # What is their own stays theirs.
    mallory.command("/dojo profile")
    assert mallory.submit({"join.goals": "To teach."}).errors == {}
    assert "doesn't allow that" not in str(mallory.command("/dojo status").answer)
    assert "still has to confirm" in mallory.command("/dojo resume").text
    it.settle()
    profile = it.member(mallory, SENSEI).profile
    assert profile
    assert profile.goals == "To teach."
    leaves(it, mallory)
    assert it.member(mallory, SENSEI).state is EnrolmentState.LEFT


def test_who_is_confirmed_can_enter_holidays(it: Peopled) -> None:
    lead, sen = it.here.enrolled("Lea", LEAD), it.slack.person("Sen")
    asks(it, sen)
    lead.click(lead.messages[-1], rendering.CONFIRM)
    it.settle()
    sen.command("/dojo away 2099-01-01")
    it.settle()
    assert len(it.told) == 1


def test_who_joins_and_leaves_again_and_again_asks_leads_once_a_day(it: Peopled) -> None:
    lead, mallory = it.here.enrolled("Lea", LEAD), it.slack.person("Mallory")
    assert asks(it, mallory) == ""
    leaves(it, mallory)
    for _ in range(3):
        assert "Once a day has passed" in asks(it, mallory)
    assert len(lead.messages) == 1
    assert it.member(mallory, SENSEI).state is EnrolmentState.LEFT
    it.a_day_passes()
    assert asks(it, mallory) == ""
    assert len(lead.messages) == 2
    lead.click(lead.messages[-1], rendering.DECLINE)
    it.settle()
    assert "Once a day has passed" in asks(it, mallory)
    assert len(lead.messages) == 2
    mallory.command("/dojo join participant")  # a participant needs nobody's word
    assert mallory.submit().errors == {}


def test_a_sensei_has_ten_holidays_to_come_at_most_and_each_is_told_once(it: Peopled) -> None:
    sen = it.here.enrolled("Sen", SENSEI)
    for day in (1, 1, *range(2, 12)):  # before any of them is entered
        sen.command(f"/dojo away 2099-01-{day:02}")
    it.settle()
    assert len(it.told) == 10
    assert "You already have 10 future holidays" in sen.command("/dojo away 2099-01-11").text
    sen.command("/dojo away 2099-01-10 2099-01-12")  # one that is there may change
    sen.command("/dojo away off 2099-01-01")
    it.settle()
    sen.command("/dojo away 2099-01-20")
    it.settle()
    assert len(it.told) == 12


# -- everybody else's messages, Homes and forms


@pytest.fixture(name="slots")
def an_engine() -> Slots:
    return Slots()


@pytest.fixture(name="chat")
def rows_and_a_clock(tmp_path: Path) -> Iterator[Dojo]:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine:
        yield Dojo(engine)


def waiting(chat: Dojo, kind: str) -> list[Job]:
    """The jobs of a kind that have not begun, whenever they are due."""
    with chat.store.begin() as tx:
        return [job for job in tx.jobs.due(chat.now() + timedelta(days=1), 1000) if job.kind == kind]


def opens_home(chat: Dojo, user: str) -> None:
    with chat.store.begin() as tx:
        refresh_user_home(tx, "T1", user, chat.now())


def is_told(chat: Dojo, key: str) -> None:
    with chat.store.begin() as tx:
        outbox.send_message(tx, key, "people.kept", {}, chat.now())


def of(begun: Iterable[str], name: str) -> list[str]:
    return [each for each in begun if name in each]


def test_who_changes_tabs_again_and_again_has_one_home_published_and_one_that_waits(
    chat: Dojo, slots: Slots
) -> None:
    for _ in range(MANY):
        opens_home(chat, MALLORY)
        chat.wait(0.01)
        turns(chat, slots)
    opens_home(chat, BEN)
    is_told(chat, "welcome:7")
    turns(chat, slots)
    assert [each.rpartition(":")[0] for each in slots.all] == [
        f"home:{MALLORY}",
        "message:welcome",
        f"home:{BEN}",
    ]
    assert len(waiting(chat, "home")) == 1


def test_one_home_is_published_so_many_times_a_minute_and_then_shows_the_last_change(
    chat: Dojo, slots: Slots
) -> None:
    for _ in range(59):
        opens_home(chat, MALLORY)
        turns(chat, slots)
        slots.on.clear()
        chat.wait(1)
    assert len(slots.all) == A_MINUTE
    [last] = waiting(chat, "home")
    chat.wait(2)
    turns(chat, slots)
    assert slots.all[A_MINUTE:] == [last.id]
    assert waiting(chat, "home") == []


def changes(chat: Dojo, person: str) -> None:
    """Let something change that a person's Home shows."""
    with chat.store.begin() as tx:
        refresh_home(tx, person, chat.now())


def test_messages_start_before_homes_and_opened_homes_before_those_that_others_changed(
    chat: Dojo, slots: Slots
) -> None:
    people = [f"{number:032x}" for number in range(12)]
    for person in people:
        changes(chat, person)
    opens_home(chat, BEN)
    is_told(chat, "welcome:7")
    turns(chat, slots)
    assert slots.all[:2] == ["message:welcome:7", *of(slots.all, BEN)]
    assert len(of(slots.all, "home:")) == 1 + MOST_REDRAWS, "others can open theirs meanwhile"
    for number in range(MOST_HOMES):
        chat.wait(1)
        opens_home(chat, f"U0MANY{number:04}")
        turns(chat, slots)
    assert len(of(slots.on, "home:")) == MOST_HOMES
    while of(slots.on, "home:"):
        slots.on.clear()
        later(chat, slots)
    assert len(of(slots.all, "home:")) == 1 + MOST_HOMES + len(people)


def test_answers_go_out_while_hundreds_of_imported_people_are_welcomed(chat: Dojo, slots: Slots) -> None:
    for number in range(MANY):
        is_told(chat, f"welcome:{number}")
    chat.wait(1)
    for number in range(3):
        is_told(chat, f"people.joined:{1000 + number}:1")
    opens_home(chat, BEN)
    turns(chat, slots)
    assert len(of(slots.all[:3], "joined")) == 3
    assert len(of(slots.all[3:], "welcome")) == MOST_WELCOMES
    assert of(slots.all, BEN)
    while of(slots.on, "welcome"):
        slots.on.clear()
        later(chat, slots)
    assert len(of(slots.all, "welcome")) == MANY


def test_of_one_person_one_home_waits_whoever_changed_it(it: Peopled) -> None:
    ada = it.here.enrolled("Ada", CohortRole.PARTICIPANT)
    with it.here.store.begin() as tx:
        person = str(tx.members.by_chat(it.slack.team, ada.id))
        start = now()
        tx.jobs.replace("home:", Job("home:none:1", "home", {}, start + timedelta(days=9)))
        refresh_home(tx, person, start)
        refresh_user_home(tx, it.slack.team, ada.id, start + timedelta(seconds=1))
        assert [job.argument for job in tx.jobs.due(start + timedelta(hours=1), 9)] == [
            {"workspace": it.slack.team, "user": ada.id}
        ]
        for second in range(2, 5):
            refresh_home(tx, person, start + timedelta(seconds=second))
        [job] = tx.jobs.due(start + timedelta(hours=1), 9)
    assert job.argument == {"workspace": it.slack.team, "user": ada.id}
    assert job.due_at == start + timedelta(seconds=1), "it keeps its place"


def test_the_homes_of_many_people_leave_turns_for_messages(chat: Dojo, slots: Slots) -> None:
    for number in range(MANY):
        opens_home(chat, f"U0MANY{number:04}")
    chat.wait(1)
    is_told(chat, "welcome:7")
    turns(chat, slots)
    assert len(of(slots.on, "home:")) == MOST_HOMES
    assert "message:welcome:7" in slots.on
    for _ in range(MANY):
        slots.on.clear()
        later(chat, slots)
    assert len(of(slots.all, "home:")) == MANY


def test_another_persons_message_goes_out_before_the_third_of_who_causes_many(
    chat: Dojo, slots: Slots
) -> None:
    many = [f"people.kept:5:{stamp}" for stamp in range(1000, 1000 + MANY)]
    for key in many:
        is_told(chat, key)
        chat.wait(0.001)
    is_told(chat, "people.kept:6:1000")
    turns(chat, slots)
    assert slots.all == [f"message:{key}" for key in [*many[:2], "people.kept:6:1000"]]
    while slots.on:
        assert len(of(slots.on, ":5:")) <= 2
        slots.on.clear()
        later(chat, slots)
    assert of(slots.all, ":5:") == [f"message:{key}" for key in many]


def test_a_message_that_changes_again_and_again_is_rewritten_once_for_all_that_waits(
    chat: Dojo, slots: Slots
) -> None:
    for stamp in range(MANY):
        with chat.store.begin() as tx:
            outbox.rewrite_message(tx, "link.asked:7", "people.link", {"turn": stamp}, chat.now())
        chat.wait(0.01)
        if stamp == MANY // 2:
            turns(chat, slots)
    turns(chat, slots)
    [last] = waiting(chat, "rewrite")
    assert len(slots.all) == 1
    assert last.argument["about"] == {"turn": MANY - 1}
    slots.on.clear()
    later(chat, slots)
    assert slots.all[1:] == [last.id]


def test_a_job_whose_place_was_taken_while_the_engine_took_it_stops_nothing(chat: Dojo) -> None:
    """Workflows change Homes as well, while the pump gives one to the engine."""
    opens_home(chat, MALLORY)
    [job] = waiting(chat, "home")
    chat.wait(1)
    opens_home(chat, MALLORY)
    with chat.store.begin() as tx:
        tx.jobs.mark_begun(job.id, chat.now())
    [newer] = waiting(chat, "home")
    assert newer.id != job.id


ADA, LEA = "ada0" * 8, "1ea0" * 8
THEIRS = [
    ("home:{}:1", MALLORY, BEN),
    ("home:{}:1", ADA, LEA),
    ("message:undone:slack:{stamp}.9.ab:{}", MALLORY, BEN),
    ("message:people.kept:{}:{stamp}", "5", "55"),
    ("message:away:{}:{stamp}", ADA, LEA),
    ("message:nevers:{}:{stamp}", ADA, LEA),
    ("message:news:17:{}:{stamp}:9", ADA, LEA),
    ("message:dm:{}:{stamp}", MALLORY, BEN),
    ("message:pairing.away.chosen:{stamp}:17:{}", ADA, LEA),
    ("message:asked:{stamp}:{}:9", ADA, LEA),
    ("rewrite:pairing.ask:{}:{stamp}", "5", "55"),
]


@pytest.mark.parametrize(("name", "whose", "anothers"), THEIRS)
def test_what_is_for_one_person_has_a_share_whatever_it_is_called(
    name: str, whose: str, anothers: str
) -> None:
    shares = FairShares([])
    taken = [shares.take(name.format(whose, stamp=stamp)) for stamp in range(1000, 1006)]
    assert taken[0]
    assert not any(taken[2:])
    assert shares.take(name.format(anothers, stamp=2000))


def test_who_opens_form_after_form_is_told_once_and_keeps_nobody_else_from_theirs(it: Peopled) -> None:
    mallory, ben = it.slack.person("Mallory"), it.slack.person("Ben")
    answers = [mallory.command("/dojo join").text for _ in range(FORMS_A_MINUTE + 10)]
    assert [bool(each) for each in answers] == [*[False] * FORMS_A_MINUTE, True, *[False] * 9]
    assert "Please try again in a minute" in answers[FORMS_A_MINUTE]
    assert len([call for call in it.slack.calls if call.method == "views.open"]) == FORMS_A_MINUTE
    assert ben.command("/dojo join").text == ""
    assert ben.modal
    assert mallory.command("/dojo dates").text  # what opens nothing is answered


def test_clicks_count_as_well_in_messages_and_in_forms(tmp_path: Path) -> None:
    with (
        open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine,
        Slack() as slack,
        served(engine, slack, "http") as here,
    ):
        ada, offer = here.ada, here.offered(here.ada)
        ada.click(offer, "try.open")
        form = ada.modal
        assert form
        for _ in range(FORMS_A_MINUTE):  # the last of them is told that there were too many
            ada.click(form, "try.redraw")
        for _ in range(3):
            ada.click(offer, "try.open")
        shown = [call.method for call in slack.calls if call.method.startswith("views.")]
        assert shown == ["views.open", *["views.update"] * FORMS_A_MINUTE]
        assert "Please try again in a minute" in str(form.document)
        assert ada.told == []


def test_a_minute_later_forms_open_again_and_who_goes_on_is_told_again() -> None:
    clock = [0.0]
    pace = FormRateLimit(lambda: clock[0])

    def asks(times: int) -> list[str]:
        said = []
        for _ in range(times):
            try:
                pace.take(MALLORY)
                said.append("opens")
            except TooManyFormsError:
                said.append("told")
            except AlreadyWarnedError:
                said.append("")
        return said

    assert asks(FORMS_A_MINUTE + 3) == [*["opens"] * FORMS_A_MINUTE, "told", "", ""]
    clock[0] = 59.0
    assert asks(1) == [""]
    clock[0] = 60.0
    assert asks(FORMS_A_MINUTE + 2) == [*["opens"] * FORMS_A_MINUTE, "told", ""]


def test_few_who_open_form_after_form_leave_room_for_everybody_else() -> None:
    clock = [0.0]
    pace = FormRateLimit(lambda: clock[0])

    def opens(user: str) -> bool:
        try:
            pace.take(user)
        except (TooManyFormsError, AlreadyWarnedError):
            return False
        return True

    few = [f"U0FEW{number}" for number in range(10)]
    assert sum(opens(user) for _ in range(FORMS_A_MINUTE) for user in few) == CROWD
    others = [f"U0OTHER{number}" for number in range(120)]
    assert all(opens(user) for user in others), "each of the others still gets theirs"
    assert [opens(others[0]) for _ in range(IN_A_CROWD)] == [*[True] * (IN_A_CROWD - 1), False]
    clock[0] = 60.0
    assert all(opens(few[0]) for _ in range(FORMS_A_MINUTE))
