from bot.domain.evals.intervals import Tally
from bot.domain.evals.judging import JudgeItem, JudgeSheet, Verdict, judge, list_items
from tests.evaluating import at, case, fact, question, report

HEAD = "zero\n" + "".join(f"line {number}\n" for number in range(1, 31))


def item(name: str, kind: str = "question", case: str = "a") -> JudgeItem:
    return JudgeItem(name, "fact" if kind == "fact" else "question", "text", "place", "code", "", case)


def sheet(kind: str = "question", **verdicts: dict[str, object]) -> JudgeSheet:
    items = [{"id": name, "kind": kind, **answers} for name, answers in verdicts.items()]
    return JudgeSheet.model_validate({"schema": "sensei.judge-sheet/1", "items": items})


def test_verdicts_are_counted_as_by_hand() -> None:
    items = [item(name, case=name[0]) for name in ("a1", "a2", "b1", "b2", "c1")]
    first = sheet(
        a1={"as_worded": "yes", "would_ask": True},
        a2={"as_worded": "yes", "would_ask": False},
        b1={"as_worded": "no"},
        b2={"as_worded": "no"},
        gone={"as_worded": "yes"},
    )
    second = sheet(
        a1={"as_worded": "yes"}, a2={"as_worded": "no"}, b1={"as_worded": "no"}, c1={"as_worded": "yes"}
    )
    judgement = judge(items, [first, second])
    assert (judgement.items, judgement.unjudged) == (5, 0)
    worded = judgement.figures[Verdict.AS_WORDED]
    assert worded.shares == [Tally(2, 4), Tally(2, 4)]
    assert worded.agreement is not None
    # Both judged a1, a2 and b1, and agree on two. By chance: (2*1 + 1*2) / 9; (2/3 - 4/9) / (5/9) = 0.4.
    assert worded.agreement.agreed == Tally(2, 3)
    assert worded.agreement.kappa == 0.4
    assert judgement.figures[Verdict.WOULD_ASK].shares == [Tally(1, 2), Tally(0, 0)]
    assert judgement.figures[Verdict.IS_TRUE].shares == [Tally(0, 0), Tally(0, 0)]


def test_one_judge_has_no_agreement_and_what_is_not_judged_is_counted() -> None:
    judgement = judge([item("a1"), item("a2"), item("f", "fact")], [sheet(a1={"stilted": "no"}, a2={})])
    assert judgement.unjudged == 2
    assert judgement.figures[Verdict.STILTED].shares == [Tally(0, 1)]
    assert judgement.figures[Verdict.STILTED].agreement is None


def test_a_verdict_for_the_other_kind_is_not_counted() -> None:
    judgement = judge([item("a1")], [sheet(a1={"is_true": "yes"})])
    assert judgement.figures[Verdict.IS_TRUE].shares == [Tally(0, 0)]
    assert judgement.unjudged == 1


def test_an_item_shows_the_code_around_it_and_not_where_it_comes_from() -> None:
    told = case({}, HEAD, name="secret-name")
    (shown,) = list_items([(told, report(questions=[question(at(16, "line 15"), text="Why 15?")]))])
    lines = shown.code.split("\n")
    assert (lines[0], lines[8], lines[-1]) == ("   8  + line 7", "  16 >+ line 15", "  24  + line 23")
    assert shown.place == "a.py, line 16, after the change"
    assert shown.author_wrote == "After\n\nfor a reason"
    assert "secret-name" not in "".join((shown.id, shown.text, shown.place, shown.code, shown.author_wrote))
    start = list_items([(told, report(questions=[question(at(1, "zero"))]))])[0]
    assert start.code.split("\n")[0] == "   1 >  zero"


def test_an_item_of_the_base_and_one_of_the_authors_words_show_what_they_are_about() -> None:
    told = case({}, HEAD.removeprefix("zero\n"))
    removed = list_items([(told, report(concerns=[fact(at(1, "zero", base=True))]))])[0]
    assert (removed.kind, removed.place, removed.code) == (
        "fact",
        "a.py, line 1, before the change",
        "   1 >- zero",
    )
    spoken = at(3, "for a reason", path="commit message").model_copy(update={"source": "text"})
    said = list_items([(told, report(questions=[question(spoken)]))])[0]
    assert (said.place, said.code) == ("commit message, line 3, in the author's own words", "for a reason")


def test_a_planted_key_is_not_shown_to_a_judge() -> None:
    planted = [{"token": "@@KEY@@", "pieces": ["ab", "cd" * 8]}]
    keyed = case({}, f"one\nkey = ab{'cd' * 8}\n", planted=planted)
    (shown,) = list_items([(keyed, report(concerns=[fact(at(1, "one"))]))])
    assert "key = [key]" in shown.code
    assert "cdcd" not in shown.code


def test_the_order_of_items_does_not_depend_on_that_of_the_run() -> None:
    told, other = case({}, HEAD, name="a"), case({}, HEAD, name="b")
    asked = report(questions=[question(at(line, f"line {line - 1}")) for line in range(2, 12)])
    straight = list_items([(told, asked), (other, asked)])
    turned = asked.model_copy(update={"questions": asked.questions[::-1]})
    assert list_items([(other, turned), (told, turned)]) == straight
    assert len({shown.id for shown in straight}) == 20
    assert [shown.case for shown in straight] != sorted(shown.case for shown in straight)
