"""A dojo in which drafts, rulings and appeals wait, and everyone looks at everything that there is.

The rubric's levels have names that stand nowhere else. The evidence makes every draft level 3. Sen has ruled
level 1 on some criteria and has yet to rule on the rest. The bot is a process, as in ``confiding``.
"""

import json
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.adapters.database import open_store
from bot.adapters.database.transaction import SqlStore
from bot.adapters.files import rubrics
from bot.bootstrap.chat import features_from_settings
from bot.bootstrap.digest import make_schedule
from bot.domain.dojo.people import CohortRole, DateKind, Profile
from bot.domain.pull_requests.comment_command_rules import Verb
from bot.domain.pull_requests.records import Account
from bot.domain.review.report import Movement
from bot.domain.triage.records import Verdict
from bot.domain.triage.ruling_form import RulingFormKey, RulingTarget
from bot.ports.deliveries import Delivery
from bot.rendering.triage.slack_ruling_form import FieldNames
from bot.settings import Settings
from bot.workflows.chat.features import Features
from bot.workflows.chat.home_refresh import refresh_home
from bot.workflows.one_to_ones.schedule import OneToOneSchedule
from bot.workflows.triage import appeals
from bot.workflows.triage.appeal_contexts import load_appeal
from bot.workflows.triage.capstone_ledgers import LedgerLoader
from bot.workflows.triage.release import release_ruling
from bot.workflows.triage.rulings import CriterionRulings, RulingInput
from tests.domain.ledgers import whole_tree_read
from tests.erasing import reply
from tests.fakes.github import GitHub
from tests.fakes.messages import KEY, Messages
from tests.fakes.slack import Person, Shown, Slack, judge
from tests.fakes.slack.people import CannotDo
from tests.rendering.reports import citation
from tests.ruling import noon_everywhere
from tests.security.canary_rubric import canary_rubric
from tests.security.confiding import ADA, BOB, LOU, SEN, Scene
from tests.security.draft_surfaces import COMMANDS
from tests.security.forging import Forger
from tests.security.outgoing import EVERYBODY, Sent, as_text
from tests.serving import Serving

SOL, TAM, GUS = "Sol Sensei", "Tam Second", "Gus Guest"
"""Sensei of nobody, the second sensei whom Lou has named, and somebody of the workspace alone."""
RULED, DRAFT, OTHERS = 1, 3, (2, 4)
REASON, SENTENCE, APPEAL = "canaryreasonofsen9l", "canarysentenceofsen2m", "canaryappealofada3n"
WORKS = ("message", "rewrite", "home", "digest", "snapshot", "read_by_sensei", "questions", "report")
"""Kinds of jobs that are done at once, however late they are due."""
QUOTES = (("LIMIT = 3", "desk.py"), ("# Desk", "README.md"))
"""What stands in the repository, so that no reading finds that it has gone."""


@dataclass
class Drafts(Scene):
    """The dojo of ``confiding`` with a sensei who rules, one who doesn't, and one who decides an appeal."""

    settings: Settings = field(default_factory=Settings)
    capstone: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    decided: dict[str, list[str]] = field(default_factory=dict)
    """Who had decided what, once everyone had sent what they were not offered."""
    tried: set[str] = field(default_factory=set)
    """What anyone has clicked, sent or typed, by its register and name."""

    def __post_init__(self) -> None:
        self.features: Features = features_from_settings(self.settings)
        self.loader = LedgerLoader(rubrics.load(self.settings.rubric, None, None))
        self.rulings = CriterionRulings(self.loader, release_ruling)
        self.criteria = [criterion.id for criterion in self.loader.library.rubric.criteria]

    # -- what there is to be shown

    def prepares(self) -> None:
        """Let evidence be found for every criterion, Sen rule on some, Ada appeal, and digests be sent."""
        now = _now()
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
        self.pulls = [self.opens(self.it.repository, "clerk", 1)]
        with self.it.database.begin() as connection:
            connection.execute(sa.text("UPDATE capstone SET publish = 'sensei_first'"))
        self.pulls.append(self.opens(self.it.repository, "clerk", 2))
        for criterion in self.criteria[:4]:
            self._rules(SEN, criterion)
        self._appeals()
        self._meets()
        with self.store() as store:
            make_schedule(store).keep()
            OneToOneSchedule(store, _now).keep()
        self.hurries()
        with self.tx() as tx:
            self._finds_evidence(tx, quotes=2)
            self.values = self._list_values(tx)

    def _meets(self) -> None:
        """Let Ada and Sen have met today, and meet again within a day."""
        with self.tx() as tx:
            [cohort] = tx.cohorts.all()
            for hours in (-2, 20):
                moment = _now() + timedelta(hours=hours)
                tx.one_to_ones.plan(cohort.id, self.ids[ADA], self.ids[SEN], moment, _now())

    def _appeals(self) -> None:
        """Let Ada appeal against two rulings, and Lou name Tam as the second sensei for one of them."""
        with self.tx() as tx:
            ruled = tx.rulings.of(self.capstone)
            for ruling in ruled[:2]:
                appeals.ask_second_opinion(tx, self.ids[ADA], ruling, f"{APPEAL}.", _now())
            [_, second] = [tx.appeals.by_ruling([ruling.id])[ruling.id] for ruling in ruled[:2]]
            context = load_appeal(tx, second.id)
            assert context
            appeals.name_second(tx, self.ids[LOU], context, self.ids[TAM], _now())

    def _list_values(self, tx: Any) -> dict[str, Any]:
        """Return what buttons and forms are about."""
        ruled, criterion = tx.rulings.of(self.capstone), self.criteria[-1]
        evidence = self.loader.load(tx, [self.capstone])[self.capstone].evidence[criterion]
        key = RulingFormKey(RulingTarget(self.capstone, criterion), evidence.view, 0)
        [digest, *_] = tx.digests.recent(self.ids[SEN], "sensei", _now() - timedelta(days=1))
        [member, *_] = tx.members.roles(self.ids[ADA])
        return {
            "capstone": self.capstone,
            "criterion": criterion,
            "ruling": ruled[2].id,
            "appeal": tx.appeals.by_ruling([ruled[0].id])[ruled[0].id].id,
            "second": self.ids[TAM],
            "key": key,
            "choice": FieldNames.of(key).choice,
            "row": f"{digest.id} {digest.rows[0]}",
            "asked": self._question(self.pulls[0]),
            "question": self._question(self.pulls[1]),
            "decision": 1,
            "enrolment": member.enrolment,
            "pair": 1,
            "person": self.ids[ADA],
        }

    def _joins(self, tx: Any, cohort: int, name: str, account: Account, roles: list[CohortRole]) -> None:
        """Let somebody join who works day and night, so that digests are due at once."""
        super()._joins(tx, cohort, name, account, roles)
        hours = noon_everywhere()
        for member in tx.members.roles(self.ids[name]):
            tx.members.set_profile(member.enrolment, Profile(hours, capacity=3))

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
        tx.ledgers.record_coverage(self.capstone, whole_tree_read(self.loader.library), datetime.now(UTC))

    def _rules(self, name: str, criterion: str) -> None:
        given = RulingInput(self.capstone, criterion, Verdict.OTHER, RULED, f"{REASON}.", f"{SENTENCE}.")
        with self.tx() as tx:
            self.rulings.show_evidence(tx, self.ids[name], self.capstone, criterion, _now())
            self.rulings.rule(tx, self.ids[name], given, _now())

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
        forger = Forger(self.slack, self.features, self.values)
        with self.store() as store:
            for told in forger.answers(self.people[name], store, self._stores):
                self.read.append(Sent("Slack: an answer at once", frozenset({name}), as_text(repr(told))))
        self.tried |= {f"button {button}" for button in self.features.buttons}
        self.tried |= {f"form {form}" for form in self.features.forms}

    def _stores(self, delivery: Delivery) -> bool:
        with self.tx() as tx:
            return bool(tx.deliveries.receive(delivery, _now()))

    @contextmanager
    def store(self) -> Iterator[Any]:
        """Open the store that the bot has open too."""
        with open_store(self.it.environment["SENSEI_DATABASE_URL"]) as database:
            yield SqlStore(database, "localhost")

    def comments(self) -> None:
        """Let everyone give every command in comments on pull requests."""
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
            connection.execute(sa.text("DELETE FROM unprompted_message"))  # another day has begun

        def rests() -> bool:
            with self.it.database.connect() as connection:
                due = connection.execute(sa.text(f"{waiting} AND due_at <= :now"), {"now": _now()}).first()
            return due is None and self.it.idle()

        self.it.wait(rests, 60)

    def goes_on(self) -> None:
        """Let everyone send what they were not offered, and then look at everything."""
        self.people[GUS] = self.slack.person(GUS)
        for name in (GUS, BOB, SOL, ADA, LOU):
            self.tries_everything(name)
        self.hurries()
        self.decided = self._who_decided()
        with self.tx() as tx:
            for person in self.ids.values():
                refresh_home(tx, person, _now())
        self.hurries()
        for name in (SEN, LOU, TAM):
            self.looks_around(name)
        self.hurries()
        self._rules(TAM, self.criteria[1])
        self.hurries()
        self.looks_around(ADA)  # who takes her other appeal back
        self.comments()
        self.hurries()

    def _who_decided(self) -> dict[str, list[str]]:
        """Return who has ruled, granted exemptions and decided about the question that waits."""
        with self.tx() as tx:
            question = tx.questions.get(self.values["question"])
            assert question
            return {
                "rulings": sorted({str(ruling.sensei) for ruling in tx.rulings.of(self.capstone)}),
                "exemptions": [str(one.id) for one in tx.exemptions.of([self.capstone])],
                "snoozes": [str(rows) for rows in tx.snoozes.of(list(self.ids.values())).values() if rows],
                "question": [question.state],
            }

    # -- what can be read

    def looks(self) -> None:
        """Read what commands print, the log, the metrics, and every row outside the table of rulings."""
        for path, line in COMMANDS.items():
            if line.partition(" ")[0] == "run":
                to = ADA if path in _HANDED_OVER else EVERYBODY
                self._runs(*path.split(), *line.format(**self.values).split()[1:], to=to)
        self._runs("digest", "--preview", "--lead")
        for name in (BOB, LOU, SEN, TAM):
            self._runs("export", self.ids[name], to=name)
        self._runs("export", self.ids[ADA], "--format", "md", to=ADA)
        self._reads("metrics", "readyz")
        assert self.it.end(signal.SIGTERM) == 0
        self.read.append(Sent("the log", frozenset({EVERYBODY}), self.it.log()))
        self.read += self._rows()

    def _runs(self, *arguments: str, to: str = EVERYBODY) -> None:
        done = self.it.run(*arguments)
        where = f"sensei {' '.join(arguments)}"
        assert "Traceback" not in done.stderr, where
        self.tried.add(f"run {' '.join(arguments)}")
        self.read.append(Sent(where, frozenset({to}), as_text(done.stdout) + done.stderr))

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
_HANDED_OVER = ("export", "erase", "milestone report")
"""Commands whose output an operator hands to Ada."""


def _now() -> datetime:
    return datetime.now(UTC)


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
