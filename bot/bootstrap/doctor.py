"""The checks of ``sensei doctor``, in the order in which their results are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa

from bot import settings as environment
from bot.adapters import machine
from bot.adapters.database import connections as engines
from bot.adapters.database import inspection, server_lock
from bot.adapters.database.dojo.cohorts import SqlCohorts
from bot.adapters.database.jobs import backlog
from bot.adapters.database.model_calls.calls import sum_spent_today
from bot.adapters.database.pull_requests.capstones import SqlCapstones
from bot.adapters.database.pull_requests.deliveries import SqlDeliveries
from bot.adapters.files import prompts
from bot.bootstrap import github_setup, slack_setup, wiring
from bot.domain.setup import health_checks as judged
from bot.domain.setup.findings import Finding
from bot.domain.setup.machine_checks import judge_clones, judge_free_space, judge_git
from bot.errors import UserError
from bot.ports.model import CallOutcome, ModelRequest
from bot.settings import Settings
from bot.workflows.setup.check_runner import HealthCheck, run_checks

SETTINGS, APP, SLACK, DATABASE, SERVICE = "Settings", "GitHub App", "Slack", "Database", "Service"
CAPSTONES, MODEL, MACHINE, RULES = "Capstones", "Model", "This machine", "Rules"
_ORDER = (SETTINGS, APP, SLACK, DATABASE, SERVICE, CAPSTONES, MODEL, MACHINE, RULES)

_MISSED_FOR = timedelta(days=3)  # The time for which GitHub stores deliveries.
_LATELY = timedelta(days=7)
_ANSWER_SECONDS = 60.0
_INSTALLATIONS_SECONDS = 60.0  # Each of them takes several requests.

_NEXT_STEPS = (
    "Then enrol repositories with `sensei capstone add`, and run `sensei serve` to read them "
    "(docs/github.md)."
)

Found = list[tuple[str, Finding]]


def run_doctor(*, ask_model: bool = False) -> Found:
    """Run all checks, and return the findings with their groups. Never raises, and changes nothing."""
    settings, refused = environment.load_what_can_be()
    checks = _Checks(settings)
    first = run_checks(
        [
            HealthCheck(APP, "App", checks.app, _INSTALLATIONS_SECONDS),
            HealthCheck(APP, "clock", checks.clock),
            HealthCheck(SLACK, "Slack app", checks.slack),
            HealthCheck(DATABASE, "database", checks.database),
            HealthCheck(MODEL, "model", checks.model),
            HealthCheck(MACHINE, "git", lambda: [judge_git(machine.git_version())]),
            HealthCheck(MACHINE, "disk", checks.disk),
            HealthCheck(MACHINE, "clones", checks.clones),
            HealthCheck(RULES, "rubric", checks.rules),
            HealthCheck(RULES, "prompts", checks.prompts),
        ]
    )
    found = [*_describe_settings(refused), *first]
    if checks.opened is None:
        found.append(
            (
                SERVICE,
                Finding(
                    "service", "ok", "Sensei didn't check the service, because there is no database to read."
                ),
            )
        )
    else:
        found += run_checks(checks.need_database())
        checks.opened.dispose()
    if ask_model:
        found += run_checks([HealthCheck(MODEL, "model's answer", checks.answer, _ANSWER_SECONDS + 5)])
    return sorted(found, key=lambda entry: _ORDER.index(entry[0]))  # Stable: keeps a group's order.


def _describe_settings(refused: Sequence[UserError]) -> Found:
    found = [Finding("settings", "bad", error.what, error.remedy) for error in refused]
    found += judged.unset(environment.unknown())
    found = found or [Finding("settings", "ok", "All settings are valid.")]
    return [(SETTINGS, finding) for finding in found]


@dataclass
class _Checks:
    """The checks for given settings. ``opened`` is the database, once it is known to be usable."""

    settings: Settings
    opened: sa.Engine | None = None
    app_works: bool = False
    slack_works: bool = False

    @property
    def has_app(self) -> bool:
        """Return whether an App is set up, even if incorrectly."""
        return self.settings.github_app_id is not None and self.settings.github_private_key is not None

    def app(self) -> list[Finding]:
        """Check the App. A missing App only causes a warning, because `sensei review` does not need one."""
        settings = self.settings
        given = (settings.github_app_id, settings.github_private_key, settings.github_webhook_secret)
        found = github_setup.examine_app(settings)
        self.app_works = found[0].state == "ok"
        if any(value is not None for value in given):
            return [_name_installation(finding) for finding in found]
        text = "No GitHub App is set up. `sensei serve` cannot run without one, but `sensei review` can."
        return [Finding("App", "warning", text, f"{found[0].remedy} {_NEXT_STEPS}")]

    def slack(self) -> list[Finding]:
        """Check the Slack app, if any of its settings has a value."""
        if not slack_setup.is_set(self.settings):
            return [Finding("Slack app", "ok", "No Slack app is set up, so Sensei does nothing in Slack.")]
        found = slack_setup.examine_app(self.settings)
        self.slack_works = found[0].state == "ok"
        return found

    def workspace(self) -> list[Finding]:
        """Compare the token's workspace with the workspace of the people in the database."""
        with backlog.open_read_only_session(self._engine) as session:
            known = inspection.find_workspaces(session)
        return slack_setup.check_workspace(self.settings, known)

    def waiting_messages(self) -> list[Finding]:
        """Count the messages that wait until the bot token works."""
        with backlog.open_read_only_session(self._engine) as session:
            return judged.waiting_messages(backlog.count_waiting_jobs(session, "message", wiring.now()))

    def clock(self) -> list[Finding]:
        """Compare this machine's clock with GitHub's, if an App is set up."""
        if not self.has_app:
            return []
        try:
            app = wiring.connect_github_app(self.settings)
        except UserError:
            return []  # The check of the App reports this.
        github_time, local_time = app.time()
        return [judged.clock(local_time - github_time)]

    def database(self) -> list[Finding]:
        """Check the database, and open it for the checks that need it."""
        url = wiring.database_url(self.settings)
        facts = inspection.examine_database(url)
        if facts.usable:
            self.opened = engines.make_engine(url)
        return judged.database(facts)

    def need_database(self) -> list[HealthCheck]:
        """Return the checks that need the database."""
        checks = [
            HealthCheck(SERVICE, "queue", self.work),
            HealthCheck(SERVICE, "rounds", self.rounds),
            HealthCheck(MODEL, "budget", self.budget),
        ]
        if self.settings.cohort is not None:
            checks.append(HealthCheck(CAPSTONES, "cohort", self.cohort))
        if self.has_app:
            checks.append(HealthCheck(CAPSTONES, "capstones", self.enrolled))
        if self.slack_works:
            checks.append(HealthCheck(SLACK, "workspace", self.workspace))
        elif slack_setup.is_set(self.settings):
            checks.append(HealthCheck(SLACK, "waiting messages", self.waiting_messages))
        if self.app_works:
            checks.append(HealthCheck(APP, "missed deliveries", self.missed))
        return checks

    @property
    def _engine(self) -> sa.Engine:
        if self.opened is None:
            raise AssertionError("the database is not open")
        return self.opened

    def work(self) -> list[Finding]:
        """Check which process serves, which work is waiting and which has failed."""
        holder = server_lock.find_holder(self._engine)
        with backlog.open_read_only_session(self._engine) as session:
            dead = backlog.list_given_up(session)
        waiting = backlog.read_backlog(self._engine, wiring.now())
        return [judged.served(holder, self.has_app), *judged.work(waiting, dead, holder)]

    def rounds(self) -> list[Finding]:
        """Find pull requests whose last round failed."""
        with backlog.open_read_only_session(self._engine) as session:
            return judged.rounds(inspection.find_stuck_rounds(session, wiring.now() - _LATELY))

    def cohort(self) -> list[Finding]:
        """Check that the cohort in the settings exists."""
        with backlog.open_read_only_session(self._engine) as session:
            names = [cohort.name for cohort in SqlCohorts(session).all()]
        return judged.cohort(names, self.settings.cohort)

    def enrolled(self) -> list[Finding]:
        """Check the capstones."""
        with backlog.open_read_only_session(self._engine) as session:
            cohorts = {cohort.id: cohort.name for cohort in SqlCohorts(session).all()}
            return judged.capstones(SqlCapstones(session, wiring.tenant(self.settings)).all(), cohorts)

    def missed(self) -> list[Finding]:
        """Ask GitHub for deliveries that failed, and ignore those that later arrived another way."""
        from bot.adapters.github import GitHubHost

        missed = GitHubHost(wiring.connect_github_app(self.settings)).missed_deliveries(
            wiring.now() - _MISSED_FOR
        )
        with backlog.open_read_only_session(self._engine) as session:
            known = SqlDeliveries(session).find_known([delivery.guid for delivery in missed])
        left = [delivery for delivery in missed if delivery.guid not in known]
        return [judged.missed(len(left), max((delivery.at for delivery in left), default=None))]

    def budget(self) -> list[Finding]:
        """Check today's spending."""
        if self.settings.model_provider is None:
            return []
        now = wiring.now()
        with backlog.open_read_only_session(self._engine) as session:
            return [judged.budget(sum_spent_today(session, now), self.settings.day_budget_usd)]

    def model(self) -> list[Finding]:
        """Check the model's settings. Nothing is sent."""
        settings = self.settings
        if settings.model_provider is None or settings.model is None:
            text = (
                "No model is set (SENSEI_MODEL_PROVIDER). Sensei uses signals only, and code "
                "stays on this machine."
            )
            return [Finding("model", "ok", text)]
        from bot.adapters import model as adapter

        with adapter.connect(
            settings.model_provider,
            settings.anthropic_api_key,
            settings.model_base_url,
            settings.aws_region,
            settings.model_timeout,
        ):
            prices = adapter.load_prices()
        price = prices.find_price(settings.model_provider, settings.model)
        adapter.BudgetTracker(
            price, adapter.BudgetLimits(settings.review_budget_usd, settings.day_budget_usd)
        )
        costs = (
            f"Sensei calculates its costs with the prices of {prices.date:%Y-%m-%d}"
            if price
            else "Its price is unknown, so Sensei shows no costs"
        )
        found = [
            Finding("model", "ok", f"The model is {settings.model}, by {settings.model_provider}. {costs}.")
        ]
        if when := adapter.retirement_date(settings.model):
            found.append(judged.retiring(settings.model, when))
        return found

    def answer(self) -> list[Finding]:
        """Ask the model a small question, in the same form as those of a review."""
        from bot.adapters import model as adapter

        with wiring.connect_model(
            self.settings, call_limits=adapter.CallLimits(seconds=_ANSWER_SECONDS, tries=1)
        ) as model:
            if model is None:
                return []
            answer = model.ask(_make_question(int(wiring.now().timestamp())))
        if answer.outcome is CallOutcome.ANSWERED:
            cost = "at an unknown price" if answer.usd is None else f"for ${answer.usd:.4f}"
            return [Finding("model's answer", "ok", f"The model answered a test call, {cost}.")]
        return [
            Finding(
                "model's answer",
                "warning" if answer.outcome is CallOutcome.OVER_BUDGET else "bad",
                answer.reason or f"The model didn't answer the test call ({answer.outcome}).",
                "Check the key, SENSEI_MODEL and SENSEI_MODEL_BASE_URL against the provider's values.",
            )
        ]

    def disk(self) -> list[Finding]:
        """Check the free space on the disk of the database's file."""
        try:
            address = engines.parse_address(wiring.database_url(self.settings))
        except UserError:
            return []  # The check of the database reports this.
        if address.get_backend_name() != "sqlite" or not address.database:
            return []
        folder = Path(address.database).absolute().parent
        return [judge_free_space("the database", str(folder), machine.free_bytes(folder))]

    def clones(self) -> list[Finding]:
        """Check the folder of clones."""
        cache = wiring.clone_cache(self.settings)
        unwritable = machine.why_unwritable(cache.folder)
        used = 0 if unwritable else cache.size()
        free = machine.free_bytes(cache.folder)
        place = str(cache.folder)
        return [
            judge_clones(place, unwritable, used, cache.max_bytes, free),
            judge_free_space("clones", place, free),
        ]

    def rules(self) -> list[Finding]:
        """Load the rubric, the overlay and the packs."""
        library = wiring.load_library(self.settings)
        rubric = library.rubric
        overlay = f", with {self.settings.overlay}" if self.settings.overlay else ""
        text = f"Rubric {rubric.id} {rubric.version}{overlay}; {len(library.packs)} stack packs."
        return [Finding("rubric", "ok", text)]

    def prompts(self) -> list[Finding]:
        """Load the prompts."""
        versions = [f"{name} {prompts.load(name).version}" for name in prompts.shipped()]
        return [Finding("prompts", "ok", f"Prompts: {', '.join(versions)}.")]


def _name_installation(finding: Finding) -> Finding:
    """Add the installation's name to the finding's sentence, because the terminal shows no finding names."""
    if not finding.name.startswith("installation "):
        return finding
    return replace(finding, text=f"{finding.name[0].upper()}{finding.name[1:]}: {finding.text}")


_SYSTEM_PROMPT = "Answer that you are there."


def _make_question(sample: int) -> ModelRequest:
    """Return a minimal question. ``sample`` makes it unique, so that no stored answer is reused."""
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
        prompt_sha256=sha256(_SYSTEM_PROMPT.encode()).hexdigest(),
        rubric_version="",
        system=(_SYSTEM_PROMPT,),
        user="Are you there?",
        schema=schema,
        max_tokens=1024,
        effort="low",
        sample=sample,
    )
