"""``sensei setup``: set up the GitHub App and the Slack app."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.cohort_option import CohortOption
from bot.cli.pages import CommandGroup

_HELP = "Set up the GitHub App and the Slack app. If interrupted, run the command again to continue."

app = CommandGroup(_HELP)

INCOMPLETE, UNUSABLE = 3, 2


@app.command()
def github(
    org: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Organisation that will own the App. Default: your own account."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="https://HOST at which GitHub can reach `sensei serve`. Default: no webhook yet.",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="The App's name. You can change it on GitHub.")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Let other accounts, such as participants', install the App.")
    ] = False,
    repository: Annotated[
        str | None,
        typer.Option(
            metavar="REPOSITORY", help="Repository (owner/name) to enrol once the App is installed."
        ),
    ] = None,
    participant: Annotated[
        str | None,
        typer.Option(metavar="LOGIN", help="GitHub login of the participant."),
    ] = None,
    sensei: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="GitHub login of the participant's sensei.")
    ] = None,
    cohort: CohortOption = None,
    env_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File of environment variables. Sensei reads settings from it, and adds the App's settings "
            "to it. Default: github.env in your configuration folder.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Create a new App to replace the one in the file of variables.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65535,
            metavar="PORT",
            help="Port for the set-up page on this machine. 0: any free port.",
        ),
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the set-up page in a browser.")] = True,
    wait: Annotated[
        float,
        typer.Option(
            min=0, max=600, metavar="MINUTES", help="Maximum wait for each of the two steps on GitHub."
        ),
    ] = 60,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only check the App. Exit status: 0 if it works, 2 if it does not."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: print JSON.")] = False,
) -> None:
    """Create the GitHub App, and enrol a first repository in a cohort.

    Opens a page from which you create and install the App, then stores its key. The terminal asks for no
    input. If interrupted, run the command again: it skips the steps that are done.
    """
    from bot.bootstrap import github_setup
    from bot.bootstrap.setup_files import Output, load_settings
    from bot.cli.output import complain, say
    from bot.rendering.setup import github_app as words
    from bot.workflows.setup.github_app_checks import verdict

    settings = load_settings(env_file)
    if check:
        found = github_setup.examine_app(settings, url, env_file)
        state = verdict(found)
        say(words.findings_json(found, state) if as_json else words.findings(found))
        raise typer.Exit(UNUSABLE if state == "bad" else 0)
    request = github_setup.GitHubSetupRequest(
        org,
        url,
        name,
        public,
        port,
        browser,
        env_file,
        replace,
        repository,
        participant,
        sensei,
        cohort,
        wait * 60,
    )
    if not github_setup.set_up(settings, request, Output(say, complain)):
        raise typer.Exit(INCOMPLETE)


@app.command()
def slack(
    name: Annotated[str, typer.Option(metavar="NAME", help="The app's name in Slack.")] = "Sensei",
    http: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="https://HOST at which Slack can reach `sensei serve`. Default: Socket Mode."
        ),
    ] = None,
    env_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File of environment variables. Sensei reads settings from it, and adds the app's settings "
            "to it. Default: slack.env in your configuration folder.",
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Ask for new tokens to replace those in the file of variables.")
    ] = False,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Only print the manifest, to paste into Slack.")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only check the app. Exit status: 0 if it works, 2 if it does not."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: print JSON.")] = False,
) -> None:
    """Create the Slack app, and store its tokens.

    The app's manifest asks for no more scopes than Sensei needs. Sensei takes the tokens from the
    environment or the file of variables, or else asks for them without showing what you type. If you pipe
    them in, put each on its own line.
    """
    from bot.bootstrap import slack_setup
    from bot.bootstrap.setup_files import Output, load_settings
    from bot.cli.output import ask_secret, complain, say
    from bot.rendering.setup import github_app as words
    from bot.workflows.setup.github_app_checks import verdict

    settings = load_settings(env_file)
    request = slack_setup.SlackSetupRequest(name, http, env_file, replace)
    if manifest:
        say(slack_setup.manifest_json(settings, request))
        return
    if check:
        found = slack_setup.examine_app(settings, env_file)
        state = verdict(found)
        say(words.findings_json(found, state) if as_json else words.findings(found))
        raise typer.Exit(UNUSABLE if state == "bad" else 0)
    if not slack_setup.set_up(settings, request, Output(say, complain), ask_secret):
        raise typer.Exit(INCOMPLETE)
