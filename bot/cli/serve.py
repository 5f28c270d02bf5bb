"""``sensei serve``: the bot."""


def serve() -> None:
    """Run the bot: answer webhooks, read pull requests.

    Only one process may serve a database. Stop it with SIGTERM: work in progress finishes, or continues
    at the next start.
    """
    from bot import logs
    from bot import settings as environment

    # Before the imports, which take a second or two: a wrong setting is reported at once.
    settings = environment.load()
    from bot.bootstrap import service, wiring
    from bot.cli.output import complain

    logs.configure()
    logs.hide(environment.secrets(settings))
    library = wiring.load_library(settings)
    service.serve(settings, library, lambda address: complain(f"sensei: listening on {address}"))
    _exit_now()


def _exit_now() -> None:
    """Exit even if a workflow still waits. It continues at the next start.

    Python would wait for the threads of the workflows, some of which sleep until a rate limit is over.
    """
    import os
    import sys
    import threading

    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
