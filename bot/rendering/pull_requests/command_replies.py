"""What Sensei answers to commands in comments, as GitHub's Markdown. Nothing that was written is repeated."""

import re
from collections.abc import Iterator, Mapping

from bot.domain.pull_requests.comment_commands import CommandOutcome, CommentCommand, Verb
from bot.domain.pull_requests.records import PublishPolicy, PullRequest, Ruling
from bot.domain.rubrics.check_explanations import CheckExplanation, NearestChecks
from bot.domain.rubrics.rubric import Source
from bot.rendering.review.markdown import code, plain

_MOST_SOURCES = 8
_ADDRESS = re.compile(r"https://[\w./~%+=&?#:,;@!$'()*-]+")

HELP = """\
Begin a comment with one of these, as its first line:

| | |
| --- | --- |
| `/sensei review` | read this pull request now, and ask questions about it |
| `/sensei explain <check>` | what a check asks, and why; in a question's thread the name may be left out |
| `/sensei defer <reason>` | in a question's thread: not now; it no longer counts as open |
| `/sensei dispute <reason>` | in a question's thread: it is wrong; your sensei decides |
| `/sensei private` | keep reading, but post only answers to commands here |
| `/sensei quiet` | read this pull request only when somebody asks |
| `/sensei speak` | end quiet and private |
| `/sensei link <code>` | this GitHub account is yours; `/dojo link` in Slack gives the code |

Answer a question in its thread, in your own words; that needs no command. The participant, their sensei and
the cohort's leads may give commands, and anybody may link their own account. Anybody who can read this
repository sees the commands and the answers."""

_NEW = "Write it in a new comment: each comment is read as a command only once."
# ``verb`` is the command as code, ``how`` with what it takes, ``meant`` a question or none, ``new`` _NEW.
_TOLD: Mapping[CommandOutcome, str] = {
    CommandOutcome.UNKNOWN: "There is no such command. {meant}{new} `/sensei help` lists all there are.",
    CommandOutcome.NOT_YET: "Sensei cannot do {verb} here yet. `/sensei help` lists what it can.",
    CommandOutcome.NOT_YOURS: (
        "Only this capstone's participant, their sensei and the cohort's leads can give commands here. "
        "Nothing was done. You won't be told this again on this pull request."
    ),
    CommandOutcome.ALONE: (
        "{verb} must be alone on its line, with an empty line below it, so nothing was done. {new}"
    ),
    CommandOutcome.NO_REASON: "It needs a reason, in a few words: {how}. Nothing was changed. {new}",
    CommandOutcome.IN_THREAD: (
        "{verb} is about one question: write it as a reply in that question's thread. Nothing was changed. "
        "A question that stands in the summary has no thread; tell your sensei."
    ),
    CommandOutcome.ALREADY: "This question already has that command, and the first one counts.",
    CommandOutcome.SETTLED: (
        "This question is settled, so nothing was changed. If its thread is resolved, reopening the thread "
        "opens the question again."
    ),
    CommandOutcome.WITH_SENSEI: (
        "This question is disputed and waits for the sensei's ruling. Nothing was changed."
    ),
    CommandOutcome.RULED: (
        "A sensei has ruled on this question already; talk it over with them. Nothing was changed."
    ),
    CommandOutcome.YOU_RULE: (
        "Only the participant can dispute a question; you decide about it. Say so here, and resolve the "
        "thread if the question is settled."
    ),
    CommandOutcome.CLOSED: "This pull request is closed, so it is not read. Reopen it and ask again.",
    CommandOutcome.OVERTAKEN: (
        "A command that was written after this one was carried out before this one arrived. It still counts, "
        "so nothing was changed."
    ),
    CommandOutcome.NO_CODE: (
        "This code is wrong, used or expired, so nothing was changed. `/dojo link` in Slack gives a new one, "
        "which works once, within half an hour. {new}"
    ),
    CommandOutcome.TAKEN: (
        "This account, or the Slack account that asked for the code, is already linked to another one. "
        "Nothing was changed. The person who runs Sensei can sort it out."
    ),
    CommandOutcome.OTHER_ACCOUNT: (
        "This code is for another GitHub account, so nothing was changed. Post it from that account, or get "
        "one for this account: `/dojo link LOGIN` in Slack, with this account's login."
    ),
    CommandOutcome.VOID: (
        "Two GitHub accounts posted this code, so it no longer works and nothing was linked. "
        "`/dojo link LOGIN` in Slack gives a new one that only that account can use."
    ),
    CommandOutcome.TOO_OFTEN: (
        "There were too many tries within an hour, so this one was ignored. Wait an hour after the last one, "
        "then get a new code with `/dojo link` in Slack."
    ),
}
_FIRST_LINE = (
    "Sensei did nothing here: a command must be the first line of a comment, and must not look like the "
    "heading of an e-mail that you reply to. {meant}If so, post it in a new comment, with any other words "
    "below it and no quote or e-mail address next to it. You won't be told this again on this pull request."
)
_ONLY_LINE = "{verb} with its code must be the only line of its comment, so nothing was done. {new}"
_TAKES = {Verb.DEFER: "why not now", Verb.DISPUTE: "what is wrong with it"}
_DONE: Mapping[Verb, str] = {
    Verb.HELP: HELP,
    Verb.REVIEW: (
        "Sensei reads it now. Each question goes on its line, the rest into the summary. No question is a "
        "good sign."
    ),
    Verb.DEFER: (
        "Deferred, with your reason. The question no longer counts as open, and is not asked again. When the "
        "participant answers here, it counts as answered."
    ),
    Verb.DISPUTE: (
        "Disputed. Your sensei sees the question beside your reason, and decides. Sensei posts the decision "
        "here. Until then there is nothing for you to do."
    ),
    Verb.PRIVATE: (
        "From now on, Sensei posts only answers to commands here. It still reads the pull request, and its "
        "questions wait for the sensei. `/sensei speak` ends this."
    ),
    Verb.QUIET: (
        "From now on, Sensei reads this pull request only when somebody asks with `/sensei review`. "
        "`/sensei speak` ends this."
    ),
    Verb.SPEAK: (
        "From now on, Sensei reads this pull request like any other, and posts here. Questions from the time "
        "when it was private wait for the sensei."
    ),
    Verb.LINK: (
        "Sensei asks the person who got this code, in Slack, whether this GitHub account is theirs. It links "
        "nothing until they confirm. Please leave your comment until then. If somebody else gave you the "
        "code, delete your comment now: the code stops working."
    ),
}
_READ_IN_PRIVATE = (
    "Sensei reads it now. This pull request is private, so Sensei posts nothing, and its questions wait for "
    "the sensei."
)
_READ_BEFOREHAND = (
    "Sensei reads it now. Its questions go to the sensei first, who decides whether they are asked here."
)
_ONCE = (
    " Later pushes are read only when you ask again, because the participant did not open this pull request."
)
_RULED: Mapping[Ruling, str] = {
    Ruling.STANDS: "The sensei has seen both sides: this question stands. Answer it here, in your own words.",
    Ruling.WITHDRAWN: (
        "The sensei has seen both sides: this question is withdrawn. It is not asked again, and there is "
        "nothing for you to do."
    ),
}


def answer(
    command: CommentCommand, pull_request: PullRequest, publish: PublishPolicy, *, once: bool = False
) -> list[str]:
    """Return the lines of an answer to anything but a check that is to be explained.

    ``once``: nobody reads this pull request unasked, so a request is good for one reading.
    """
    verb = command.verb
    named = f"{_shown(verb)}: " if verb else ""  # answers may come in another order than commands
    if command.answer is CommandOutcome.DONE and verb is Verb.REVIEW:
        beforehand = publish is PublishPolicy.SENSEI_FIRST
        told = _READ_IN_PRIVATE if pull_request.private else _READ_BEFOREHAND if beforehand else _DONE[verb]
        return [named + told + (_ONCE if once else "")]
    if command.answer is CommandOutcome.DONE and verb is not None:
        return [_DONE[verb] if verb is Verb.HELP else named + _DONE[verb]]
    above = verb is None and command.answer is CommandOutcome.ALONE
    only = verb is Verb.LINK and command.answer is CommandOutcome.ALONE
    told = (_FIRST_LINE if above else _ONLY_LINE if only else _TOLD[command.answer]).format(
        verb=_shown(verb) if verb else "it",
        how=f"`/sensei {verb} <{_TAKES.get(verb, '…')}>`" if verb else "",
        meant=f"Did you mean {_shown(command.about)}? " if command.about and verb is None else "",
        new=_NEW,
    )
    repeats = command.answer in {
        CommandOutcome.NOT_YET,
        CommandOutcome.ALONE,
        CommandOutcome.IN_THREAD,
        CommandOutcome.NOT_YOURS,
    }
    return [told if repeats else named + told]


def _shown(verb: str) -> str:
    return code(f"/sensei {Verb(verb)}")


def void() -> list[str]:
    """Return the lines that tell the first of two accounts that its code does not work any more."""
    return [f"{_shown(Verb.LINK)}: {_TOLD[CommandOutcome.VOID]}"]


def ruling(ruled: Ruling) -> list[str]:
    """Return the lines that tell of a sensei's ruling."""
    return [_RULED[ruled]]


def explained(it: CheckExplanation) -> Iterator[str]:
    """Yield the lines that say what a check asks and why, and what to read about it. No level is in them."""
    yield f"**{code(it.check.id)}** · {plain(it.criterion.title)}"
    yield ""
    yield f"- **It asks:** {plain(it.check.ask)}"
    yield f"- **A question to begin with:** {plain(it.check.probe)}"
    alone = it.check.scope == "change"
    whole = "" if alone else " It is about the whole capstone; no single change settles it."
    yield f"- **Why:** {plain(it.criterion.intent)}{whole}"
    yield f"- **From:** {plain(it.origin)}"
    if it.sources:
        yield from ("", "To read:", "")
    yield from map(_source, it.sources[:_MOST_SOURCES])


def _source(source: Source) -> str:
    address = f"<{source.url}>" if _ADDRESS.fullmatch(source.url) else code(source.url)
    return f"- {plain(source.title)}: {plain(source.settles)} {address}"


def not_explained(it: NearestChecks) -> list[str]:
    """Return the lines that say which check was not found, or that none was named."""
    names = ", ".join(code(f"/sensei explain {name}") for name in it.checks)
    if not it.asked:
        return [f"Which check? Its name stands beside what moved, in the summary. For example {names}."]
    return [f"There is no check of that name. Did you mean {names}?" if names else _NO_CHECK]


_NO_CHECK = "There is no check of that name; the names stand beside what moved, in the summary."
