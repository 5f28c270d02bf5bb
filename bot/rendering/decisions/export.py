"""The texts of the commit and the pull request that add a decision's file."""

from bot.domain.decisions.records import Decision
from bot.rendering.review.markdown import code, plain


def export_branch(number: int) -> str:
    """Return the branch on which a decision's file is proposed."""
    return f"sensei/decision-{number:04}"


def commit_message(decision: Decision) -> str:
    """Return the commit's message. It names the decision by its number alone."""
    return f"Add decision {decision.number}\n"


def pull_title(decision: Decision) -> str:
    """Return the pull request's title."""
    return f"Add decision {decision.number} as a file"


def names_file(body: str, decision: Decision) -> bool:
    """Return whether a pull request's description names a decision's file, as ``pull_body`` does."""
    return code(decision.path or "") in body


def pull_body(decision: Decision, superseded: str | None) -> str:
    """Return the pull request's description.

    ``superseded`` is the path of the earlier record, if its status changes too.
    """
    title, path = plain(decision.title), code(decision.path or "")
    lines = [
        (
            f"This pull request adds the file {path}. It contains decision {decision.number}, “{title}”, in "
            "its author's own words."
        ),
        "",
    ]
    if superseded is not None:
        lines += [f"This pull request also marks {code(superseded)} as superseded.", ""]
    lines += [
        "Please read the file, change whatever you like, and merge the pull request when the text is right.",
        "",
        (
            "If you don't want the file in the repository, close this pull request. The decision stays "
            "recorded, and I won't propose the file again."
        ),
        "",
        f"<!-- sensei:export={decision.number} -->",
    ]
    return "\n".join(lines)
