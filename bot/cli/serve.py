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
    logs.hide(environment.secrets(settings))
    service.serve(
        settings, bootstrap.load_library(settings), lambda where: complain(f"sensei: listening on {where}")
    )
    _leave()


def _leave() -> None:
    """End now, though a workflow may still wait: what is not recorded goes on at the next start.

    Python would wait for the threads of the workflows, some of which sleep until a host's limit is over.
    """
    import os
    import sys
    import threading

    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
