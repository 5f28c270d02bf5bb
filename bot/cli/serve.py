"""``sensei serve``: the bot."""


def serve() -> None:
    """Answer GitHub's webhooks and read pull requests, until stopped.

    One process per database. Stop it with SIGTERM: what runs comes to an end, or goes on at the next start.
    """
    from bot import bootstrap, logs
    from bot import settings as environment
    from bot.bootstrap import service
    from bot.cli.output import complain

    logs.configure()
    settings = environment.load()
    service.serve(
        settings, bootstrap.library(settings), lambda where: complain(f"sensei: listening on {where}")
    )
