"""``sensei serve``: run the bot."""


def serve() -> None:
    """Run the bot: answer webhooks, read pull requests.

    Only one process may serve a database. To stop it, send SIGTERM. Work in progress finishes, or resumes at
    the next start.
    """
    from bot import logs
    from bot import settings as environment

    # Done before the imports, which take a second or two, so that wrong settings are reported at once.
    settings = environment.load()
    from bot.bootstrap import service, wiring
    from bot.cli.output import complain

    logs.configure()
    logs.hide(environment.secrets(settings))
    library = wiring.load_library(settings)
    service.serve(settings, library, lambda address: complain(f"sensei: listening on {address}"))
    _exit_now()


def _exit_now() -> None:
    """Exit even if a workflow still waits.

    It resumes at the next start. Without this, Python would wait for the workflows' threads, some of which
    sleep until a rate limit is over.
    """
    import os
    import sys
    import threading

    if any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
