"""App Homes by role, and the same in short for ``/dojo status``. No level is in any of them."""

from collections.abc import Iterable
from typing import Any

from bot.domain.dojo.app_home import (
    STUCK_DAYS,
    FullSensei,
    Home,
    LeadHome,
    ParticipantHome,
    SenseiAbsence,
    SenseiHome,
    SenseiParticipant,
    ShownQuestion,
    StuckParticipant,
)
from bot.domain.dojo.people import CohortDate, DateKind, EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    button,
    count,
    day,
    divider,
    fitted,
    header,
    listed,
    named,
    names,
    section,
    small,
)
from bot.rendering.chat.slack_text import link, mrkdwn, page_of, plain

PAGE = "home.page"
PER_PAGE = 20
_MOST_QUESTIONS, _MOST_OF_EACH = 10, 3
_MOST_OF_A_QUESTION, _MOST_OF_A_BRIEF, _MOST_OF_A_TITLE = 160, 1000, 80
_STATES = {QuestionState.DISPUTED: "waits for a ruling", QuestionState.DEFERRED: "put off"}
_KINDS = {
    DateKind.START: "Start",
    DateKind.DESIGN: "Design milestone",
    DateKind.MIDWAY: "Midway milestone",
    DateKind.FINAL: "Final milestone",
    DateKind.END: "End",
}


def view(home: Home, page: int = 1) -> View:
    """Return an App Home; ``page`` is of a sensei's participants."""
    blocks = [*_guest(home)] if home.is_guest else [*_member(home, page)]
    return {"type": "home", "blocks": blocks}


def status(home: Home) -> OutgoingMessage:
    """Return where somebody stands, for themselves alone."""
    if home.is_guest:
        return OutgoingMessage("You are not in the dojo yet.", tuple(_guest(home)))
    blocks: list[Block] = []
    if home.participating:
        blocks += _participating(home.participating)
    if home.guiding:
        blocks += _guiding(home.guiding, home, 1, paged=False)
    if home.leading:
        blocks += _leading(home.leading, home)
    return OutgoingMessage(
        f"Where you stand in {mrkdwn(home.cohort, MOST_OF_A_NAME)}",
        fitted(blocks, "The rest is in the App Home: click on the app's name."),
    )


def dates(home: Home) -> OutgoingMessage:
    """Return the cohort's calendar."""
    title = f"*Dates of {mrkdwn(home.cohort, MOST_OF_A_NAME)}*"
    text = listed(home.dates, lambda one: _date(one, home)) if home.dates else "None has been entered yet."
    return OutgoingMessage(f"Dates of {mrkdwn(home.cohort, MOST_OF_A_NAME)}", (section(title), section(text)))


def _guest(home: Home) -> Iterable[Block]:
    yield header("The dojo")
    if not home.cohort:
        yield section(
            "There is no cohort here yet. Whoever runs the dojo begins one with `sensei cohort add`."
        )
        return
    yield section(
        f"You are not in {mrkdwn(home.cohort, MOST_OF_A_NAME)} yet. `/dojo join` lets you in, as a "
        "participant or as a sensei; `/dojo help` lists what else there is."
    )


def _member(home: Home, page: int) -> Iterable[Block]:
    yield header(plain(home.cohort, 100))
    if home.leading:
        yield from _leading(home.leading, home)
        yield divider()
    if home.guiding:
        yield from _guiding(home.guiding, home, page, paged=True)
        yield divider()
    if home.participating:
        yield from _participating(home.participating)
        yield divider()
    yield section("*Dates*")
    coming = [one for one in home.dates if one.day >= home.today]
    shown = listed(coming, lambda one: _date(one, home), 10)
    yield section(shown or "None is ahead.")
    yield small("`/dojo help` lists what you can do here.")


def _participating(it: ParticipantHome) -> Iterable[Block]:
    yield section(_sensei(it))
    if it.questions:
        yield section(f"*{count(len(it.questions), 'open question')}*")
        yield section(listed(it.questions, _question, _MOST_QUESTIONS))
    else:
        yield section("*No open question.* Nothing waits for you.")
    yield section(f"*What your capstone is about*\n{_brief(it)}")
    yield small(" · ".join([_linked(it.code), _capstone(it), *_paused(it.state)]))


def _sensei(it: ParticipantHome) -> str:
    if it.sensei is None:
        return "*Your sensei*\nNobody yet. Once you are matched, you two are introduced in a group message."
    how = "Write to them in the group you share, or directly."
    text = f"*Your sensei*\n{named(it.sensei)}\n{how}"
    return f"{text}\nThey are away today; {named(it.deputy)} stands in." if it.deputy else text


def _question(one: ShownQuestion) -> str:
    waits = _STATES.get(one.state) or _since(one.days)
    return f"• {link(one.address, one.about, _MOST_OF_A_QUESTION)} – {waits}"


def _since(days: int) -> str:
    return "since today" if days == 0 else f"for {count(days, 'day')}"


def _brief(it: ParticipantHome) -> str:
    if not it.brief.strip():
        return "Nothing is written yet; `/dojo brief` opens it."
    return mrkdwn(it.brief, _MOST_OF_A_BRIEF, lines=True)


def _linked(code: str | None) -> str:
    if code is None:
        return "GitHub: not linked yet, `/dojo link` shows how"
    return f"GitHub: {mrkdwn(code, MOST_OF_A_NAME)}"


def _capstone(it: ParticipantHome) -> str:
    if it.capstone is None:
        return "no repository is enrolled yet"
    return f"repository: {mrkdwn(it.capstone, 140)}"


def _paused(state: EnrolmentState) -> list[str]:
    return ["you are paused; `/dojo resume` ends that"] if state is EnrolmentState.PAUSED else []


def _guiding(it: SenseiHome, home: Home, page: int, *, paged: bool) -> Iterable[Block]:
    own = sum(not one.standing_in_for for one in it.participants)
    others = len(it.participants) - own
    stands_in = f"; you stand in for {others} more" if others else ""
    yield section(f"*Your participants* – {own} of the {it.capacity} you take{stands_in}")
    shown = page_of(it.participants, page, PER_PAGE)
    if it.waits:
        yield section("A lead has yet to confirm that you are a sensei. You hear of it in a message.")
    elif not it.participants:
        yield section("Nobody is paired with you yet. You are asked before anybody is.")
    for one in shown.items:
        yield section(_theirs(one))
    if shown.of > 1:
        yield small(f"{shown.words}. What moved is of the last seven days.")
        if paged:
            yield actions(*_pages(shown.number, shown.of))
    elif shown.items:
        yield small("What moved is of the last seven days.")
    if it.absences:
        yield section("*When you are away*\n" + listed(it.absences, lambda one: _away(one, home), 10))
    if notes := [*([] if it.code else [_linked(None)]), *([] if it.waits else _paused(it.state))]:
        yield small(" · ".join(notes))


def _pages(number: int, of: int) -> list[dict[str, Any]]:
    found = []
    if number > 1:
        found.append(button("Back", f"{PAGE}:back", str(number - 1)))
    if number < of:
        found.append(button("Next", f"{PAGE}:next", str(number + 1)))
    return found


def _theirs(one: SenseiParticipant) -> str:
    notes = [count(len(one.questions), "open question") if one.questions else "no open question"]
    notes.append(f"{count(one.moved, 'check')} moved" if one.moved else "nothing moved")
    if one.state is EnrolmentState.PAUSED:
        notes.append("paused")
    if one.standing_in_for:
        notes.append(f"you stand in for {mrkdwn(one.standing_in_for, MOST_OF_A_NAME)}")
    head = f"*{named(one.who)}* – {', '.join(notes)}"
    return f"{head}\n{listed(one.questions, _question, _MOST_OF_EACH)}".rstrip()


def _away(one: SenseiAbsence, home: Home) -> str:
    who = f"{mrkdwn(one.deputy, MOST_OF_A_NAME)} stands in" if one.deputy else "nobody stands in yet"
    return f"• {day(one.absence.first, home.today)} to {day(one.absence.last, home.today)}: {who}"


def _leading(it: LeadHome, home: Home) -> Iterable[Block]:
    people = f"{count(it.participants, 'participant')}, {count(it.senseis, 'sensei')}"
    yield section(f"*{mrkdwn(home.cohort, MOST_OF_A_NAME)}* – {people}")
    yield _block(
        f"Stuck: a question open for more than {STUCK_DAYS} days", listed(it.stuck, _stuck), "Nobody."
    )
    yield _block("Without a sensei", names(it.unpaired), "Nobody.", len(it.unpaired))
    yield _block("Senseis with no room left", listed(it.overloaded, _loaded), "None.")
    if it.away:
        yield _block("Senseis away", listed(it.away, lambda one: _sensei_away(*one, home), 20), "")
    if it.without_chat:
        title = f"{count(len(it.without_chat), 'person has', 'people have')} no Slack account linked"
        yield _block(title, f"{names(it.without_chat)}\nNo message of Sensei's reaches them.", "")
    if it.without_code:
        title = f"{count(len(it.without_code), 'participant has', 'participants have')} not linked GitHub"
        yield _block(title, names(it.without_code), "")


def _stuck(one: StuckParticipant) -> str:
    waits = f"{count(one.questions, 'question')}, the oldest for {one.days} days"
    return f"• {mrkdwn(one.name, MOST_OF_A_NAME)} – {waits}"


def _loaded(one: FullSensei) -> str:
    return f"• {mrkdwn(one.name, MOST_OF_A_NAME)} – {one.load} of {one.capacity}"


def _sensei_away(name: str, one: SenseiAbsence, home: Home) -> str:
    return f"• {mrkdwn(name, MOST_OF_A_NAME)}: {_away(one, home)[2:]}"


def _block(title: str, text: str, none: str, number: int = 0) -> Block:
    head = f"*{title}* ({number})" if number else f"*{title}*"
    return section(f"{head}\n{text or none}")


def _date(one: CohortDate, home: Home) -> str:
    kind = _KINDS.get(one.kind, "")
    title = mrkdwn(one.title, _MOST_OF_A_TITLE) if one.title.strip() else ""
    if kind and title and title.casefold() != kind.casefold():
        title = f"{kind}: {title}"
    return f"• {day(one.day, home.today)} – {title or kind}"
