"""A dojo as people live it, from installing it to leaving it: by Socket Mode and over HTTP.

What was shown to whom lies in the test's folder afterwards, to be read: ``seen.txt``, as wide as a phone.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.cli.app import app
from tests import databases
from tests.fakes.slack import Person, Slack, look
from tests.fakes.slack.model import Json, Shown
from tests.serving import AFTER, Serving, serving

COHORT = "Spring 2027"
SECRET = "She turned me down for a post."  # why Ada does not want Kim
VETO = "We have worked on the same desk for years"
IMPORTED = """\
name,role,slack,time_zone,hours,skills,stacks,goals,prefers,capacity
Sen Okafor,sensei,sen@dojo.example,Europe/London,08:00-17:00,validation:3;risk:3;reliability:2,anthropic,,,4
Kim Larsen,sensei,kim@dojo.example,Europe/Paris,09:00-17:00,security:3;integration:3;delivery:2,openai,,,4
Chloé Martin,participant,chloe@dojo.example,Europe/Paris,09:00-17:00,validation:3,anthropic,,,
Dev Patel,participant,dev@dojo.example,Europe/London,09:00-17:00,integration:3;security:2,openai,,,
Emma Wilson,participant,emma@dojo.example,Europe/London,10:00-16:00,delivery:3,openai,To ship it.,,
Farid Haddad,participant,farid@dojo.example,Europe/Paris,09:00-17:00,risk:3,anthropic,,sen@dojo.example,
Gwen Evans,participant,gwen@dojo.example,Europe/London,08:00-14:00,outcome:3,,Fewer calls at night.,,
Hana Sato,participant,hana@dojo.example,Europe/London,09:00-17:00,context:3,google-adk,,,
"""
NAMES = [
    "Lea Brandt",
    "Ada Rossi",
    "Ben Adeyemi",
    "Tomás Novák",
    "Sen Okafor",
    "Kim Larsen",
    "Chloé Martin",
    "Dev Patel",
    "Emma Wilson",
    "Farid Haddad",
    "Gwen Evans",
    "Hana Sato",
    "Noor Guest",  # who never joins
]


def read(seen: Json | Shown) -> str:
    """Return what is read, without the ends of lines."""
    return " ".join(look.text(seen).split())


class Dojo:
    """A workspace, a code host and the bot, with what twelve people and a guest do there."""

    def __init__(self, it: Serving, slack: Slack) -> None:
        self.it, self.slack = it, slack
        self.said: list[tuple[tuple[str, ...], str]] = []
        for name in NAMES:
            first = name.split()[0].lower().replace("é", "e").replace("á", "a")
            setattr(self, first, slack.person(name, f"{first}@dojo.example"))
        self.ids = {person.account.name: person.id for person in slack.people.values()}

    lea: Person
    ada: Person
    ben: Person
    tomas: Person
    sen: Person
    kim: Person
    gwen: Person
    hana: Person
    noor: Person

    def run(self, *arguments: str, status: int = 0) -> str:
        """Run a command in this process, as most of a command's time is its start; return what it says."""
        done = CliRunner().invoke(app, arguments, env=self.it.environment)
        self.said.append((arguments, done.output))
        assert done.exit_code == status, (arguments, done.output, done.exception)
        return done.output

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        with self.it.database.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]

    def pairs(self, *states: str) -> dict[str, str]:
        """Return who is with whom, by name, in some states."""
        found = self.rows(
            "SELECT one.name, other.name, pairing.state FROM pairing"
            " JOIN person_name one ON one.person_id = participant_id"
            " JOIN person_name other ON other.person_id = sensei_id"
        )
        return {one: other for one, other, state in found if state in states}

    def number(self, participant: str, *states: str) -> str:
        """Return the number of a participant's pair, as buttons hold it."""
        [(found, _)] = [
            row
            for row in self.rows(
                "SELECT pairing.id, state FROM pairing"
                " JOIN person_name ON person_id = participant_id WHERE name = :name",
                name=participant,
            )
            if row[1] in states
        ]
        return str(found)

    def wait(self, until: Callable[[], Any]) -> Any:
        self.it.wait(until)
        return until()

    def settle(self) -> None:
        """Wait until everything that is due is done, and nothing more has followed from it."""
        self.slack.settle()
        self.it.wait(self.done)

    def done(self) -> bool:
        schema = "dbos." if self.it.database.dialect.name == "postgresql" else ""
        [(left,)] = self.rows(
            "SELECT (SELECT count(*) FROM delivery WHERE state = 'stored')"
            " + (SELECT count(*) FROM job WHERE started_at IS NULL AND due_at <= :now)"
            f" + (SELECT count(*) FROM {schema}workflow_status WHERE status IN ('PENDING', 'ENQUEUED'))",
            now=datetime.now(UTC),
        )
        return bool(left == 0)

    def hears(self, person: Person, words: str) -> Json:
        """Wait until somebody has a message that says something; return the newest such."""

        def found() -> Json | None:
            return next((one for one in reversed(person.messages) if words in read(one)), None)

        message: Json = self.wait(found)
        return message

    def asks(self, person: Person, command: str) -> str:
        """Type a command; return its answer as it is read."""
        outcome = person.command(command)
        assert not outcome.failed, command
        return read(outcome.answer)

    def fills(self, person: Person, command: str, values: dict[Any, Any] | None = None) -> None:
        """Fill in the form that a command opens."""
        assert not person.command(command).failed
        self.wait(lambda: person.modal)
        outcome = person.submit(values or {})
        assert (outcome.failed, outcome.errors) == (False, {}), command

    def clicks(self, person: Person, message: Json, action: str, value: str | None = None) -> None:
        assert not person.click(message, action, value).failed
        self.settle()

    def home(self, person: Person) -> str:
        """Open somebody's Home; return what they read there."""
        self.slack.homes.pop(person.id, None)
        person.opens_home()
        self.settle()
        shown: Shown = self.wait(lambda: person.home)
        return self.with_names(read(shown))

    def with_names(self, text: str) -> str:
        """Return a text in which mentions show names, as Slack shows them."""
        for name, user in self.ids.items():
            text = text.replace(user, name)
        return text

    def board(self) -> Json:
        return self.hears(self.lea, f"▌ Pairs for {COHORT}")

    def shown(self) -> Iterator[tuple[str, Json]]:
        """All that anybody was shown, each under a caption, in order."""
        who = {person.id: person.account.name for person in self.slack.people.values()}
        for call in self.slack.calls:
            args = call.args
            if call.method in {"chat.postMessage", "chat.update"}:
                members = self.slack.channels[args["channel"]].members
                key = args.get("metadata", {}).get("event_payload", {}).get("key", "written anew")
                yield f"{key} → {', '.join(who[one] for one in members)}", args
            elif call.method in {"views.open", "views.publish"}:
                to = who[args.get("user_id") or self.slack.whose(args["trigger_id"])]
                yield f"{call.method} {args['view'].get('callback_id', '')} → {to}", args["view"]
        for each in self.slack.told:
            yield f"for {who[each.user]} alone", each.document


@pytest.fixture(name="dojo", params=["socket", "http"])
def a_dojo(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Dojo]:
    with Slack() as slack:
        settings = {"slack_bot_token": slack.bot_token, "slack_api_url": slack.api_url, "cohort": COHORT}
        if request.param == "socket":
            with serving(tmp_path, None, slack_app_token=slack.app_token, **settings) as it:
                yield Dojo(it, slack)
            return
        settings["slack_signing_secret"] = slack.signing_secret
        with (
            databases.fresh() as url,
            serving(tmp_path, url, **settings) as it,
        ):
            slack.events_url = f"http://127.0.0.1:{it.port}/slack/events"
            yield Dojo(it, slack)


@pytest.mark.contract
def test_twelve_people_live_in_a_dojo(dojo: Dojo) -> None:
    try:
        is_made(dojo)
        people_come(dojo)
        ada_is_linked(dojo)
        lead_decides(dojo)
        senseis_answer(dojo)
        everybody_looks(dojo)
        sensei_goes_on_holiday(dojo)
        people_pause_and_leave(dojo)
    finally:
        written_down(dojo)
    once_and_in_order(dojo)
    nothing_is_told(dojo)
    assert dojo.it.end() == 0
    assert dojo.it.errors() == []


def is_made(dojo: Dojo) -> None:
    """Install it, and bring in who is known."""
    assert "Everything is fine." in dojo.it.run("setup", "slack", "--check").stdout
    dojo.run("db", "upgrade")
    dojo.run("cohort", "add", COHORT)
    today = datetime.now(UTC).date()
    dojo.run("cohort", "date", "add", "start", str(today - timedelta(days=7)))
    dojo.run("cohort", "date", "add", "midway", str(today + timedelta(days=30)))
    assert "Lea Brandt is now a lead" in dojo.run("cohort", "lead", COHORT, "--slack", "lea@dojo.example")
    dojo.run("capstone", "add", "ada/desk", "--participant", "ada")
    file = dojo.it.folder / "people.csv"
    file.write_text(IMPORTED.replace("Chloé Martin,participant", "Chloé Martin,particpant"), "utf-8")
    assert "row 4, role" in dojo.run("people", "import", str(file), "--dry-run", status=2)
    file.write_text(IMPORTED, "utf-8")
    assert "If imported: 8 new" in dojo.run("people", "import", str(file), "--dry-run")
    assert dojo.rows("SELECT count(*) FROM enrolment") == [(2,)]
    assert dojo.run("people", "import", str(file)).startswith("8 new")
    assert dojo.run("people", "import", str(file)).startswith("0 new, 0 changed, 8 unchanged")
    dojo.it.start()
    dojo.it.wait(lambda: dojo.it.readiness()["slack"] == "ready")
    dojo.hears(dojo.lea, "You're a lead of the dojo")
    dojo.hears(dojo.hana, "You're a participant")


def people_come(dojo: Dojo) -> None:
    """Three come by themselves; one of them says in confidence whom she must not be paired with."""
    assert "not in Spring 2027" in dojo.home(dojo.noor)
    said = {"join.a_lot": ["security"], "join.stacks": ["anthropic"], "join.brief": BRIEF}
    dojo.fills(dojo.ada, "/dojo join participant", said)
    dojo.hears(dojo.ada, "You've joined the dojo")
    more = {"join.some": ["validation"], "join.goals": "Sleep well on release days."}
    dojo.fills(dojo.ada, "/dojo profile", more)
    dojo.fills(dojo.ben, "/dojo join participant", {"join.a_lot": ["integration"], "join.stacks": ["openai"]})
    dojo.fills(dojo.tomas, "/dojo join sensei", {"join.a_lot": ["context", "outcome"], "join.capacity": "3"})
    dojo.clicks(dojo.lea, dojo.hears(dojo.lea, "would like to be a sensei"), "people.confirm")
    dojo.hears(dojo.tomas, "A lead has confirmed you")
    dojo.fills(dojo.ada, "/dojo never", {"never.other": dojo.kim.id, "join.reason": SECRET})
    dojo.hears(dojo.ada, "in confidence")
    assert dojo.rows("SELECT count(*) FROM enrolment WHERE state = 'active'") == [(13,)]


BRIEF = "A desk that answers clients' questions from our own rules. A wrong answer costs a client money."


def ada_is_linked(dojo: Dojo) -> None:
    """She shows that a GitHub account is hers, by a comment on her pull request; so does Sen."""
    it = dojo.it
    it.github.push(it.repository, "desk", AFTER)
    pull = it.github.open_pull(it.repository, "desk", it.ada)
    for person, account in ((dojo.ada, it.ada), (dojo.sen, it.sen)):
        code = re.search(r"/sensei link \S+", dojo.asks(person, "/dojo link"))
        assert code
        it.github.comment(pull, code[0], account)
        asked = dojo.hears(person, "posted your code")
        assert f"id {account.id}" in asked["text"]
        dojo.clicks(person, asked, "link.yes")
        dojo.hears(person, "is now linked to you")
    it.wait(lambda: it.concluded(pull) and len(pull.threads) == 2)
    dojo.settle()


def lead_decides(dojo: Dojo) -> None:
    """She has pairs proposed, swaps, locks, solves again and approves."""
    assert "working out pairs for 8 participants" in dojo.asks(dojo.lea, "/dojo pair")
    board = dojo.board()
    first = dojo.pairs("proposed")
    assert len(first) == 8
    assert first["Ada Rossi"] != "Kim Larsen"
    assert "8 pairs for you to decide" in read(board)
    assert "Their working hours overlap by" in read(board)
    # Chloé asked for nobody and goes to Tomás; Ada may be put with anybody but Kim.
    dojo.clicks(dojo.lea, board, "pairing.swap", dojo.number("Ada Rossi", "proposed"))
    assert not any(name.startswith("Kim Larsen") for name in offered(dojo))
    dojo.lea.closes()
    dojo.clicks(dojo.lea, board, "pairing.swap", dojo.number("Chloé Martin", "proposed"))
    assert not dojo.lea.submit({"pairing.with": offered(dojo)["Tomás Novák"]}).errors
    dojo.settle()
    locked = next(one for one, other in dojo.pairs("proposed").items() if other == "Kim Larsen")
    dojo.clicks(dojo.lea, dojo.board(), "pairing.more", f"lock {dojo.number(locked, 'proposed')}")
    swapped = dojo.pairs("proposed")
    assert swapped == {**first, "Chloé Martin": "Tomás Novák"}
    dojo.clicks(dojo.lea, dojo.board(), "pairing.again")
    assert dojo.pairs("proposed") == swapped
    assert lead_asks_why(dojo, "Ada, Kim").endswith(
        "Ada Rossi can't be paired with Kim Larsen: a confidential constraint."
    )
    dojo.clicks(dojo.lea, dojo.board(), "pairing.approve_all")
    assert dojo.pairs("approved") == swapped
    assert dojo.pairs("proposed") == {}


def offered(dojo: Dojo) -> dict[str, str]:
    """Return whom the form before the lead offers, with the values."""
    form: Shown = dojo.wait(lambda: dojo.lea.modal)
    options = form.document["blocks"][1]["element"]["options"]
    return {one["text"]["text"].rpartition(" (")[0]: one["value"] for one in options}


def lead_asks_why(dojo: Dojo, who: str) -> str:
    before = len(dojo.lea.messages)
    answer = dojo.asks(dojo.lea, f"/dojo why {who}")
    if "working out what it would take" not in answer:
        return answer
    dojo.wait(lambda: len(dojo.lea.messages) > before)
    return read(dojo.lea.messages[-1])


def senseis_answer(dojo: Dojo) -> None:
    """One says that somebody is not the one for them; all others agree, and are introduced."""
    asked = dojo.pairs("approved")
    refused = next(one for one, other in asked.items() if other == "Kim Larsen")
    senseis = {"Sen Okafor": dojo.sen, "Kim Larsen": dojo.kim, "Tomás Novák": dojo.tomas}
    for participant, sensei in asked.items():
        message = dojo.hears(senseis[sensei], f"You've been proposed as {participant}'s sensei")
        number = dojo.number(participant, "approved")
        if participant != refused:
            assert not senseis[sensei].click(message, "pairing.accept", number).failed
            continue
        assert not dojo.kim.click(message, "pairing.veto", number).failed
        told = dojo.kim.submit({"pairing.why": VETO})
        assert (told.failed, told.errors) == (False, {}), told.answer
    dojo.settle()
    made = dojo.pairs("active")
    assert made == {one: other for one, other in asked.items() if one != refused}
    # This takes minutes if the others' answers changed the cohort each time that pairs were worked out.
    dojo.wait(lambda: dojo.pairs("proposed"))
    dojo.settle()
    again = dojo.pairs("proposed")
    assert set(again) == {refused}
    assert again[refused] != "Kim Larsen"
    board = dojo.board()
    assert VETO in read(board)
    dojo.clicks(dojo.lea, board, "pairing.approve", dojo.number(refused, "proposed"))
    other_one = senseis[again[refused]]
    message = dojo.hears(other_one, f"You've been proposed as {refused}'s sensei")
    dojo.clicks(other_one, message, "pairing.accept", dojo.number(refused, "approved"))
    pairs = dojo.pairs("active")
    assert len(pairs) == 8
    for participant, sensei_name in pairs.items():
        [said] = dojo.slack.group(*(by_name(dojo, name) for name in (participant, sensei_name)))
        assert look.notified(said) == {dojo.ids[participant], dojo.ids[sensei_name]}
        assert "A question to start with" in read(said)
    assert "ada/desk: @ada, @sen" in dojo.run("capstone", "list")


def by_name(dojo: Dojo, name: str) -> Person:
    return dojo.slack.people[dojo.ids[name]]


def everybody_looks(dojo: Dojo) -> None:
    """Homes of each role, and what commands answer."""
    home = dojo.home(dojo.ada)
    assert "Your sensei @Sen Okafor" in home
    assert "2 open questions" in home
    assert BRIEF in home
    assert "@Ada Rossi" in dojo.home(dojo.sen)
    assert "8 participants, 3 senseis" in dojo.home(dojo.lea)
    why = dojo.asks(dojo.ada, "/dojo why")
    assert "Your sensei is @Sen Okafor" in dojo.with_names(why)
    refused = dojo.asks(dojo.ada, "/dojo why Kim").replace("Kim", "X")
    assert refused == dojo.asks(dojo.ada, "/dojo why Tomás").replace("Tomás", "X")
    for command in ("help", "status", "dates", "people", "pair", "why Ben, Sen"):
        for person in (dojo.ada, dojo.sen, dojo.lea, dojo.noor):
            dojo.asks(person, f"/dojo {command}")
    dojo.settle()


def sensei_goes_on_holiday(dojo: Dojo) -> None:
    """Sen's holiday began the day before yesterday; somebody stands in."""
    first = datetime.now(UTC).date() - timedelta(days=2)
    last = first + timedelta(days=12)
    dojo.asks(dojo.sen, f"/dojo away {first} {last} @Tomás Novák")
    dojo.hears(dojo.sen, "Your deputy is Tomás Novák")
    dojo.hears(dojo.ada, "Sen Okafor is away")
    dojo.hears(dojo.tomas, "You're the deputy")
    dojo.hears(dojo.lea, "Sen Okafor is away from")
    dojo.settle()
    assert "is standing in" in dojo.home(dojo.ada)
    assert "you're standing in for @Sen Okafor" in dojo.home(dojo.tomas)


def people_pause_and_leave(dojo: Dojo) -> None:
    """A sensei pauses: only theirs are paired anew. A participant pauses and comes back, another leaves."""
    before = dojo.pairs("active")
    theirs = {one for one, other in before.items() if other == "Tomás Novák"}
    assert theirs
    dojo.fills(dojo.tomas, "/dojo pause")
    dojo.hears(dojo.tomas, "You're paused")
    dojo.hears(dojo.lea, "Tomás Novák has paused")
    # Kim alone could stand in for Sen now, and would have Ada turn to her.
    dojo.hears(dojo.lea, "I couldn't find a deputy")
    dojo.hears(dojo.ada, "There's no deputy. If something can't wait, ask your lead")
    dojo.settle()
    assert "Tomás" not in dojo.home(dojo.sen)
    assert dojo.pairs("active") == {one: other for one, other in before.items() if one not in theirs}
    assert set(dojo.pairs("proposed")) <= theirs
    dojo.clicks(dojo.lea, dojo.board(), "pairing.approve_all")
    for participant, sensei in dojo.pairs("approved").items():
        person = by_name(dojo, sensei)
        message = dojo.hears(person, f"You've been proposed as {participant}'s sensei")
        assert not person.click(message, "pairing.accept", dojo.number(participant, "approved")).failed
    dojo.settle()
    between = dojo.pairs("active")
    dojo.fills(dojo.gwen, "/dojo pause")
    dojo.hears(dojo.gwen, "You're paused")
    dojo.asks(dojo.gwen, "/dojo resume")
    dojo.hears(dojo.gwen, "Welcome back")
    dojo.fills(dojo.hana, "/dojo leave")
    dojo.hears(dojo.hana, "You've left")
    dojo.settle()
    assert dojo.pairs("active") == {
        one: other for one, other in between.items() if one not in {"Gwen Evans", "Hana Sato"}
    }
    assert "Gwen Evans" in dojo.home(dojo.lea)
    dojo.home(dojo.gwen)
    dojo.home(dojo.hana)
    dojo.asks(dojo.lea, "/dojo people")


def written_down(dojo: Dojo) -> None:
    """Write down all that was seen, for people to read."""
    names = {person.id: person.account.name for person in dojo.slack.people.values()}
    pages = [f"── {caption}\n{look.text(one, names)}" for caption, one in dojo.shown()]
    (dojo.it.folder / "seen.txt").write_text("\n".join(pages), "utf-8")
    html = look.page(dojo.shown(), "A dojo", names)
    (dojo.it.folder / "seen.html").write_text(html, "utf-8")


def once_and_in_order(dojo: Dojo) -> None:
    """Each message came once, each change left its audit event, and nothing has given up."""
    keys = [key for one in dojo.slack.posted() if (key := key_of(one))]
    assert len(keys) == len(dojo.slack.posted())
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    done = Counter(action for (action,) in dojo.rows("SELECT action FROM audit_event"))
    assert done == DONE, "each change once, and nothing else"
    assert dojo.it.run("dead", "list").stdout == "There is no failed work.\n"


DONE = Counter(
    {
        "absence.add": 1,
        "absence.deputy": 1,
        "capstone.add": 1,
        "cohort.add": 1,
        "cohort.lead": 1,
        "dates.add": 2,
        "never.add": 1,
        "pairing.accept": 11,
        "pairing.approve": 12,
        "pairing.lock": 1,
        "pairing.part": 5,
        "pairing.propose": 3,
        "pairing.swap": 1,
        "pairing.veto": 1,
        "people.code": 2,
        "people.import": 8,
        "people.join": 3,
        "people.leave": 1,
        "people.link": 2,
        "people.link.posted": 2,
        "people.pause": 2,
        "people.profile": 1,
        "people.resume": 1,
        "person.merged": 1,
        "sensei.confirm": 1,
    }
)


def key_of(message: Json) -> str:
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))


def nothing_is_told(dojo: Dojo) -> None:
    """Nobody but Ada has seen why she must not be paired with Kim, or that it is she who asked."""
    assert SECRET in dojo.run("export", "ada")
    dojo.run("export", "sen")
    dojo.run("people", "list")
    dojo.run("pair", "show", "--reasons")
    texts = [read(one) for caption, one in dojo.shown() if "Ada Rossi" not in caption]
    texts += [text for arguments, text in dojo.said if arguments != ("export", "ada")]
    texts += [json.dumps(each.body) for one in dojo.slack.deliveries for each in one.attempts]
    texts += dojo.it.log().splitlines()
    assert [text for text in texts if SECRET in text] == []
    told = {text for text in texts if "confidential" in text}
    why_not = "Ada Rossi can't be paired with Kim Larsen: a confidential constraint."
    assert told == {f"Ada Rossi with Kim Larsen {why_not}"}
    assert [line for line in dojo.it.log().splitlines() if "never" in line] == []
