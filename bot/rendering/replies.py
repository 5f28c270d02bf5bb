"""What Sensei answers to commands in comments, as GitHub's Markdown. Nothing that was written is repeated."""

import re
from collections.abc import Iterator, Mapping

from bot.domain.commands import Answer, Command, Verb
from bot.domain.explaining import Explained, Nearest
from bot.domain.rubric import Source
from bot.domain.tracking import Publish, PullRequest, Ruling
from bot.rendering.markdown import code, plain

_MOST_SOURCES = 8
_ADDRESS = re.compile(r"https://[\w./~%+=&?#:,;@!$'()*-]+")

HELP = """\
Begin a comment with one of these, as its first line:

| | |
| --- | --- |
| `/sensei review` | read this pull request now, and ask what there is to ask |
| `/sensei explain <check>` | what a check asks, and why; in a question's thread the name may be left out |
| `/sensei defer <reason>` | in a question's thread: not now; it no longer counts as open |
| `/sensei dispute <reason>` | in a question's thread: it is wrong; your sensei decides |
| `/sensei private` | go on reading, and post nothing more here |
| `/sensei quiet` | read this pull request only when somebody asks |
| `/sensei speak` | the end of quiet and private |
| `/sensei link <code>` | this GitHub account is yours; `/dojo link` in Slack gives the code |

A question is answered in its thread, in your own words, without a command. The participant and their sensei
may give commands, and anybody may link an account of theirs; whoever can read this repository sees them, and
what follows."""

_NEW = "Write it in a new comment: each comment is taken once."
# ``verb`` is the command as code, ``how`` with what it takes, ``meant`` a question or none, ``new`` _NEW.
_TOLD: Mapping[Answer, str] = {
    Answer.UNKNOWN: "There is no such command. {meant}{new} `/sensei help` lists all there are.",
    Answer.NOT_YET: "Sensei cannot do {verb} here yet. `/sensei help` lists what it can.",
    Answer.NOT_YOURS: (
        "Only this capstone's participant and their sensei give commands here. Nothing was done, and this is "
        "said once."
    ),
    Answer.ALONE: "Nothing may stand behind {verb} on its line, so nothing was done. {new}",
    Answer.NO_REASON: "It needs a reason, in a few words: {how}. Nothing was changed. {new}",
    Answer.IN_THREAD: (
        "{verb} is about one question: write it as a reply in that question's thread. Nothing was changed. "
        "A question that stands in the summary has no thread; tell your sensei."
    ),
    Answer.ALREADY: "That was said of this question already, and what was said first is kept.",
    Answer.SETTLED: (
        "This question is settled, so nothing was changed. One whose thread was resolved is opened again "
        "with its thread."
    ),
    Answer.WITH_SENSEI: "This question is disputed and waits for the sensei's ruling. Nothing was changed.",
    Answer.RULED: "A sensei has ruled on this question already; talk it over with them. Nothing was changed.",
    Answer.YOU_RULE: (
        "A dispute is the participant's word; yours decides. Say it here, and resolve the thread if the "
        "question is done with."
    ),
    Answer.CLOSED: "This pull request is closed, so it is not read. Once it is open again, ask again.",
    Answer.OVERTAKEN: (
        "A later command stands: it was done before this one, which was written earlier, came here. Nothing "
        "was changed."
    ),
    Answer.NO_CODE: (
        "This code is wrong, was used, or is too old, and nothing was changed. `/dojo link` in Slack gives a "
        "new one, which works once, for half an hour. {new}"
    ),
    Answer.TAKEN: (
        "This account, or the one in Slack that asked for the code, is linked to another one already. "
        "Nothing was changed, and the code is used up. Whoever runs Sensei can sort it out."
    ),
    Answer.OTHER_ACCOUNT: (
        "This code is for another GitHub account, so nothing was changed. Post it from that account, or get "
        "one for this account: `/dojo link LOGIN` in Slack, with this account's login."
    ),
    Answer.VOID: (
        "Two GitHub accounts posted this code, so it no longer works and nothing was linked. "
        "`/dojo link LOGIN` in Slack gives a new one that only that account can use."
    ),
    Answer.TOO_OFTEN: (
        "That were too many tries within an hour, so this one was not looked at. An hour after the last one, "
        "ask for a new code by `/dojo link` in Slack."
    ),
}
_FIRST_LINE = (
    "Sensei did nothing here: a command must be the first line of a comment. {meant}If so, post it in a new "
    "comment, with any other words below it. You won't be told this again on this pull request."
)
_TAKES = {Verb.DEFER: "why not now", Verb.DISPUTE: "what is wrong with it"}
_DONE: Mapping[Verb, str] = {
    Verb.HELP: HELP,
    Verb.REVIEW: (
        "It is read now. Questions stand on their lines, the rest in the summary; no question is a good sign."
    ),
    Verb.DEFER: (
        "Deferred, with your reason. It no longer counts as open, and is not asked again; whenever the "
        "participant answers here, it counts as answered."
    ),
    Verb.DISPUTE: (
        "Disputed. Your sensei sees the question beside your reason, and decides; it will be said here. "
        "Until then there is nothing for you to do."
    ),
    Verb.PRIVATE: (
        "From now on nothing is posted here but answers to commands. The pull request is still read, and "
        "what there is to ask waits for the sensei. `/sensei speak` ends this."
    ),
    Verb.QUIET: (
        "From now on this pull request is read only when somebody asks, by `/sensei review`. `/sensei speak` "
        "ends this."
    ),
    Verb.SPEAK: (
        "From now on this pull request is read like any other, and what there is to say is said here. What "
        "was found while it was private waits for the sensei."
    ),
    Verb.LINK: (
        "Sensei asks whoever got this code, in Slack, whether this GitHub account is theirs, and links "
        "nothing before they say yes. Please leave your comment until then. If somebody else gave you the "
        "code, delete your comment now: the code stops working."
    ),
}
_READ_IN_PRIVATE = (
    "It is read now. As this pull request is private nothing is posted; what there is to ask waits for the "
    "sensei."
)
_READ_BEFOREHAND = (
    "It is read now. What there is to ask goes to the sensei first, who decides whether it is asked here."
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


def answer(command: Command, pull_request: PullRequest, publish: Publish, *, once: bool = False) -> list[str]:
    """Return the lines of an answer to anything but a check that is to be explained.

    ``once``: nobody reads this pull request unasked, so a request is good for one reading.
    """
    verb = command.verb
    named = f"{_shown(verb)}: " if verb else ""  # answers may come in another order than commands
    if command.answer is Answer.DONE and verb is Verb.REVIEW:
        beforehand = publish is Publish.SENSEI_FIRST
        told = _READ_IN_PRIVATE if pull_request.private else _READ_BEFOREHAND if beforehand else _DONE[verb]
        return [named + told + (_ONCE if once else "")]
    if command.answer is Answer.DONE and verb is not None:
        return [_DONE[verb] if verb is Verb.HELP else named + _DONE[verb]]
    above = verb is None and command.answer is Answer.ALONE
    told = (_FIRST_LINE if above else _TOLD[command.answer]).format(
        verb=_shown(verb) if verb else "it",
        how=f"`/sensei {verb} <{_TAKES.get(verb, '…')}>`" if verb else "",
        meant=f"Did you mean {_shown(command.about)}? " if command.about and verb is None else "",
        new=_NEW,
    )
    repeats = command.answer in {Answer.NOT_YET, Answer.ALONE, Answer.IN_THREAD, Answer.NOT_YOURS}
    return [told if repeats else named + told]


def _shown(verb: str) -> str:
    return code(f"/sensei {Verb(verb)}")


def void() -> list[str]:
    """Return the lines that tell the first of two accounts that its code does not work any more."""
    return [f"{_shown(Verb.LINK)}: {_TOLD[Answer.VOID]}"]


def ruling(ruled: Ruling) -> list[str]:
    """Return the lines that tell of a sensei's ruling."""
    return [_RULED[ruled]]


def explained(it: Explained) -> Iterator[str]:
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


def not_explained(it: Nearest) -> list[str]:
    """Return the lines that say which check was not found, or that none was named."""
    names = ", ".join(code(f"/sensei explain {name}") for name in it.checks)
    if not it.asked:
        return [f"Which check? Its name stands beside what moved, in the summary. For example {names}."]
    return [f"There is no check of that name. Did you mean {names}?" if names else _NO_CHECK]


_NO_CHECK = "There is no check of that name; the names stand beside what moved, in the summary."
