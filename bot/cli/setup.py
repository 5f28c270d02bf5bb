"""``sensei setup``: from nothing to a bot that may read."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Set Sensei up where it works; run it again to go on.")

INCOMPLETE, UNUSABLE = 3, 2


@app.callback()
def main() -> None:
    """Set Sensei up where it works; run it again to go on."""


@app.command()
def github(
    org: Annotated[
        str | None, typer.Option(help="Organisation that owns the App. Default: your own account.")
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="https://HOST where GitHub reaches `sensei serve`. Without it: no webhook yet."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The App's name; you may change it at GitHub.")] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Installable on other accounts: where participants own theirs.")
    ] = False,
    repository: Annotated[
        str | None, typer.Option(help="Repository to enrol once the App is installed, as owner/name.")
    ] = None,
    participant: Annotated[
        str | None, typer.Option(help="Login of the participant whose capstone it is.")
    ] = None,
    sensei: Annotated[str | None, typer.Option(help="Login of their sensei.")] = None,
    env_file: Annotated[
        Path | None,
        typer.Option(help="File for the variables. Default: github.env in your configuration folder."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Make another App in place of the one that file names.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page, on this machine alone. 0: any.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser, where there is one.")] = True,
    wait: Annotated[
        float, typer.Option(min=0, max=600, help="Minutes to wait, for each of the two steps at GitHub.")
    ] = 60,
    check: Annotated[
        bool, typer.Option("--check", help="Only look: is the App as Sensei needs it? Exit status 0 or 2.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: for programs.")] = False,
) -> None:
    """Make the GitHub App, keep its key, wait for its installation and enrol a first repository.

    Nothing is asked on the terminal. Each step is found done when you run it again.
    """
    from bot import settings as environment
    from bot.bootstrap import github_setup
    from bot.cli.output import complain, say
    from bot.rendering.setup import github_app as words
    from bot.workflows.setup.github_app_checks import verdict

    settings = environment.load()
    if check:
        found = github_setup.examine_app(settings, url, env_file)
        state = verdict(found)
        say(words.findings_json(found, state) if as_json else words.findings(found))
        raise typer.Exit(UNUSABLE if state == "bad" else 0)
    wish = github_setup.GitHubSetupRequest(
        org, url, name, public, port, browser, env_file, replace, repository, participant, sensei, wait * 60
    )
    if not github_setup.set_up(settings, wish, github_setup.Output(say, complain)):
        raise typer.Exit(INCOMPLETE)


@app.command()
def slack(
    name: Annotated[str, typer.Option(help="The app's name in Slack.")] = "Sensei",
    http: Annotated[
        str | None,
        typer.Option(help="https://HOST where Slack reaches `sensei serve`. Without it: Socket Mode."),
    ] = None,
    env_file: Annotated[
        Path | None,
        typer.Option(help="File for the variables. Default: slack.env in your configuration folder."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Ask for tokens anew, in place of those in that file.")
    ] = False,
    manifest: Annotated[
        bool, typer.Option("--manifest", help="Only print the manifest, to paste at Slack.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only look: is the app as Sensei needs it? Exit status 0 or 2.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: for programs.")] = False,
) -> None:
    """Make the Slack app by a manifest with the least scopes, and keep its tokens for you alone.

    Tokens are taken from the environment, else asked for without being shown; from a pipe, one a line.
    """
    from bot import settings as environment
    from bot.bootstrap import slack_setup as setup
    from bot.bootstrap.github_setup import Output
    from bot.cli.output import ask_secret, complain, say
    from bot.rendering.setup import github_app as words
    from bot.workflows.setup.github_app_checks import verdict

    settings = environment.load()
    wish = setup.SlackSetupRequest(name, http, env_file, replace)
    if manifest:
        say(setup.manifest(settings, wish))
        return
    if check:
        found = setup.examine_app(settings, env_file)
        state = verdict(found)
        say(words.findings_json(found, state) if as_json else words.findings(found))
        raise typer.Exit(UNUSABLE if state == "bad" else 0)
    if not setup.set_up(settings, wish, Output(say, complain), ask_secret):
        raise typer.Exit(INCOMPLETE)
