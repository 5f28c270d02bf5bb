"""The App Home for each role, and its short form for ``/dojo status``. Neither shows a draft level."""

from collections.abc import Iterable

from bot.domain.dojo.app_home import (
    STUCK_DAYS,
    FullSensei,
    Home,
    LeadHome,
    ParticipantHome,
    SenseiAbsence,
    SenseiHome,
    SenseiParticipant,
    ShownPerson,
    ShownQuestion,
    StuckParticipant,
)
from bot.domain.dojo.people import Absence, CohortDate, DateKind, EnrolmentState
from bot.domain.pull_requests.records import QuestionState
from bot.ports.chat import Block, OutgoingMessage, View
from bot.rendering.articulation.slack_waiting_questions import waiting_blocks
from bot.rendering.chat.slack_blocks import (
    MOST_OF_A_NAME,
    actions,
    count,
    day,
    divider,
    fitted,
    header,
    listed,
    named,
    names,
    page_buttons,
    section,
    small,
)
from bot.rendering.chat.slack_text import link, moment, mrkdwn, page_of, plain
from bot.rendering.decisions.slack_list import home_blocks as decision_blocks
from bot.rendering.dojo.home_actions import action_rows
from bot.rendering.dojo.home_milestone import milestone_blocks
from bot.rendering.dojo.home_one_to_ones import one_to_one_blocks
from bot.rendering.dojo.slack_members import leads_block
from bot.rendering.dojo.slack_pending_requests import asked_blocks, describe_search, lead_blocks
from bot.rendering.dojo.slack_profile_view import profile_button
from bot.rendering.text.headcounts import describe_headcount
from bot.rendering.triage import slack_appeals, slack_levels
from bot.rendering.triage.slack_waiting import home_blocks as triage_blocks

PAGE = "home.page"
PER_PAGE = 20
_MOST_QUESTIONS, _MOST_OF_EACH = 10, 3
_MOST_OF_A_QUESTION, _MOST_OF_A_BRIEF, _MOST_OF_A_TITLE = 160, 1000, 80
_STATES = {QuestionState.DISPUTED: "awaiting a ruling", QuestionState.DEFERRED: "deferred"}
_WHEN = "{date_long_pretty}, {time}"
_MOVED_SINCE = (
    "A check has moved if a change in the last seven days made the evidence for it stronger or weaker."
)
_NO_PARTICIPANTS = {
    False: "I'll ask you before I pair you with anyone.",
    True: "You're paused, so I won't pair you with anyone until you resume.",
}
_UNREACHABLE = (
    "I can't send them messages. Ask them to use `/dojo join` in Slack and then `/dojo link`: that connects "
    "their accounts."
)
_KINDS = {
    DateKind.START: "Start",
    DateKind.DESIGN: "Design milestone",
    DateKind.MIDWAY: "Midway milestone",
    DateKind.FINAL: "Final milestone",
    DateKind.END: "End",
}


def home_view(home: Home, page: int = 1) -> View:
    """Return an App Home. ``page`` selects the page in a sensei's list of participants."""
    blocks = [*_guest_blocks(home), *action_rows(home)] if home.is_guest else [*_member_blocks(home, page)]
    return {"type": "home", "blocks": blocks}


def status_message(home: Home) -> OutgoingMessage:
    """Return the answer to ``/dojo status``, visible only to the person who asked."""
    if home.is_guest:
        blocks = [*_guest_blocks(home), *action_rows(home)]
        return OutgoingMessage("You're not in this dojo.", tuple(blocks))
    blocks = []
    if home.participant:
        blocks += _participant_blocks(home.participant, home, buttons=False)
    if home.sensei:
        blocks += asked_blocks(home.pending.asked, buttons=False)
        blocks += _sensei_blocks(home.sensei, home, 1, paged=False)
    if home.lead:
        blocks += lead_blocks(home.pending, home.today, buttons=False)
        blocks += slack_appeals.home_blocks(home.lead.appeals, home.today, buttons=False)
        blocks += _lead_blocks(home.lead, home)
    blocks += _others_leads(home)
    return OutgoingMessage(
        f"Your status in {mrkdwn(home.cohort, MOST_OF_A_NAME)}",
        fitted(blocks, "To see the rest, click the app's name and open its Home tab."),
    )


def dates_message(home: Home) -> OutgoingMessage:
    """Return the answer to ``/dojo dates``: the cohort's calendar."""
    title = f"*Dates for {mrkdwn(home.cohort, MOST_OF_A_NAME)}*"
    text = listed(home.dates, lambda entry: _format_date(entry, home)) if home.dates else "No dates yet."
    return OutgoingMessage(
        f"Dates for {mrkdwn(home.cohort, MOST_OF_A_NAME)}", (section(title), section(text))
    )


def _guest_blocks(home: Home) -> Iterable[Block]:
    yield header("The dojo")
    if not home.cohort:
        yield section(
            "There's no cohort here yet. The person who runs Sensei can create one with `sensei cohort add`."
        )
        return
    yield section(
        f"You're not in {mrkdwn(home.cohort, MOST_OF_A_NAME)}. You can join as a participant, or ask to be a "
        "sensei."
    )


def _member_blocks(home: Home, page: int) -> Iterable[Block]:
    yield header(plain(home.cohort, 100))
    yield from action_rows(home)
    yield from milestone_blocks(home)
    yield from one_to_one_blocks(home.one_to_ones)
    if home.lead:
        yield from lead_blocks(home.pending, home.today, buttons=True)
        yield from slack_appeals.home_blocks(home.lead.appeals, home.today, buttons=True)
        yield from _lead_blocks(home.lead, home)
        yield divider()
    if home.sensei:
        yield from triage_blocks(home.sensei.triage)
        yield from asked_blocks(home.pending.asked, buttons=True)
        yield from _sensei_blocks(home.sensei, home, page, paged=True)
        yield divider()
    if home.participant:
        yield from _participant_blocks(home.participant, home, buttons=True)
        yield divider()
    yield from _others_leads(home)
    yield section("*Dates*")
    upcoming = [entry for entry in home.dates if entry.day >= home.today]
    shown = listed(upcoming, lambda entry: _format_date(entry, home), 10)
    yield section(shown or "No upcoming dates.")
    yield small("`/dojo help` lists the commands you can use.")


def _others_leads(home: Home) -> Iterable[Block]:
    """Yield the leads, for a reader who is not one of them."""
    if home.leads and not home.lead:
        yield leads_block(home.leads)


def _participant_blocks(home: ParticipantHome, whole: Home, *, buttons: bool) -> Iterable[Block]:
    yield section(_describe_sensei(home, whole))
    yield from waiting_blocks(home.private)
    if home.questions:
        yield section(f"*{count(len(home.questions), 'open question')}*")
        yield section(listed(home.questions, format_question, _MOST_QUESTIONS))
    elif home.private:
        yield section("*No open questions on GitHub.*")
    else:
        yield section("*No open questions.* Nothing is waiting for you.")
    if home.defence_at:
        yield section(f"*Your defence*\n{moment(home.defence_at, _WHEN)}")
    if home.next_check_in:
        yield section(f"*Next check-in*\n{home.next_check_in} To change this, use `/dojo checkin`.")
    if home.absences and not whole.sensei:
        lines = listed(home.absences, lambda absence: f"• {_say_days(absence, whole)}", 10)
        yield section(f"*When you are away*\n{lines}")
    if buttons:
        yield from decision_blocks(home.decisions)
    yield from slack_levels.home_blocks(home.levels) if buttons else slack_levels.status_blocks(home.levels)
    yield section(f"*What your capstone is about*\n{_format_brief(home.brief)}")
    yield small(
        " · ".join([_describe_login(home.code), _describe_repository(home), *_describe_pause(home.state)])
    )


def _describe_sensei(home: ParticipantHome, whole: Home) -> str:
    if home.sensei is None and home.state is EnrolmentState.PAUSED:
        return "*Your sensei*\nYou're paused, so I won't pair you with anyone until you resume."
    if home.sensei is None:
        return f"*Your sensei*\n{describe_search(whole.pending.search, whole.today)}"
    text = f"*Your sensei*\n{named(home.sensei)}\nContact them in your group message, or directly."
    return f"{text}\nThey're away today; {named(home.deputy)} is standing in." if home.deputy else text


def format_question(question: ShownQuestion) -> str:
    """Return a line with a question, a link to it, and its state."""
    state = _STATES.get(question.state) or _format_age(question.days)
    return f"• {link(question.address, question.text, _MOST_OF_A_QUESTION)} – {state}"


def _format_age(days: int) -> str:
    return "since today" if days == 0 else f"for {count(days, 'day')}"


def _format_brief(brief: str) -> str:
    if not brief.strip():
        return "No description yet. Add one with `/dojo brief`."
    return mrkdwn(brief, _MOST_OF_A_BRIEF, lines=True)


def _describe_login(code: str | None) -> str:
    if code is None:
        return "GitHub: not linked yet; use `/dojo link`"
    return f"GitHub: {mrkdwn(code, MOST_OF_A_NAME)}"


def _describe_repository(home: ParticipantHome) -> str:
    if home.capstone is None:
        return "no repository enrolled yet"
    return f"repository: {mrkdwn(home.capstone, 140)}"


def _describe_pause(state: EnrolmentState) -> list[str]:
    return ["you're paused; `/dojo resume` ends the pause"] if state is EnrolmentState.PAUSED else []


def _sensei_blocks(sensei: SenseiHome, home: Home, page: int, *, paged: bool) -> Iterable[Block]:
    own = sum(not participant.standing_in_for for participant in sensei.participants)
    others = len(sensei.participants) - own
    stands_in = f"; you're also standing in as sensei for {count(others, 'participant')}" if others else ""
    yield section(f"*Your participants* – {own} of up to {sensei.capacity}{stands_in}")
    shown = page_of(sensei.participants, page, PER_PAGE)
    if sensei.waiting:
        yield section("A lead still has to confirm you as a sensei. I'll message you when they've decided.")
    elif not sensei.participants:
        rest = "" if home.pending.asked else f" {_NO_PARTICIPANTS[sensei.state is EnrolmentState.PAUSED]}"
        yield section(f"You have no participants yet.{rest}")
    for participant in shown.items:
        shows = profile_button(participant.enrolment) if participant.enrolment else None
        yield section(_format_participant(participant), shows)
    if shown.of > 1:
        yield small(f"{shown.words}. {_MOVED_SINCE}")
        if paged:
            yield actions(*page_buttons(PAGE, shown.number, shown.of))
    elif shown.items:
        yield small(_MOVED_SINCE)
    if sensei.absences:
        lines = listed(sensei.absences, lambda absence: _format_absence(absence, home), 10)
        yield section(f"*When you are away*\n{lines}")
    if notes := [
        *([] if sensei.code else [_describe_login(None)]),
        *([] if sensei.waiting else _describe_pause(sensei.state)),
    ]:
        yield small(" · ".join(notes))


def _format_participant(participant: SenseiParticipant) -> str:
    questions = participant.questions
    notes = [count(len(questions), "open question") if questions else "no open questions"]
    notes.append(f"{count(participant.moved, 'check')} moved" if participant.moved else "no checks moved")
    if participant.decisions:
        notes.append(count(participant.decisions, "decision"))
    if participant.skips_check_ins:
        notes.append("skipped the last two check-ins")
    if participant.defence_at:
        notes.append(f"defence on {moment(participant.defence_at, _WHEN)}")
    if participant.state is EnrolmentState.PAUSED:
        notes.append("paused")
    if participant.standing_in_for:
        notes.append(f"you're standing in for {named(participant.standing_in_for)}")
    head = f"*{named(participant.person)}* – {', '.join(notes)}"
    return f"{head}\n{listed(questions, format_question, _MOST_OF_EACH)}".rstrip()


def _format_absence(absence: SenseiAbsence, home: Home) -> str:
    return f"• {_describe_absence(absence, home)}"


def _describe_absence(absence: SenseiAbsence, home: Home) -> str:
    deputy = absence.deputy
    cover = f"deputy: {named(deputy)}" if deputy else "no deputy yet"
    return f"{_say_days(absence.absence, home)}, {cover}"


def _say_days(absence: Absence, home: Home) -> str:
    return f"{day(absence.first, home.today)} to {day(absence.last, home.today)}"


def _lead_blocks(lead: LeadHome, home: Home) -> Iterable[Block]:
    yield section(f"*{mrkdwn(home.cohort, MOST_OF_A_NAME)}* – {describe_headcount(lead.people)}")
    yield _titled_list(
        f"Stuck: participants with a question open for more than {STUCK_DAYS} days",
        listed(lead.stuck, _format_stuck),
        "Nobody.",
    )
    # An approved pair counts as paired, but its participant has no sensei before the introduction.
    others = ", apart from the people above who are waiting for a sensei's answer"
    nobody = f"Nobody{others if home.pending.answers else ''}."
    yield _titled_list("Without a sensei", names(lead.unpaired), nobody, len(lead.unpaired))
    yield _titled_list("Senseis with no free places", listed(lead.overloaded, _format_full), "None.")
    if lead.away:
        yield _titled_list(
            "Senseis away", listed(lead.away, lambda entry: _format_sensei_absence(*entry, home), 20), ""
        )
    if lead.without_chat:
        title = f"{count(len(lead.without_chat), 'person has', 'people have')} no Slack account linked"
        yield _titled_list(title, f"{names(lead.without_chat)}\n{_UNREACHABLE}", "")
    if lead.without_code:
        without_code = count(len(lead.without_code), "participant has", "participants have")
        title = f"{without_code} no GitHub account linked"
        yield _titled_list(title, names(lead.without_code), "")


def _format_stuck(stuck: StuckParticipant) -> str:
    questions = f"{count(stuck.questions, 'question')}, the oldest open for {stuck.days} days"
    return f"• {named(stuck.person)} – {questions}"


def _format_full(sensei: FullSensei) -> str:
    return f"• {named(sensei.person)} – {sensei.load} of {count(sensei.capacity, 'place')} taken"


def _format_sensei_absence(sensei: ShownPerson, absence: SenseiAbsence, home: Home) -> str:
    return f"• {named(sensei)}: {_describe_absence(absence, home)}"


def _titled_list(title: str, text: str, if_empty: str, number: int = 0) -> Block:
    head = f"*{title}* ({number})" if number else f"*{title}*"
    return section(f"{head}\n{text or if_empty}")


def _format_date(entry: CohortDate, home: Home) -> str:
    kind = _KINDS.get(entry.kind, "")
    title = mrkdwn(entry.title, _MOST_OF_A_TITLE) if entry.title.strip() else ""
    if kind and title and title.casefold() != kind.casefold():
        title = f"{kind}: {title}"
    return f"• {day(entry.day, home.today)} – {title or kind}"
