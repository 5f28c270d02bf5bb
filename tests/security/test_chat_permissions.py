"""All that is registered for the chat refuses whom the table of permissions refuses, by every way in."""

import itertools
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.adapters import slack as adapter
from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files.articulation import load_guide
from bot.bootstrap.chat import assemble_features
from bot.domain.articulation.guide import ArticulationRules
from bot.domain.chat.events import ACTION, COMMAND, EVENT, VIEW, read_payload
from bot.domain.dojo.people import CohortRole
from bot.domain.dojo.permissions import Action, DojoRole, is_ever_allowed
from bot.domain.dojo.profiles import Vocabulary
from bot.domain.one_to_ones.calendar_addresses import KNOWN_HOSTS
from bot.errors import UserError
from bot.ports.deliveries import Delivery
from bot.workflows.chat.dispatch import ChatDispatch
from bot.workflows.chat.form_rate_limit import FormRateLimit
from bot.workflows.chat.intake import ChatIntake
from bot.workflows.decisions.features import decision_features
from bot.workflows.dojo import sensei_confirmation
from bot.workflows.one_to_ones.features import one_to_one_features
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from tests import databases
from tests.entrypoints.webhooks import now
from tests.fakes.slack import Slack
from tests.workflows import shop
from tests.workflows.peopled import peopled

LEDGERS = LedgerLoader(shop.LIBRARY)
ALL = assemble_features(
    "https://github.com",
    lambda: Vocabulary({}, {}, frozenset()),
    (
        *decision_features(lambda: ArticulationRules(load_guide(), {}), "https://github.com"),
        *one_to_one_features(lambda: LEDGERS, KNOWN_HOSTS, now),
    ),
    load_ledgers=lambda: LEDGERS,
)
TEAM = "T0DOJO0001"
HERE = [DojoRole.GUEST, DojoRole.UNCONFIRMED, DojoRole.PARTICIPANT, DojoRole.SENSEI, DojoRole.LEAD]
COMMANDS = [(word, each.action) for word, each in ALL.commands.items()]
BUTTONS = [(name, each.action) for name, each in ALL.buttons.items()]
FORMS = [(name, each.action) for name, each in ALL.forms.items()]


def refused(named: list[tuple[str, Action]]) -> list[tuple[str, DojoRole]]:
    return [(name, role) for name, action in named for role in HERE if not is_ever_allowed(action, {role})]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Engine]:
    file: Path = tmp_path_factory.mktemp("database") / "sensei.db"
    with open_store(databases.migrated_file(file)) as made:
        yield made


class Door:
    """The chat's reception, and one person in each role."""

    def __init__(self, engine: sa.Engine, slack: Slack) -> None:
        self.engine = engine
        self.store = SqlStore(engine, "github.com", now)
        self.kept: list[Delivery] = []
        chat = adapter.connect(slack.bot_token, slack.api_url)
        pace = FormRateLimit(itertools.count(0, 61).__next__)  # a minute passes between two clicks
        self.reception = ChatIntake(ALL, self.store, chat, self._keep, lambda: TEAM, now, pace)
        with self.store.begin() as tx:
            cohort = tx.cohorts.add("dojo", now())
            tx.cohorts.set_workspace(cohort.id, TEAM)
            for role in CohortRole:
                person = tx.members.find_or_add_by_chat(TEAM, f"U{role.value.upper()}", role.value, now())
                tx.members.join(cohort.id, person, role, now())
            person = tx.members.find_or_add_by_chat(TEAM, user(DojoRole.UNCONFIRMED), "unconfirmed", now())
            unconfirmed = tx.members.join(cohort.id, person, CohortRole.SENSEI, now())
            sensei_confirmation.open_request(tx, unconfirmed, now())

    def _keep(self, delivery: Delivery) -> bool:
        self.kept.append(delivery)
        return True

    def rows(self) -> dict[str, int]:
        """Count every row."""
        tables = sa.inspect(self.engine).get_table_names()
        with self.engine.connect() as connection:
            return {
                name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
                for name in tables
            }


@pytest.fixture(scope="module")
def door(engine: sa.Engine) -> Iterator[Door]:
    with Slack() as slack:
        yield Door(engine, slack)


def user(role: DojoRole) -> str:
    return f"U{role.value.upper()}"


def command(word: str, role: DojoRole) -> dict[str, object]:
    return {"team_id": TEAM, "user_id": user(role), "text": f"{word} 1", "trigger_id": f"{word}.{role}"}


def click(name: str, role: DojoRole) -> dict[str, object]:
    return {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": user(role)},
        "trigger_id": f"{name}.{role}",
        "response_url": "https://hooks.slack.com/actions/x",
        "actions": [{"action_id": name, "value": "1"}],
    }


def form(name: str, role: DojoRole) -> dict[str, object]:
    view = {"id": "V1", "hash": "1.a", "callback_id": name, "private_metadata": "1", "state": {"values": {}}}
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": user(role)},
        "trigger_id": f"{name}.{role}",
        "view": view,
    }


WAYS = [
    *((COMMAND, name, role) for name, role in refused(COMMANDS)),
    *((ACTION, name, role) for name, role in refused(BUTTONS)),
    *((VIEW, name, role) for name, role in refused(FORMS)),
]
BODIES = {COMMAND: command, ACTION: click, VIEW: form}


@pytest.mark.parametrize(("way", "name", "role"), WAYS)
def test_who_may_not_is_refused_before_anything_is_kept(
    door: Door, way: str, name: str, role: DojoRole
) -> None:
    before = door.rows()
    body = BODIES[way](name, role)
    reception = door.reception
    reply = {COMMAND: reception.command, ACTION: reception.click, VIEW: reception.submission}[way](body)
    said = json.dumps(reply.view) if reply.view else reply.message.text if reply.message else ""
    assert "doesn't allow that" in said or "not in this dojo" in said
    assert door.kept == []
    assert door.rows() == before


@pytest.mark.contract
@pytest.mark.parametrize(("way", "name", "role"), WAYS)
def test_who_may_not_is_refused_when_it_is_handled_as_well(
    door: Door, way: str, name: str, role: DojoRole
) -> None:
    """A delivery that was kept while they still might."""
    before = door.rows()
    delivery = Delivery("slack:x", way, json.dumps(BODIES[way](name, role)).encode())
    chatting = ChatDispatch(ALL, now)
    with suppress(UserError), door.store.begin() as tx:
        assert not chatting.handle(tx, delivery), "it has no handler, or it must refuse"
    assert door.rows() == before


# Slack Connect: what people of another workspace do in a channel that it shares with ours comes as from ours.
OTHERS = "T0OTHER0001"


def opens(_name: str, role: DojoRole) -> dict[str, object]:
    return {
        "team_id": TEAM,
        "event_id": "E1",
        "event": {"type": "app_home_opened", "tab": "home", "user": user(role)},
    }


@pytest.mark.parametrize("way", [ACTION, VIEW, EVENT])
@pytest.mark.parametrize(
    ("theirs", "counts"),
    [({}, True), ({"ours": TEAM}, True), ({"ours": OTHERS}, False), ({"where": OTHERS, "ours": TEAM}, False)],
    ids=["not given", "ours", "another's", "ours, in another's"],
)
def test_who_belongs_to_another_workspace_does_nothing_in_ours(
    door: Door, way: str, theirs: dict[str, str], counts: bool
) -> None:
    name = {ACTION: "home.page", VIEW: "people.leave", EVENT: ""}[way]
    body = {**BODIES, EVENT: opens}[way](name, DojoRole.PARTICIPANT)
    if "ours" in theirs:
        part = "event" if way == EVENT else "user"
        body[part] |= {"user_team" if way == EVENT else "team_id": theirs["ours"]}  # type: ignore[operator]
    if "where" in theirs:
        body |= {"team_id": theirs["where"]} if way == EVENT else {"team": {"id": theirs["where"]}}
    assert (read_payload(way, body).team == TEAM) is counts


def test_a_form_from_another_workspace_joins_nobody(tmp_path: Path) -> None:
    with open_store(databases.migrated_file(tmp_path / "sensei.db")) as engine, peopled(engine) as it:
        outsider = it.slack.person("Outsider")
        outsider.command("/dojo join participant")
        form_of_theirs = outsider.modal
        outsider.team = OTHERS
        outsider.submit({"join.brief": "Fewer errors."})
        it.settle()
        assert [member.name for member in it.members()] == ["Ada Lovelace"]
        outsider.team = it.slack.team
        outsider.submit({"join.brief": "Fewer errors."}, form_of_theirs)
        it.settle()
        assert [member.name for member in it.members()] == ["Ada Lovelace", "Outsider"]


def test_an_organisation_of_several_workspaces_is_no_other_workspace() -> None:
    body = click("home.page", DojoRole.PARTICIPANT)
    body |= {"enterprise": {"id": "E0ORG00001"}, "user": {"id": "U1", "team_id": "E0ORG00001"}}
    assert read_payload(ACTION, body).team == TEAM
    assert read_payload(ACTION, {**body, "enterprise": None}).team == ""


VALUES = ["9" * 5000, "1 " + "9" * 5000, "0" * 5000]


@pytest.mark.contract
@pytest.mark.parametrize("value", VALUES, ids=[value[:8] + str(len(value)) for value in VALUES])
def test_a_number_that_nobody_can_mean_is_refused_like_any_other_value(door: Door, value: str) -> None:
    chatting = ChatDispatch(ALL, now)
    for way, named in ((ACTION, BUTTONS), (VIEW, FORMS), (COMMAND, COMMANDS)):
        for (name, _), role in itertools.product(named, (DojoRole.SENSEI, DojoRole.LEAD)):
            body = BODIES[way](name, role)
            body |= {"text": f"{name} {value}"} if way == COMMAND else {}
            body |= {"actions": [{"action_id": name, "value": value}]} if way == ACTION else {}
            if way == VIEW:
                entered = {
                    block: {"x": {"value": value}} for block in ("with", "why", "begins", "ends", "capacity")
                }
                view = {"id": "V1", "hash": "1.a", "callback_id": name, "private_metadata": value}
                body |= {"view": {**view, "state": {"values": entered}}}
            reception = door.reception
            {COMMAND: reception.command, ACTION: reception.click, VIEW: reception.submission}[way](body)
            with suppress(UserError), door.store.begin() as tx:
                chatting.handle(tx, Delivery("slack:x", way, json.dumps(body).encode()))
    door.kept.clear()


def test_everything_that_is_registered_names_an_action() -> None:
    named = [*COMMANDS, *BUTTONS, *FORMS]
    assert len(named) >= 5
    assert all(isinstance(action, Action) for _, action in named)


def test_somebody_is_refused_something() -> None:
    assert len(WAYS) >= 4
