"""``sensei demo``: what Sensei does, shown with the samples that ship with it."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write a sample milestone report: an HTML page."),
    ] = None,
) -> None:
    """Review sample changes, pair people and show a digest.

    The sample changes are in two small repositories, one built on Amazon Bedrock and one on Google ADK.
    Sensei creates them in a temporary folder, reviews them as `sensei review` would, and deletes them. Then
    it works out pairs for sample people, as `sensei pair try` would, and shows the weekly digest of a sample
    sensei. The demo needs no account, no server and no network.
    """
    import shutil
    import sys
    import tempfile

    from rich.rule import Rule
    from rich.text import Text

    from bot import resources
    from bot import settings as environment
    from bot.adapters.files import sample_repositories
    from bot.adapters.files.atomic_write import check_writable
    from bot.bootstrap import dojo, local_reading, wiring
    from bot.cli import output as out
    from bot.domain.dojo.people_import import read_people
    from bot.domain.pairing.trial import try_pairing
    from bot.ports.reading import ReadingRequest
    from bot.rendering.pairing.trial import render_trial
    from bot.rendering.review import terminal

    if report:
        check_writable(report)
    settings = environment.load()
    library = wiring.load_library(settings)
    with tempfile.TemporaryDirectory(prefix="sensei-demo-") as folder:
        for name in sample_repositories.sample_names():
            sample = sample_repositories.build(name, Path(folder) / name)
            with out.progress() as bar:
                request = ReadingRequest(sample.base, sample.head, excerpts=True)
                review, asks, *_ = local_reading.review_locally(
                    str(sample.path), request, library, settings, bar
                )
            out.show(Rule(Text(sample.title, "bold"), style="cyan", characters="━"))
            out.show(Text(sample.story, "italic"), "")
            out.show(terminal.render(review, asks), "")
    out.show(
        Text(
            "These reviews used no model. A model would also read each change against every check, ask about "
            "decisions that signals miss, and drop questions that the change already answers.",
            "bold",
        ),
        "",
    )
    people = resources.folder("samples") / "sample-people.csv"
    vocabulary = dojo.make_vocabulary(library)
    table = read_people(people.read_bytes(), "csv", vocabulary, needs_time_zones=True)
    out.show(Rule(Text("Pairing a sample cohort", "bold"), style="cyan", characters="━"))
    out.show(
        Text("Sample: fictional people from a file. This needs no Slack, GitHub or database.", "italic"), ""
    )
    trial = try_pairing(table.rows, wiring.now().date())
    out.show(*render_trial(trial, people.name, vocabulary, brief=True), "")
    _show_monday(report)
    # The command to type in this shell, in which the Python environment may not be active.
    started = sys.argv[0] if Path(sys.argv[0]).name == "sensei" else "sensei"
    command = "sensei" if shutil.which("sensei") else started
    out.show(Text(f"The files of these samples are in {resources.folder('samples')}.", "dim"))
    out.show(Text(f"Now try your own repository: `{command} review --repo DIR`.", "dim"))
    out.show(
        Text(
            f"To pair your own people, fill in the file that `{command} people template` prints, and run "
            f"`{command} pair try FILE`.",
            "dim",
        )
    )
    if not report:
        out.show(Text(f"To see a sample milestone report: `{command} demo --report sample.html`.", "dim"))


def _show_monday(report: Path | None) -> None:
    """Show a sample digest, and write a sample report to a file, if there is one to write to."""
    from rich.rule import Rule
    from rich.text import Text

    from bot.adapters.files.atomic_write import write_whole
    from bot.cli import output as out
    from bot.domain.milestones.sample_report import make_sample_report
    from bot.rendering.digest.terminal import format_sample
    from bot.rendering.milestones import html

    out.show(Rule(Text("A sensei's Monday", "bold"), style="cyan", characters="━"))
    out.show(
        Text(
            "Sample: the weekly digest of a fictional sensei in another cohort. `sensei serve` sends such "
            "digests in Slack.",
            "italic",
        ),
        "",
    )
    out.show(Text("\n".join(format_sample())), "")
    if report:
        write_whole(report, html.render(make_sample_report()))
        out.show(Text(f"A sample milestone report was written to {report}. Open it in a browser."), "")
