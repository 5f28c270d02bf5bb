"""The form for a ruling in Slack: the evidence first, then the draft level and the choices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.defences.records import DefenceQuestion
from bot.domain.dojo.app_home import ShownPerson
from bot.domain.ledger.evidence import CheckState
from bot.domain.rubrics.rubric import ScaleLevel
from bot.domain.triage.criterion_evidence import CriterionEvidence
from bot.domain.triage.records import CriterionRuling, Milestone, RulerRole, Verdict
from bot.domain.triage.ruling_form import RulingFormKey
from bot.ports.chat import Block, View
from bot.rendering.chat.slack_blocks import (
    actions,
    button,
    count,
    divider,
    named,
    page_buttons,
    section,
    small,
)
from bot.rendering.chat.slack_form_fields import input_block, modal, radio_buttons, text_field
from bot.rendering.chat.slack_text import moment, mrkdwn, plain_object
from bot.rendering.text.defence_outcomes import OUTCOMES
from bot.rendering.triage.levels import explain_level, name_level
from bot.rendering.triage.slack_evidence import ShownChecks, evidence_pages
from bot.rendering.triage.slack_waiting import MOST_OF_A_CAPSTONE, MOST_OF_A_TITLE, RULE, list_button
from bot.rendering.triage.wording import MILESTONES

EVIDENCE_PAGE, EXEMPT = "triage.evidence_page", "triage.exempt"
"""The pages of evidence, and the form that exempts a check or the criterion."""
AGREE, CANNOT_JUDGE = "agree", "cannot_judge"
"""Values of the choice. The others are levels from 0 to 4."""
_MOST_OF_WORDS = 1000
_MOST_OF_A_QUESTION = 100
_DAY = "{date_short}"
_WHO_SEES = (
    "I worked this level out from the evidence above. Only a sensei who may rule on this criterion sees it; "
    "the participant never does."
)
_ROLES = {
    RulerRole.SENSEI: "by their sensei",
    RulerRole.DEPUTY: "by a deputy",
    RulerRole.SECOND: "by a second sensei, after an appeal",
}


@dataclass(frozen=True, slots=True)
class RulingWords:
    """What the sensei had entered already, so that nothing is lost when a form is shown again."""

    choice: str = ""
    reason: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class ShownRuling:
    """Everything in the form. ``progress`` says which of how many it is, and ``notice`` what just happened.

    Both are safe mrkdwn. ``last_is_own``: the reader made the last ruling. ``appeal`` is the participant's
    reason for an appeal that the reader decides, or None. ``exemptable``: the reader may exempt checks.
    ``defended`` are the criterion's questions in the live defence that were ruled on.
    """

    key: RulingFormKey
    person: ShownPerson
    capstone: str
    evidence: CriterionEvidence
    checks: ShownChecks
    scale: Sequence[ScaleLevel]
    most_of_a_reason: int
    most_of_a_sentence: int
    last: CriterionRuling | None = None
    last_is_own: bool = False
    progress: str = ""
    appeal: str | None = None
    exemptable: bool = True
    notice: str = ""
    words: RulingWords = field(default=RulingWords())
    defended: Sequence[DefenceQuestion] = ()


@dataclass(frozen=True, slots=True)
class FieldNames:
    """The blocks of the fields. Slack keeps what was typed into blocks with the same id.

    So the words stay while a person turns pages, and are gone once the form is about something else, or about
    somebody else. The choice is gone whenever the evidence has moved.
    """

    choice: str
    reason: str
    sentence: str

    @classmethod
    def of(cls, key: RulingFormKey) -> "FieldNames":
        """Return the blocks of a form."""
        about = f"{key.target.capstone}.{key.target.criterion}.{key.last}"
        return cls(f"choice.{about}.{key.digest[:12]}", f"reason.{about}", f"sentence.{about}")


def ruling_form(shown: ShownRuling) -> View:
    """Return the form. Only its last page can be submitted, or any page once all have been opened."""
    pages = evidence_pages(shown.checks)
    of, page = len(pages), shown.key.page
    blocks = [*_head_blocks(shown), *pages[page - 1]]
    if of > 1:
        blocks.append(small(f"Evidence, page {page} of {of}."))
        blocks.append(actions(*page_buttons(EVIDENCE_PAGE, page, of)))
    if shown.key.opened < of:
        blocks.append(small("You can rule once you've opened every page."))
        return _reading_view(shown, blocks)
    blocks += [divider(), *_level_blocks(shown), *_fields(shown)]
    return {**modal("Rule on a criterion", "Save", blocks, str(shown.key)), "callback_id": RULE}


def count_pages(checks: ShownChecks) -> int:
    """Return how many pages the evidence has."""
    return len(evidence_pages(checks))


def describe_saved(verdict: Verdict, level: int | None, title: str, scale: Sequence[ScaleLevel]) -> str:
    """Return the line that confirms a ruling, as safe mrkdwn."""
    about = mrkdwn(title, MOST_OF_A_TITLE)
    if verdict is Verdict.CANNOT_JUDGE or level is None:
        return f"*Saved:* you couldn't judge {about}."
    return f"*Saved:* {name_level(scale, level)} for {about}."


def describe_progress(milestone: Milestone | None, criteria: int, left: int) -> str:
    """Return which of a milestone's criteria this is, or how many rulings are ``left`` after it."""
    if milestone is not None:
        return f"{MILESTONES[milestone].capitalize()} · {criteria - left} of {criteria}"
    return (
        f"{count(left, 'more ruling', 'more rulings')} after this one" if left else "The last ruling for now"
    )


def _reading_view(shown: ShownRuling, blocks: Sequence[Block]) -> View:
    return {
        "type": "modal",
        "callback_id": RULE,
        "private_metadata": str(shown.key),
        "title": plain_object("Rule on a criterion"),
        "close": plain_object("Close"),
        "blocks": list(blocks),
    }


def _head_blocks(shown: ShownRuling) -> Iterator[Block]:
    if shown.notice:
        yield section(shown.notice)
    criterion = shown.evidence.criterion
    gate = " · *gate*" if criterion.gate else ""
    whose = f"{named(shown.person)} · {mrkdwn(shown.capstone, MOST_OF_A_CAPSTONE)}"
    yield section(f"*{mrkdwn(criterion.title, MOST_OF_A_TITLE)}*{gate}\n{whose}")
    intent = mrkdwn(criterion.intent, _MOST_OF_WORDS)
    yield small(f"{shown.progress}\n{intent}" if shown.progress else intent)


def _level_blocks(shown: ShownRuling) -> Iterator[Block]:
    yield section(_describe_draft(shown))
    yield small(_describe_scale(shown.scale))
    if shown.defended:
        yield section(_describe_defence(shown.defended))
    if shown.last:
        yield section(_describe_last(shown.last, shown))
    if shown.appeal is not None:
        reason = mrkdwn(shown.appeal, _MOST_OF_WORDS, lines=True)
        yield section(
            f"*{named(shown.person)} asks for a second opinion on that ruling.* Your ruling will be final.\n"
            f"Their reason: {reason}"
        )
    exempts = [button("Something doesn't apply", EXEMPT, str(shown.key.target))] if shown.exemptable else []
    yield actions(*exempts, list_button("Back to the list"))


def _describe_draft(shown: ShownRuling) -> str:
    draft = shown.evidence.draft
    if draft.level is not None:
        level = name_level(shown.scale, draft.level)
        return f"*Draft level: {level}*\n{_WHO_SEES}"
    states = [held.state for held in draft.withheld]
    contested = states.count(CheckState.CONTESTED)
    unread = states.count(CheckState.NOT_ASSESSED)
    why = [
        *([f"{count(contested, 'check is', 'checks are')} contested"] if contested else []),
        *([f"{count(unread, 'check has', 'checks have')} not been read yet"] if unread else []),
    ]
    return f"*No draft level:* {' and '.join(why) or 'none of the checks apply'}."


def _describe_defence(questions: Sequence[DefenceQuestion]) -> str:
    """Return how the criterion's questions went in the live defence: on its own line, no draft counts it."""
    lines = ["*In the live defence*, apart from the evidence above"]
    for question in questions:
        if question.ruling is not None:
            note = f": {mrkdwn(question.ruling.note, 300)}" if question.ruling.note else ""
            asked = mrkdwn(question.asked.text, _MOST_OF_A_QUESTION)
            lines.append(f"• {asked} – {OUTCOMES[question.ruling.outcome]}{note}")
    return "\n".join(lines)


def _describe_scale(scale: Sequence[ScaleLevel]) -> str:
    lines = []
    for step in scale:
        meaning = explain_level(scale, step.level)
        lines.append(f"{name_level(scale, step.level)}{f': {meaning}' if meaning else ''}")
    return "\n".join(f"• {mrkdwn(line, 300)}" for line in lines)


def _describe_last(last: CriterionRuling, shown: ShownRuling) -> str:
    level = "couldn't judge" if last.level is None else name_level(shown.scale, last.level)
    by = "by you" if shown.last_is_own else _ROLES[last.role]
    lines = [f"*Last ruling:* {level}, {moment(last.at, _DAY)}, {by}"]
    if last.reason:
        lines.append(f"Reason, for other senseis: {mrkdwn(last.reason, _MOST_OF_WORDS)}")
    if last.sentence:
        lines.append(f"To the participant: {mrkdwn(last.sentence, _MOST_OF_WORDS)}")
    return "\n".join(lines)


def _fields(shown: ShownRuling) -> Iterator[Block]:
    names, draft = FieldNames.of(shown.key), shown.evidence.draft.level
    choices = {AGREE: f"I agree: {name_level(shown.scale, draft)}"} if draft is not None else {}
    for step in shown.scale:
        if step.level != draft:
            choices[str(step.level)] = name_level(shown.scale, step.level)
    choices[CANNOT_JUDGE] = "I can't judge this"
    chosen = shown.words.choice if shown.words.choice in choices else AGREE
    yield input_block(names.choice, "Your ruling", radio_buttons("choice", choices, chosen))
    yield input_block(
        names.sentence,
        "One sentence to the participant",
        text_field("sentence", shown.words.sentence, shown.most_of_a_sentence, multiline=True),
        optional=True,
        hint="The participant will read it along with the level. Leave it empty only if you agree with the "
        "draft.",
    )
    yield input_block(
        names.reason,
        "Reason for another level" if draft is not None else "Reason for the level",
        text_field("reason", shown.words.reason, shown.most_of_a_reason, multiline=True),
        optional=True,
        hint="You must give a reason if you choose "
        + ("a level other than the draft." if draft is not None else "a level.")
        + " Only senseis can read it.",
    )
