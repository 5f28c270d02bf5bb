"""``sensei doctor``, put together: every check, what it looks at, and in which order it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from bot import bootstrap
from bot import settings as environment
from bot.adapters import machine
from bot.adapters.database import connections as engines
from bot.adapters.database import health_checks, server_lock
from bot.adapters.database.jobs import backlog
from bot.adapters.database.pull_requests.capstones import SqlCapstones
from bot.adapters.database.pull_requests.deliveries import SqlDeliveries
from bot.adapters.files import prompts
from bot.adapters.github import GitHubHost
from bot.bootstrap import github_setup, service, slack_setup
from bot.domain.setup import health_checks as judged
from bot.domain.setup.findings import Finding
from bot.errors import UserError
from bot.ports.model import CallOutcome, ModelRequest
from bot.settings import Settings
from bot.workflows.review.model_reading import PROMPTS
from bot.workflows.setup.check_runner import HealthCheck, run_checks

SETTINGS, APP, SLACK, DATABASE, SERVICE = "Settings", "GitHub App", "Slack", "Database", "Service"
CAPSTONES, MODEL, MACHINE, RULES = "Capstones", "Model", "This machine", "Rules"
_ORDER = (SETTINGS, APP, SLACK, DATABASE, SERVICE, CAPSTONES, MODEL, MACHINE, RULES)

_MISSED_FOR = timedelta(days=3)  # as long as GitHub keeps deliveries
_LATELY = timedelta(days=7)
_ANSWER_SECONDS = 60.0
_INSTALLATIONS_SECONDS = 60.0  # several requests for each of them

_THEN = "Then `sensei capstone add` says what is read, and `sensei serve` reads it (docs/github.md)."

Found = list[tuple[str, Finding]]


def run_doctor(*, ask_model: bool = False) -> Found:
    """Look at everything; return the findings, each after its group. Nothing raises, nothing is changed."""
    settings, refused = environment.load_what_can_be()
    it = _Examination(settings)
    first = run_checks(
        [
            HealthCheck(APP, "App", it.app, _INSTALLATIONS_SECONDS),
            HealthCheck(APP, "clock", it.clock),
            HealthCheck(SLACK, "Slack app", it.slack),
            HealthCheck(DATABASE, "database", it.database),
            HealthCheck(MODEL, "model", it.model),
            HealthCheck(MACHINE, "git", lambda: [judged.git(machine.git_version())]),
            HealthCheck(MACHINE, "disk", it.disk),
            HealthCheck(MACHINE, "clones", it.clones),
            HealthCheck(RULES, "rubric", it.rules),
            HealthCheck(RULES, "prompts", it.prompts),
        ]
    )
    found = [*_settings(refused), *first]
    if it.opened is None:
        found.append(it.nothing_kept())
    else:
        found += run_checks(it.of_the_database())
        it.opened.dispose()
    if ask_model:
        found += run_checks([HealthCheck(MODEL, "model's answer", it.answer, _ANSWER_SECONDS + 5)])
    return sorted(found, key=lambda each: _ORDER.index(each[0]))  # stable: in a group, as they were found


def _settings(refused: Sequence[UserError]) -> Found:
    found = [Finding("settings", "bad", each.what, each.remedy) for each in refused]
    found += judged.unset(environment.unknown())
    return [(SETTINGS, each) for each in found or [Finding("settings", "ok", "Every setting can be used.")]]


@dataclass
class _Examination:
    """The looks, over one set of settings. ``opened`` is the database, once it is known to be usable."""

    settings: Settings
    opened: sa.Engine | None = None
    app_works: bool = False
    slack_works: bool = False

    @property
    def has_app(self) -> bool:
        """Say whether an App is set up, well or badly."""
        return self.settings.github_app_id is not None and self.settings.github_private_key is not None

    def app(self) -> list[Finding]:
        """Look at the App; without any there is nothing wrong with reading one's own repository."""
        it = self.settings
        given = (it.github_app_id, it.github_private_key, it.github_webhook_secret)
        found = github_setup.examine_app(it)
        self.app_works = found[0].state == "ok"
        if any(each is not None for each in given):
            return [_whose(each) for each in found]
        text = "No GitHub App is set up: `sensei serve` cannot run, `sensei review` can."
        return [Finding("App", "warning", text, f"{found[0].remedy} {_THEN}")]

    def slack(self) -> list[Finding]:
        """Look at the Slack app, where there is to be one."""
        if not slack_setup.is_set(self.settings):
            text = "No Slack app is set up: nothing happens in Slack."
            return [Finding("Slack app", "ok", text)]
        found = slack_setup.examine_app(self.settings)
        self.slack_works = found[0].state == "ok"
        return found

    def workspace(self) -> list[Finding]:
        """Compare the token's workspace with that of the people who are known."""
        with backlog.reading_only(self._engine) as session:
            known = health_checks.find_workspaces(session)
        return slack_setup.workspace(self.settings, known)

    def clock(self) -> list[Finding]:
        """Compare the clocks, where GitHub is spoken to at all."""
        if not self.has_app:
            return []
        try:
            app = service.app(self.settings)
        except UserError:
            return []  # said by whoever looks at the App
        theirs, ours = app.time()
        return [judged.clock(ours - theirs)]

    def database(self) -> list[Finding]:
        """Look at the database, and open it for the looks that follow."""
        url = bootstrap.database_url(self.settings)
        it = health_checks.examine_database(url)
        if it.usable:
            self.opened = engines.make_engine(url)
        return judged.database(it)

    def nothing_kept(self) -> tuple[str, Finding]:
        """Say that what the database would tell is not known."""
        return SERVICE, Finding("service", "ok", "Not looked at: there is no database that can be read.")

    def of_the_database(self) -> list[HealthCheck]:
        """Return the looks that need the database."""
        checks = [
            HealthCheck(SERVICE, "queue", self.work),
            HealthCheck(SERVICE, "rounds", self.rounds),
            HealthCheck(MODEL, "budget", self.budget),
        ]
        if self.has_app:
            checks.append(HealthCheck(CAPSTONES, "capstones", self.enrolled))
        if self.slack_works:
            checks.append(HealthCheck(SLACK, "workspace", self.workspace))
        if self.app_works:
            checks.append(HealthCheck(APP, "missed deliveries", self.missed))
        return checks

    @property
    def _engine(self) -> sa.Engine:
        if self.opened is None:
            raise AssertionError("only what can be read is looked into")
        return self.opened

    def work(self) -> list[Finding]:
        """Look at who serves, what waits and what gave up."""
        holder = server_lock.find_holder(self._engine)
        with backlog.reading_only(self._engine) as session:
            dead = backlog.count_given_up(session)
        standing = backlog.read_backlog(self._engine, service.now())
        return [judged.served(holder, self.has_app), *judged.work(standing, dead, holder)]

    def rounds(self) -> list[Finding]:
        """Look for pull requests whose last reading was no good."""
        with backlog.reading_only(self._engine) as session:
            return judged.rounds(health_checks.find_stuck_rounds(session, service.now() - _LATELY))

    def enrolled(self) -> list[Finding]:
        """Look at the capstones."""
        with backlog.reading_only(self._engine) as session:
            return judged.capstones(SqlCapstones(session, service.tenant(self.settings)).all())

    def missed(self) -> list[Finding]:
        """Ask GitHub for what it could not bring, and leave out what came another way."""
        missed = GitHubHost(service.app(self.settings)).missed_deliveries(service.now() - _MISSED_FOR)
        with backlog.reading_only(self._engine) as session:
            known = SqlDeliveries(session).known([each.guid for each in missed])
        left = [each for each in missed if each.guid not in known]
        return [judged.missed(len(left), max((each.at for each in left), default=None))]

    def budget(self) -> list[Finding]:
        """Look at what was spent today."""
        if self.settings.model_provider is None:
            return []
        now = service.now()
        with backlog.reading_only(self._engine) as session:
            return [judged.budget(backlog.spent_today(session, now), self.settings.day_budget_usd)]

    def model(self) -> list[Finding]:
        """Look at the model's settings; nothing is sent."""
        it = self.settings
        if it.model_provider is None or it.model is None:
            text = "No model is set (SENSEI_MODEL_PROVIDER): signals read alone, and nothing leaves here."
            return [Finding("model", "ok", text)]
        from bot.adapters import model as adapter  # noqa: PLC0415 - half a second, only where it is used

        with adapter.connect(
            it.model_provider, it.anthropic_api_key, it.model_base_url, it.aws_region, it.model_timeout
        ):
            prices = adapter.load_prices()
        price = prices.of(it.model_provider, it.model)
        adapter.BudgetTracker(price, adapter.BudgetLimits(it.review_budget_usd, it.day_budget_usd))
        costs = f"prices of {prices.date:%Y-%m-%d}" if price else "its price is unknown, so no cost is shown"
        found = [Finding("model", "ok", f"{it.model}, by {it.model_provider}; {costs}.")]
        if when := adapter.retirement_date(it.model):
            found.append(judged.retiring(it.model, when))
        return found

    def answer(self) -> list[Finding]:
        """Ask the model something small, in the form in which it is asked to read."""
        from bot.adapters import model as adapter  # noqa: PLC0415

        with bootstrap.connect_model(
            self.settings, longest=adapter.CallLimits(seconds=_ANSWER_SECONDS, tries=1)
        ) as model:
            if model is None:
                return []
            answer = model.ask(_question(int(service.now().timestamp())))
        if answer.outcome is CallOutcome.ANSWERED:
            cost = "at a price that is not known" if answer.usd is None else f"for ${answer.usd:.4f}"
            return [Finding("model's answer", "ok", f"It answered, {cost}.")]
        state: Finding = Finding(
            "model's answer",
            "warning" if answer.outcome is CallOutcome.OVER_BUDGET else "bad",
            answer.reason or f"The model's answer was {answer.outcome}.",
            "Check the key, SENSEI_MODEL and SENSEI_MODEL_BASE_URL at the provider's.",
        )
        return [state]

    def disk(self) -> list[Finding]:
        """Look at the room on the disk of the database's file."""
        try:
            where = engines.safe_address(bootstrap.database_url(self.settings))
        except UserError:
            return []  # said by whoever looks at the database
        if where.get_backend_name() != "sqlite" or not where.database:
            return []
        folder = Path(where.database).absolute().parent
        return [judged.room("the database", str(folder), machine.free_bytes(folder))]

    def clones(self) -> list[Finding]:
        """Look at the folder of clones, where there are to be any."""
        cache = service.clones(self.settings)
        unwritable = machine.why_unwritable(cache.folder)
        used = 0 if unwritable else cache.size()
        free = machine.free_bytes(cache.folder)
        place = str(cache.folder)
        return [
            judged.clones(place, unwritable, used, cache.max_bytes, free),
            judged.room("clones", place, free),
        ]

    def rules(self) -> list[Finding]:
        """Load the rubric, the overlay and the packs."""
        library = bootstrap.load_library(self.settings)
        rubric = library.rubric
        overlay = f", with {self.settings.overlay}" if self.settings.overlay else ""
        text = f"Rubric {rubric.id} {rubric.version}{overlay}; {len(library.packs)} stack packs."
        return [Finding("rubric", "ok", text)]

    def prompts(self) -> list[Finding]:
        """Load what a model would be asked by."""
        versions = [f"{name} {prompts.load(name).version}" for name in PROMPTS]
        return [Finding("prompts", "ok", f"Prompts: {', '.join(versions)}.")]


def _whose(it: Finding) -> Finding:
    """Say in a finding's sentence which installation it is of: on a terminal no names are shown."""
    return (
        replace(it, text=f"{it.name[0].upper()}{it.name[1:]}: {it.text}") if it.name.startswith(_OF) else it
    )


_OF = "installation "
_ASKED = "Answer that you are there."


def _question(sample: int) -> ModelRequest:
    """Return the smallest question; ``sample`` tells it from those before, which would not be asked again."""
    schema = {
        "type": "object",
        "properties": {"there": {"type": "boolean"}},
        "required": ["there"],
        "additionalProperties": False,
    }
    return ModelRequest(
        purpose="doctor",
        prompt="doctor",
        prompt_version=1,
        prompt_sha256=sha256(_ASKED.encode()).hexdigest(),
        rubric_version="",
        system=(_ASKED,),
        user="Are you there?",
        schema=schema,
        max_tokens=1024,
        effort="low",
        sample=sample,
    )
