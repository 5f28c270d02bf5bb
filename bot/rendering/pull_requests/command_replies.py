"""Replies to commands in comments, as GitHub Markdown. A reply never repeats what the commenter wrote."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.domain.pull_requests.comment_command_rules import CommandOutcome, CommentCommand, Verb
from bot.domain.pull_requests.records import PublishPolicy, PullRequest, Ruling
from bot.domain.pull_requests.rulings import DeciderRole
from bot.domain.rubrics.check_explanations import CheckExplanation, NearestChecks
from bot.domain.rubrics.rubric import Source
from bot.rendering.review.markdown import code, plain
from bot.rendering.text.safe_text import list_first

_MOST_OF_A_GROUP = 20
_ADDRESS = re.compile(r"https://[\w./~%+=&?#:,;@!$'()*-]+")

HELP = """\
Put a command on the first line of a comment:

| | |
| --- | --- |
| `/sensei review` | review this pull request now and ask questions about it |
| `/sensei explain <check>` | say what a check asks and why; in a question's thread, the name is optional |
| `/sensei record` | in a question's thread: record the decision that I drafted from your answer |
| `/sensei defer <reason>` | in a question's thread: put the question off; it stops counting as open |
| `/sensei dispute <reason>` | in a question's thread: say that the question is wrong; your sensei decides |
| `/sensei private` | in a question's thread: go on in Slack; elsewhere: from now on, only answer commands |
| `/sensei answer Q12 <answer>` | answer question Q12 of the summary; other commands also take its number |
| `/sensei keep Q12` | for senseis: let me ask a question that is waiting for you; Slack shows its number |
| `/sensei withdraw` | for senseis: drop a disputed question; add `Q12` to drop one that is waiting for you |
| `/sensei stands` | for senseis: in a disputed question's thread, decide that the question stands |
| `/sensei quiet` | read this pull request only when someone asks with `/sensei review` |
| `/sensei speak` | turn off `quiet` and `private` |
| `/sensei link <code>` | link this GitHub account to you; get a code with `/dojo link` in Slack |

To answer a question, reply in its thread in your own words; you don't need a command. A question in the
summary has no thread, so use `/sensei answer` with its number. The participant, their sensei and the cohort's
leads can give commands, and anyone can link their own account. Everyone who can read this repository can see
the commands and my replies."""

_NEW = "Please post the corrected command in a new comment; editing the old one won't work."
# Placeholders: ``verb`` is the command as code, ``usage`` the command with its argument, ``hint`` a
# suggestion ("Did you mean …?") or nothing, ``new`` _NEW.
_REFUSALS: Mapping[CommandOutcome, str] = {
    CommandOutcome.UNKNOWN: ("I don't know that command. {hint}`/sensei help` lists all commands. {new}"),
    CommandOutcome.NOT_YET: "I can't do {verb} here yet. `/sensei help` lists what I can do.",
    CommandOutcome.NOT_YOURS: (
        "Only this capstone's participant, their sensei and the cohort's leads can give commands here, so "
        "I've ignored this command. I won't post this reply again on this pull request."
    ),
    CommandOutcome.ALONE: (
        "{verb} must be on a line of its own, with an empty line below it. I haven't done anything. {new}"
    ),
    CommandOutcome.NO_REASON: (
        "Please give a reason in a few words: {usage}. I haven't changed anything. {new}"
    ),
    CommandOutcome.IN_THREAD: (
        "{verb} is about one question, so it must be a reply in that question's thread. I haven't changed "
        "anything. If the question is in the summary, it has no thread: post a new comment with its number "
        "instead, for example: `/sensei {name} Q12`."
    ),
    CommandOutcome.NO_QUESTION: (
        "No question on this pull request has that number, so I haven't done anything. The summary shows the "
        "numbers of the questions that have no thread. {new}"
    ),
    CommandOutcome.PARTICIPANTS: (
        "Only the participant can answer a question or record a decision, because both must be in their own "
        "words. I haven't changed anything."
    ),
    CommandOutcome.NO_DRAFT: (
        "There's nothing to record yet. Answer the question first, and I'll draft the decision from your "
        "words. Or write the decision yourself: give the command again in a new comment and, below it, begin "
        "each part with its name and a colon, such as `Decided: …`. The parts are: {parts}."
    ),
    CommandOutcome.NO_LABEL: (
        "I couldn't tell which part of the decision some of your words belong to, so I haven't recorded "
        "anything. Begin each part with its name and a colon, such as `Against: …`. The parts are: {parts}. "
        "{new}"
    ),
    CommandOutcome.TOO_LONG: (
        "One part has more than 3,000 characters, so I haven't recorded anything. Please shorten that part. "
        "{new}"
    ),
    CommandOutcome.SUPERSEDED: (
        "A later decision has replaced the one that came from this question, so I haven't changed anything. "
        "Please change the later decision instead."
    ),
    CommandOutcome.RECORDED: (
        "This decision is already recorded. If you put parts below the command, I've changed those "
        "parts of the record. The rest is as it was."
    ),
    CommandOutcome.NO_CHAT: (
        "I can't continue in Slack, because the participant's GitHub account isn't linked to Slack. I "
        "haven't changed anything. To link it, use `/dojo link` in Slack; then give the command again in a "
        "new comment."
    ),
    CommandOutcome.SENSEIS: (
        "Only the participant's sensei can decide this (or the deputy, while the sensei is away), so I "
        "haven't changed anything. A participant who thinks that a question is wrong can use `/sensei "
        "dispute` in its thread."
    ),
    CommandOutcome.NOT_WAITING: (
        "No question here is waiting for that decision, so I haven't changed anything. Use `/sensei keep "
        "Q12` or `/sensei withdraw Q12` for a question that I haven't asked yet. Use `/sensei stands` or "
        "`/sensei withdraw` in the thread of a disputed question. If the conversation is private, decide "
        "the dispute in Slack."
    ),
    CommandOutcome.UNPOSTABLE: (
        "I can't ask this question now: the pull request is closed, or it's private and I can't reach the "
        "participant in Slack. I haven't changed anything, and the question is still waiting "
        "for your decision."
    ),
    CommandOutcome.ALREADY: (
        "Someone has already given this command for this question; only the first one counts."
    ),
    CommandOutcome.SETTLED: (
        "This question is settled, so I haven't changed anything. If its thread is resolved, unresolve the "
        "thread to reopen the question."
    ),
    CommandOutcome.WITH_SENSEI: (
        "This question is disputed and is waiting for the sensei's ruling. I haven't changed anything."
    ),
    CommandOutcome.RULED: (
        "A sensei has already ruled on this question, so I haven't changed anything. Please talk it over "
        "with them."
    ),
    CommandOutcome.YOU_RULE: (
        "Only the participant can dispute a question; you decide on disputes. Say what you think here, and "
        "resolve the thread if the question is settled."
    ),
    CommandOutcome.CLOSED: (
        "This pull request is closed, so I won't read it. Reopen it and ask again in a new comment."
    ),
    CommandOutcome.OVERTAKEN: (
        "I've already carried out a newer command, which reached me before this one, so I've ignored this "
        "one."
    ),
    CommandOutcome.NO_CODE: (
        "This code is wrong, used or expired, so I haven't changed anything. Get a new code with "
        "`/dojo link` in Slack; it works once and expires after half an hour. {new}"
    ),
    CommandOutcome.TAKEN: (
        "This GitHub account, or the Slack account that asked for the code, is already linked to another "
        "account. I haven't changed anything. The person who runs Sensei can sort it out."
    ),
    CommandOutcome.OTHER_ACCOUNT: (
        "This code is for another GitHub account, so I haven't changed anything. Post it from that account, "
        "or get a code for this account with `/dojo link LOGIN` in Slack, where LOGIN is this account's name."
    ),
    CommandOutcome.VOID: (
        "Two GitHub accounts posted this code, so it no longer works and I haven't linked anything. Get a "
        "new code with `/dojo link LOGIN` in Slack, where LOGIN is your GitHub account; only that account "
        "can use it."
    ),
    CommandOutcome.TOO_OFTEN: (
        "There were too many attempts within an hour, so I've ignored this one. Wait an hour after the last "
        "attempt, then get a new code with `/dojo link` in Slack."
    ),
}
_NOT_FIRST_LINE = (
    "I haven't done anything: a command must be on the first line of a comment, and that line must not look "
    "like the start of a quoted e-mail. {hint}If you meant to give a command, post it again, at the top of a "
    "new comment. Put any other text below the command, and don't put a quote or an e-mail address next to "
    "it. I won't post this reply again on this pull request."
)
_NOT_ONLY_LINE = "{verb} and its code must be the only line of the comment. I haven't done anything. {new}"
_REASONS = {
    Verb.DEFER: "why not now",
    Verb.DISPUTE: "what is wrong with it",
    Verb.ANSWER: "your answer",
}
_WHICH = (
    "{verb} needs the number of a question that is waiting for you, for example: `/sensei keep Q12`. I "
    "haven't changed anything. The message about the question in Slack shows its number, and so does `sensei "
    "questions list`. {new}"
)
_MISSING = {
    Verb.ANSWER: "Please write your answer after the command: {usage}. I haven't saved anything. {new}"
}
_CONFIRMATIONS: Mapping[Verb, str] = {
    Verb.HELP: HELP,
    Verb.REVIEW: (
        "I'm reading this pull request now. I'll ask any questions on the lines they're about, and put "
        "everything else in the summary."
    ),
    Verb.DEFER: (
        "I've deferred this question and saved your reason. This question no longer counts as open, and I "
        "won't ask it again. If the participant still answers it here, it will count as answered."
    ),
    Verb.DISPUTE: (
        "I've marked this question as disputed. Your sensei will read it with your reason and decide. I'll "
        "post the outcome here. You don't need to do anything until then."
    ),
    Verb.PRIVATE: (
        "From now on, I'll post nothing here except replies to commands. I'll still read this pull request. "
        "If the participant's GitHub account is linked to Slack, I'll ask my questions there; otherwise they "
        "wait for the sensei's decision. `/sensei speak` turns this off."
    ),
    Verb.RECORD: "I've recorded the decision. The conversation about it stays in Slack.",
    Verb.KEEP: "I'm asking this question now.",
    Verb.WITHDRAW: "I've withdrawn this question. I won't ask it, now or later.",
    Verb.STANDS: "I've saved your decision: this question stands.",
    Verb.QUIET: (
        "From now on, I'll read this pull request only when someone asks with `/sensei review`. "
        "`/sensei speak` turns this off."
    ),
    Verb.SPEAK: (
        "From now on, I'll read this pull request like any other, and post here. Any questions "
        "from when it was private are waiting for the sensei's decision."
    ),
    Verb.LINK: (
        "In Slack, I'll ask the person who requested this code whether this GitHub account is theirs. I "
        "won't link anything until they confirm, so please don't delete your comment before then. If "
        "someone else gave you the code, delete your comment now to cancel the code."
    ),
}
_TALK_IN_PRIVATE = (
    "Let's continue in Slack: I've sent the participant this question in a direct message. Only they and "
    "their sensei can see that conversation. I won't post any of it here, unless the participant publishes "
    "a decision that comes from it."
)
_READING_IN_PRIVATE = (
    "I'm reading this pull request now. It's private, so I won't post anything. My questions go to the "
    "participant in Slack, or wait for the sensei's decision."
)
_READING_FOR_SENSEI = (
    "I'm reading this pull request now. My questions go to the sensei first, who decides whether I ask them "
    "here."
)
_LATER_PUSHES = (
    " I'll read later pushes only if you ask again, because neither the participant nor a sensei opened this "
    "pull request."
)
_RULED_BY = {
    DeciderRole.SENSEI: "The sensei",
    DeciderRole.DEPUTY: "The deputy",
}
_RULINGS: Mapping[Ruling, str] = {
    Ruling.STANDS: (
        "{role} has read both sides. This question stands, so please answer it here, in your own words."
    ),
    Ruling.WITHDRAWN: (
        "{role} has read both sides and withdrawn this question. I won't ask it again, and you "
        "don't need to do anything."
    ),
}


def format_reply(
    command: CommentCommand,
    pull_request: PullRequest,
    publish: PublishPolicy,
    parts: Sequence[str] = (),
    *,
    once: bool = False,
) -> list[str]:
    """Return the lines of the reply to any command except a successful ``/sensei explain``.

    ``parts`` are the titles of a decision's parts. ``once``: Sensei reads this pull request only when asked,
    so a request covers one reading.
    """
    verb = command.verb
    prefix = f"{_format_command(verb)}: " if verb else ""  # replies may arrive out of order
    if command.answer is CommandOutcome.DONE and verb is not None:
        if verb is Verb.PRIVATE and command.question is not None:
            return [prefix + _TALK_IN_PRIVATE]
        return [_confirmation(verb, prefix, pull_request, publish, once=once)]
    refusal = _refusal(command).format(
        verb=_format_command(verb) if verb else "it",
        usage=f"`/sensei {verb} <{_REASONS.get(verb, '…')}>`" if verb else "",
        hint=f"Did you mean {_format_command(command.about)}? " if command.about and verb is None else "",
        new=_NEW,
        name=verb or "…",
        parts=", ".join(parts),
    )
    names_command = command.answer in {
        CommandOutcome.NOT_YET,
        CommandOutcome.ALONE,
        CommandOutcome.IN_THREAD,
        CommandOutcome.NOT_YOURS,
    }
    return [refusal if names_command else prefix + refusal]


def _confirmation(
    verb: Verb, prefix: str, pull_request: PullRequest, publish: PublishPolicy, *, once: bool
) -> str:
    if verb is Verb.HELP:
        return HELP
    if verb is not Verb.REVIEW:
        return prefix + _CONFIRMATIONS[verb]
    text = _CONFIRMATIONS[verb]
    if pull_request.private:
        text = _READING_IN_PRIVATE
    elif publish is PublishPolicy.SENSEI_FIRST:
        text = _READING_FOR_SENSEI
    return prefix + text + (_LATER_PUSHES if once else "")


def _refusal(command: CommentCommand) -> str:
    """Return the template of a refusal."""
    if command.answer is CommandOutcome.ALONE and command.verb is None:
        return _NOT_FIRST_LINE
    if command.answer is CommandOutcome.ALONE and command.verb is Verb.LINK:
        return _NOT_ONLY_LINE
    if command.answer is CommandOutcome.IN_THREAD and command.verb is Verb.KEEP:
        return _WHICH
    if command.answer is CommandOutcome.NO_REASON and command.verb in _MISSING:
        return _MISSING[command.verb]
    return _REFUSALS[command.answer]


def _format_command(verb: str) -> str:
    return code(f"/sensei {Verb(verb)}")


def format_void_code() -> list[str]:
    """Return the lines that tell the first account that its code is void, since a second one posted it."""
    return [f"{_format_command(Verb.LINK)}: {_REFUSALS[CommandOutcome.VOID]}"]


def format_ruling(ruled: Ruling, role: DeciderRole = DeciderRole.SENSEI) -> list[str]:
    """Return the lines that announce a ruling. They name the role of the person who ruled."""
    return [_RULINGS[ruled].format(role=_RULED_BY[role])]


def format_explanation(explanation: CheckExplanation) -> Iterator[str]:
    """Yield the lines that explain a check: what it asks, why, and further reading. They name no level."""
    check, criterion = explanation.check, explanation.criterion
    yield f"**{code(check.id)}** · {plain(criterion.title)}"
    yield ""
    yield f"- **It asks:** {plain(check.ask)}"
    yield f"- **A question to start with:** {plain(check.probe)}"
    scope = (
        "" if check.scope == "change" else " It's about the whole capstone; no single change can settle it."
    )
    yield f"- **Why:** {plain(criterion.intent)}{scope}"
    if explanation.sources:
        yield "- **Further reading:**"
        yield from map(_format_source, explanation.sources)
    yield f"- **From:** {plain(explanation.origin)}"


def _format_source(source: Source) -> str:
    address = f"<{source.url}>" if _ADDRESS.fullmatch(source.url) else code(source.url)
    return f"  - “{plain(source.title)}” explains {plain(source.settles)}: {address}"


def format_nearest_checks(nearest: NearestChecks) -> list[str]:
    """Return the lines of the reply to a missing or unknown check name."""
    commands = [code(f"/sensei explain {name}") for name in nearest.checks]
    if not nearest.asked:
        return [f"Which check? For example: {', '.join(commands)}. {_format_groups(nearest)}"]
    if nearest.group:
        names = list_first(list(nearest.checks), _MOST_OF_A_GROUP, code)
        return [f"{plain(nearest.group)} has these checks: {names}. To ask about one: {commands[0]}."]
    if commands:
        return [f"There is no check with that name. Did you mean {' or '.join(commands)}?"]
    return [f"There is no check with that name. {_format_groups(nearest)}"]


def _format_groups(nearest: NearestChecks) -> str:
    """Return where the names of checks are."""
    lists = ", ".join(map(code, nearest.groups))
    return f"To see a list of checks, put one of these after `/sensei explain`: {lists}."
