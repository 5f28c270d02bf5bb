"""A dojo in which drafts, rulings and appeals wait, and everyone looks at everything that there is.

The rubric's levels have names that stand nowhere else. The evidence makes every draft level 3. Sen has ruled
level 1 on some criteria and has yet to rule on the rest. The bot is a process, as in ``confiding``.
"""

import itertools
import json
import signal
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from bot.adapters import slack as adapter
from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files import rubrics
from bot.adapters.slack.failures import MethodRefusedError
from bot.bootstrap.chat import features_from_settings
from bot.domain.chat.events import ACTION, COMMAND
from bot.domain.dojo.people import CohortRole, DateKind
from bot.domain.pull_requests.comment_command_rules import Verb
from bot.domain.pull_requests.records import Account
from bot.domain.review.report import Movement
from bot.domain.triage.records import CriterionRuling, CriterionSnapshot, Verdict
from bot.ports.deliveries import Delivery
from bot.ports.pull_requests import BaselineCoverage
from bot.settings import Settings
from bot.workflows.chat.features import Features
from bot.workflows.chat.form_rate_limit import FormRateLimit
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.chat.intake import Acknowledgement, ChatIntake
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.rulings import CriterionRulings, RulingInput
from tests.erasing import reply
from tests.fakes.github import GitHub
from tests.fakes.messages import KEY, Messages
from tests.fakes.slack import Person, Shown, Slack, judge
from tests.fakes.slack.people import CannotDo
from tests.rendering.reports import citation
from tests.security.confiding import ADA, BOB, LOU, SEN, Scene
from tests.security.draft_surfaces import BUTTONS, COMMANDS, FORMS, LATER_BUTTONS, LATER_COMMANDS, LATER_FORMS
from tests.security.outgoing import EVERYBODY, Sent, as_text
from tests.sensei import ROOT
from tests.serving import Serving

SOL, TAM = "Sol Sensei", "Tam Second"
"""Sensei of nobody, and the second sensei whom Lou has named."""
NAMES = ("canaryabsent4f", "canaryasserted5g", "canaryreasoned6h", "canaryevidenced7j", "canarycontested8k")
RULED, DRAFT, OTHERS = 1, 3, (2, 4)
REASON, SENTENCE = "canaryreasonofsen9l", "canarysentenceofsen2m"
WORKS = ("message", "rewrite", "home", "digest", "snapshot", "read_by_sensei", "questions")
"""Kinds of jobs that are done at once, however late they are due."""
QUOTES = (("LIMIT = 3", "desk.py"), ("# Desk", "README.md"))
"""What stands in the repository, so that no reading finds that it has gone."""


def canary_rubric(folder: Path) -> Path:
    """Write the shipped rubric with levels that have other names, and without signals, which take long."""
    document = yaml.safe_load((ROOT / "rubrics" / "capstone.yaml").read_text("utf-8"))
    document["scale"] = [
        {"level": level, "name": name, "means": f"it is {name} in full"} for level, name in enumerate(NAMES)
    ]
    for criterion in document["criteria"]:
        criterion["anti_patterns"] = []
        for check in criterion["checks"]:
            check.pop("signals", None)
    made = folder / "canary.yaml"
    made.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), "utf-8")
    return made


@dataclass
class Drafts(Scene):
    """The dojo of ``confiding`` with a sensei who rules, one who doesn't, and one who decides an appeal."""

    settings: Settings = field(default_factory=Settings)
    capstone: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    """What anyone has clicked, sent or typed, by its register and name."""

    def __post_init__(self) -> None:
        self.features: Features = features_from_settings(self.settings)
        self.loader = LedgerLoader(rubrics.load(self.settings.rubric, None, None))
        self.rulings = CriterionRulings(self.loader, _nothing_more)
        self.criteria = [criterion.id for criterion in self.loader.library.rubric.criteria]

    # -- what there is to be shown

    def prepares(self) -> None:
        """Let evidence be found for every criterion, and Sen rule on some."""
        now = datetime.now(UTC)
        with self.tx() as tx:
            [cohort] = tx.cohorts.all()
            for name in (SOL, TAM):
                owner = self.it.github.user(name.split()[0].lower())
                account = Account(owner.id, owner.login)
                self._joins(tx, cohort.id, name, account, [CohortRole.SENSEI])
            tx.cohorts.add_date(cohort.id, DateKind.MIDWAY, "Midway", now.date() + timedelta(days=5))
            [capstone] = tx.capstones.by_participant(self.ids[ADA])
            self.capstone = capstone.id
            self._finds_evidence(tx, quotes=1)
        self.it.wait(lambda: "baseline" in self.workflows())
        self.hurries()
        for criterion in self.criteria[:4]:
            self._rules(criterion)
        with self.tx() as tx:
            ruled = tx.rulings.of(self.capstone)
            appeals = [tx.appeals.ask(it.id, self.ids[ADA], "I measured it.", now) for it in ruled[:2]]
            assert appeals[0]
            assert appeals[1]
            tx.appeals.assign(appeals[1].id, self.ids[TAM], now)
            week = now.date() - timedelta(days=now.weekday())
            rows = [CriterionSnapshot(self.capstone, it, week, 4, 0, 0, 1, 0, 0) for it in self.criteria]
            tx.snapshots.save(rows)
            self._finds_evidence(tx, quotes=2)
            [member, *_] = tx.members.roles(self.ids[ADA])
            self.values = {
                "capstone": self.capstone,
                "criterion": self.criteria[-1],
                "ruling": ruled[2].id,
                "appeal": appeals[0].id,
                "question": 1,
                "decision": 1,
                "enrolment": member.enrolment,
                "pair": 1,
                "person": self.ids[ADA],
            }

    def _finds_evidence(self, tx: Any, quotes: int) -> None:
        """Let a reading have found support for all checks, for those above the draft's level in part."""
        movements = [
            Movement(
                check=check.id,
                direction="supports",
                partial=check.level > DRAFT,
                missing="an owner" if check.level > DRAFT else "",
                source="model",
                citations=tuple(citation(quote, path, 1) for quote, path in QUOTES[:quotes]),
            )
            for criterion in self.loader.library.rubric.criteria
            for check in criterion.checks
        ]
        tx.ledgers.record(self.capstone, "earlier", movements, pending=False)
        tx.ledgers.record_coverage(self.capstone, BaselineCoverage("a" * 40, (), ()), datetime.now(UTC))

    def _rules(self, criterion: str) -> None:
        now = datetime.now(UTC)
        given = RulingInput(self.capstone, criterion, Verdict.OTHER, RULED, f"{REASON}.", f"{SENTENCE}.")
        with self.tx() as tx:
            self.rulings.show_evidence(tx, self.ids[SEN], self.capstone, criterion, now)
            self.rulings.rule(tx, self.ids[SEN], given, now)

    def drafts(self) -> set[int | None]:
        """Return the draft levels of all criteria."""
        with self.tx() as tx:
            evidence = self.loader.load(tx, [self.capstone])[self.capstone].evidence
        return {shown.draft.level for shown in evidence.values()}

    # -- what everyone does

    def looks_around(self, name: str) -> None:
        """Let somebody type every command, and click whatever they are offered, but at most twice each."""
        person = self.people[name]
        clicked: dict[str, int] = {}
        for word in self.features.commands:
            person.command(f"/dojo {word}")
            self.tried.add(f"command {word}")
            self._clicks_all(person, clicked)
        person.opens_home()
        self.hurries()
        for message in person.messages:
            self._clicks_in(person, message, clicked)
        if person.home:
            self._clicks_in(person, person.home, clicked)

    def _clicks_all(self, person: Person, clicked: dict[str, int]) -> None:
        """Click what a form offers, and close all that opened."""
        for _ in range(4):
            if (form := person.modal) is None:
                return
            self._sees(form)
            self._clicks_in(person, form, clicked)
            if person.modal is form:
                person.closes()

    def _clicks_in(self, person: Person, where: Shown | dict[str, Any], clicked: dict[str, int]) -> None:
        document = where.document if isinstance(where, Shown) else where
        for block in document.get("blocks", []):
            for element in judge.elements_of(block):
                action = str(element.get("action_id", ""))
                kind = action.partition(":")[0]
                if element["type"] != "button" or "url" in element or clicked.get(kind, 0) >= 2:
                    continue
                clicked[kind] = clicked.get(kind, 0) + 1
                self.tried.add(f"button {kind}")
                try:
                    person.click(where, action, element.get("value"))
                except CannotDo:  # the view was replaced by an earlier click
                    return
                if isinstance(where, dict) or where is person.home:
                    self._clicks_all(person, clicked)

    def _sees(self, form: Shown) -> None:
        self.tried.add(f"form {form.document.get('callback_id', '').partition(':')[0]}")

    def tries_everything(self, name: str) -> None:
        """Let somebody send every click, form and command that there is, as if they had been offered them."""
        minutes = itertools.count(0.0, 60.0)
        chat = adapter.connect(self.slack.bot_token, self.slack.api_url)
        with self.store() as store:
            pace = FormRateLimit(lambda: next(minutes))
            intake = ChatIntake(
                self.features, store, chat, self._stores, lambda: self.slack.team, _now, pace=pace
            )
            for kind, body in self._bodies(name):
                way: dict[str, Callable[[Mapping[str, Any]], Acknowledgement]] = {
                    ACTION: intake.click,
                    COMMAND: intake.command,
                }
                told: object
                try:
                    told = way.get(kind, intake.submission)(body)
                except MethodRefusedError as refused:  # Slack knows that it has shown no such view
                    told = refused
                self.read.append(Sent("Slack: an answer at once", frozenset({name}), as_text(repr(told))))

    def _stores(self, delivery: Delivery) -> bool:
        with self.tx() as tx:
            return bool(tx.deliveries.receive(delivery, _now()))

    def _bodies(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what Slack would send for each button, form and command."""
        person = self.people[name]
        for button in self.features.buttons:
            value = {**LATER_BUTTONS, **BUTTONS}[button].format(**self.values)
            self.tried.add(f"button {button}")
            act = {"action_id": button, "block_id": "b", "type": "button", "value": value}
            container = {"type": "message", "channel_id": person.dm, "is_ephemeral": True}
            url = self.slack.response_url(person.id, person.dm, None)
            body = person._payload("block_actions") | {"actions": [act], "container": container}
            yield ACTION, body | {"response_url": url}
        for form in self.features.forms:
            value = {**LATER_FORMS, **FORMS}[form].format(**self.values)
            self.tried.add(f"form {form}")
            view = {"id": "V1", "hash": "1.a", "callback_id": form, "private_metadata": value}
            yield "view", person._payload("view_submission") | {"view": view | {"state": {"values": {}}}}
        for word in self.features.commands:
            for text in (f"@{ADA}", str(self.capstone)):
                body = {"team_id": self.slack.team, "user_id": person.id, "text": f"{word} {text}"}
                yield COMMAND, body | {"trigger_id": self.slack.trigger(person.id)}

    @contextmanager
    def store(self) -> Iterator[Any]:
        """Open the store that the bot has open too."""
        with open_store(self.it.environment["SENSEI_DATABASE_URL"]) as database:
            yield SqlStore(database, "localhost")

    def comments(self) -> None:
        """Let Ada have a pull request read, and everyone give every command in its comments."""
        self.pulls = [self.opens(self.it.repository, "clerk", 1)]
        for user in (self.it.ada, self.it.sen):
            for verb in Verb:
                self.it.github.comment(self.pulls[0], f"/sensei {verb} Q1 because", user)
                self.tried.add(f"verb {verb}")
        self.it.settle()

    def hurries(self) -> None:
        """Let what is due later be due now, and wait until it is done."""
        kinds = ", ".join(f"'{kind}'" for kind in WORKS)
        waiting = f"SELECT 1 FROM job WHERE started_at IS NULL AND kind IN ({kinds})"
        later = f"UPDATE job SET due_at = :now WHERE started_at IS NULL AND kind IN ({kinds})"
        self.slack.settle()
        self.it.settle()
        with self.it.database.begin() as connection:
            connection.execute(sa.text(later), {"now": _now()})

        def rests() -> bool:
            with self.it.database.connect() as connection:
                due = connection.execute(sa.text(f"{waiting} AND due_at <= :now"), {"now": _now()}).first()
            return due is None and self.it.idle()

        self.it.wait(rests, 60)

    def goes_on(self) -> None:
        """Let everyone look at everything."""
        with self.tx() as tx:
            for person in self.ids.values():
                refresh_home(tx, person, _now())
        self.hurries()
        for name in (ADA, SEN, LOU, TAM):
            self.looks_around(name)
        self.hurries()
        for name in (ADA, BOB, LOU, SOL):
            self.tries_everything(name)
        self.hurries()
        self.comments()
        self.hurries()

    # -- what can be read

    def looks(self) -> None:
        """Read what commands print, the log, the metrics, and every row outside the table of rulings."""
        for path, line in {**LATER_COMMANDS, **COMMANDS}.items():
            if path in COMMANDS and line.partition(" ")[0] == "run":
                self._runs(*path.split(), *line.format(**self.values).split()[1:])
        for name in (BOB, LOU, SEN):
            self._runs("export", self.ids[name])
        self._runs("export", self.ids[ADA], "--format", "md")
        self._reads("metrics", "readyz")
        assert self.it.end(signal.SIGTERM) == 0
        self.read.append(Sent("the log", frozenset({EVERYBODY}), self.it.log()))
        self.read += self._rows()

    def _runs(self, *arguments: str) -> None:
        done = self.it.run(*arguments)
        where = f"sensei {' '.join(arguments)}"
        assert "Traceback" not in done.stderr, where
        self.tried.add(f"run {' '.join(arguments)}")
        self.read.append(Sent(where, frozenset({EVERYBODY}), as_text(done.stdout) + done.stderr))

    def _reads(self, *paths: str) -> None:
        for path in paths:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.it.port}/{path}") as page:
                self.read.append(Sent(path, frozenset({EVERYBODY}), page.read().decode()))

    def _rows(self) -> Iterator[Sent]:
        """Yield every row of every table, the engine's too, as if anyone could read it."""
        inspected = sa.inspect(self.it.database)
        with self.it.database.connect() as connection:
            for table in inspected.get_table_names():
                for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"').mappings():
                    shown = {name: value for name, value in row.items() if (table, name) != _KEPT_HERE}
                    yield Sent(f"table {table}", frozenset({EVERYBODY}), as_text(shown))

    def kinds(self) -> set[str]:
        """Return the kinds of messages that were due."""
        with self.it.database.connect() as connection:
            arguments = connection.exec_driver_sql(
                "SELECT argument FROM job WHERE kind = 'message'"
            ).scalars()
            return {str(json.loads(it)["kind"]) for it in arguments if "kind" in json.loads(it)}

    def workflows(self) -> set[str]:
        """Return the names of the workflows that the engine has run."""
        with self.it.database.connect() as connection:
            return set(connection.exec_driver_sql("SELECT DISTINCT name FROM workflow_status").scalars())


_KEPT_HERE = ("criterion_ruling", "draft")
"""The only column that may hold a draft level."""


def _now() -> datetime:
    return datetime.now(UTC)


def _nothing_more(_tx: Any, _ruling: CriterionRuling, _at: datetime) -> None:
    """Tell nobody of a ruling."""


@contextmanager
def drafted(folder: Path) -> Iterator[Drafts]:
    """Let everything happen, and the bot end."""
    rubric = str(canary_rubric(folder))
    with GitHub() as github, Slack() as slack, Messages(reply) as messages:
        it = Serving(
            github,
            folder,
            rubric=rubric,
            model_provider="anthropic",
            model="claude-opus-5-5",
            anthropic_api_key=KEY,
            model_base_url=messages.url,
            slack_bot_token=slack.bot_token,
            slack_signing_secret=slack.signing_secret,
            slack_api_url=slack.api_url,
        )
        scene = Drafts(it, slack, messages, settings=Settings(rubric=rubric, github_api_url=github.url))
        try:
            scene.begin()
            scene.prepares()
            scene.goes_on()
            scene.looks()
            yield scene
        finally:
            it.end(signal.SIGKILL)
            it.database.dispose()
