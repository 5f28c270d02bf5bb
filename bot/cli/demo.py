"""``sensei demo``: the first pass over the samples that ship with Sensei."""


def demo() -> None:
    """Review two sample changes, without any account.

    One is built on Amazon Bedrock, one on Google ADK. Sensei makes two small repositories in a temporary
    folder, reads them as `sensei review` reads yours, and removes them. It needs no server and no network.
    """
    import shutil
    import sys
    import tempfile
    from pathlib import Path

    from rich.rule import Rule
    from rich.text import Text

    from bot import resources
    from bot import settings as environment
    from bot.adapters.files import sample_repositories
    from bot.bootstrap import local_reading, wiring
    from bot.cli import output as out
    from bot.ports.reading import ReadingRequest
    from bot.rendering.review import terminal

    settings = environment.load()
    library = wiring.load_library(settings)
    with tempfile.TemporaryDirectory(prefix="sensei-demo-") as folder:
        for name in sample_repositories.sample_names():
            sample = sample_repositories.build(name, Path(folder) / name)
            with out.progress() as bar:
                request = ReadingRequest(sample.base, sample.head)
                report, asks, _ = local_reading.review_locally(
                    str(sample.path), request, library, settings, bar
                )
            out.show(Rule(Text(sample.title, "bold"), style="cyan", characters="━"))
            out.show(Text(sample.story, "italic"), "")
            out.show(terminal.render(report, asks), "")
    out.show(
        Text(
            "A model would add judgement: it reads the change against every check, asks about decisions "
            "that no signal marks, and drops what the change already answers.",
            "bold",
        )
    )
    # The command as it works in this shell, which may not have the environment activated.
    started = sys.argv[0] if Path(sys.argv[0]).name == "sensei" else "sensei"
    command = "sensei" if shutil.which("sensei") else started
    out.show(Text(f"The samples' files are in {resources.folder('samples')}.", "dim"))
    out.show(Text(f"Now yours: `{command} review --repo DIR`.", "dim"))
