"""What an export's page says about rulings, exemptions and appeals."""

from collections.abc import Iterator

from bot.rendering.privacy.export_words import Json, day, is_other, quote_lines
from bot.rendering.review.markdown import code
from bot.rendering.text.safe_text import count

_MILESTONES = {None: "", "design": ", for the design milestone", "midway": ", for the midway milestone"}
_FINAL = ", for the final milestone"
_ROLES = {"sensei": "your sensei", "deputy": "your sensei's deputy", "second": "a second sensei"}
_APPEALS = {
    "asked": "a lead still has to name a second sensei",
    "assigned": "the second sensei still has to rule",
    "ruled": "the second sensei has ruled",
    "withdrawn": "you took the request back",
}


def ruling_lines(capstone: Json) -> Iterator[str]:
    """Yield what senseis ruled on a person's capstone, and what they found not to apply to it."""
    if capstone["rulings"]:
        yield from ("", "#### Levels that a sensei ruled", "")
    for ruling in capstone["rulings"]:
        yield from _ruling_lines(ruling)
    if capstone["exemptions"]:
        yield from ("", "#### Checks that don't apply", "")
    for exemption in capstone["exemptions"]:
        yield from _exemption_lines(exemption, "- On", "a sensei")
    if snapshots := len(capstone["snapshots"]):
        yield ""
        yield f"Weekly counts of your checks by their state: {snapshots:,}. The JSON has all of them."


def ruled_lines(elsewhere: Json) -> Iterator[str]:
    """Yield rulings on a person's work in former capstones, and what they decided as a sensei."""
    for ruling in elsewhere["rulings"]:
        yield f"- In capstone {ruling['capstone']}, which was yours:"
        for line in _ruling_lines(ruling):
            yield f"  {line}" if line else ""
    for ruling in elsewhere["ruled"]:
        yield f"- In capstone {ruling['capstone']}, {_describe_ruling(ruling, 'you', 'on')}"
        yield from _written("To the participant, you wrote:", ruling["sentence"])
        yield from _written("Your reason, for senseis:", ruling["reason"])
    for exemption in elsewhere["exempted"]:
        yield from _exemption_lines(exemption, f"- In capstone {exemption['capstone']}, on", "you")
    if appeals := len(elsewhere["second_opinions"]):
        yield f"- You were named for {count(appeals, 'second opinion')}."


def _ruling_lines(ruling: Json) -> Iterator[str]:
    who = "you, as its sensei," if ruling["sensei"] == "themselves" else _ROLES[ruling["role"]]
    yield f"- {_describe_ruling(ruling, who)}"
    yield from _written("The sensei wrote to you:", ruling["sentence"])
    if (appeal := ruling["appeal"]) is not None:
        yield f"  On {day(appeal['at'])}, you asked for a second opinion; {_APPEALS[appeal['state']]}."
        yield from _written("You wrote:", "" if is_other(appeal["reason"]) else appeal["reason"])


def _describe_ruling(ruling: Json, who: str, on: str = "On") -> str:
    ruled = "couldn't judge" if ruling["level"] is None else f"ruled level {ruling['level']} for"
    milestone = _MILESTONES.get(ruling["milestone"], _FINAL)
    return f"{on} {day(ruling['at'])}, {who} {ruled} {code(ruling['criterion'])}{milestone}."


def _exemption_lines(exemption: Json, on: str, who: str) -> Iterator[str]:
    ended = f" (this exemption ended on {day(exemption['ended_at'])})" if exemption["ended_at"] else ""
    subject = f"{exemption['kind']} {code(exemption['subject'])}"
    yield f"{on} {day(exemption['at'])}, {who} decided that the {subject} doesn't apply{ended}:"
    yield from _written("", exemption["reason"])


def _written(introduction: str, text: str) -> Iterator[str]:
    """Yield a quotation below a list item, or nothing if there is no text."""
    if not text:
        return
    if introduction:
        yield f"  {introduction}"
    yield ""
    yield from quote_lines(text, "  ")
    yield ""
