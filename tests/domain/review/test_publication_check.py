from bot.domain.review.publication_check import count_refused_texts, is_question_allowed, remove_refused_texts
from bot.domain.review.report import Strength
from bot.domain.rubrics.overlays import signal_texts, with_packs
from bot.domain.rubrics.rubric import signal_owners
from tests import reviewing
from tests.rendering import reports


def by_model(**changes: object) -> dict[str, object]:
    return {"source": "model", **changes}


BAD = "This is level 3 work in every way."
GOOD = "The loop returns on its first turn."


def test_what_passes_is_the_very_same_report() -> None:
    report = reports.full()
    assert remove_refused_texts(report) is report


def test_what_signals_say_passes_as_it_is() -> None:
    report = reports.report(concerns=(reports.concern(BAD),), questions=(reports.question(BAD),))
    assert remove_refused_texts(report) is report


def test_what_only_claims_to_be_from_a_signal_is_left_out_where_signals_are_known() -> None:
    report = reports.report(
        movements=(reports.movement(missing=BAD),),
        concerns=(reports.concern(BAD), reports.concern(GOOD)),
        questions=(reports.question("Which level 3 loop is this?"), reports.question("Who waits for it?")),
    )
    admitted = remove_refused_texts(report, frozenset())
    assert admitted.movements == ()
    assert [one.text for one in admitted.concerns] == [GOOD]
    assert [one.text for one in admitted.questions] == ["Who waits for it?"]
    assert sum(admitted.left_out.values()) == 3
    assert remove_refused_texts(report, {BAD, "Which level 3 loop is this?"}) is report


def test_all_that_the_shipped_signals_say_is_known() -> None:
    said = signal_texts(reviewing.SHIPPED)
    criteria = with_packs(*reviewing.SHIPPED).criteria
    signals = [signal for _, owner in signal_owners(criteria) for signal in owner.signals]
    facts = tuple(reports.concern(one.text) for one in signals if one.text)
    missing = tuple(reports.movement(missing=one.missing) for one in signals if one.missing)
    asked = tuple(reports.question(check.probe) for one in criteria for check in one.checks)
    assert min(len(facts), len(missing), len(asked)) > 10
    report = reports.report(concerns=facts, movements=missing, questions=asked)
    assert remove_refused_texts(report, said) is report


def test_what_a_model_may_not_say_is_left_out_and_counted_once() -> None:
    facts = [reports.concern(text).model_copy(update=by_model()) for text in (BAD, GOOD)]
    report = reports.report(
        concerns=tuple(facts),
        questions=(reports.question("Which level 3 loop is this?").model_copy(update=by_model()),),
        movements=(reports.movement(missing="what level 3 asks").model_copy(update=by_model()),),
        strengths=(Strength(text="Excellent work on the loop here.", citation=reports.citation()),),
        left_out={"leading": 1},
    )
    admitted = remove_refused_texts(report)
    assert [one.text for one in admitted.concerns] == [GOOD]
    assert (admitted.questions, admitted.movements, admitted.strengths) == ((), (), ())
    assert admitted.left_out == {"leading": 1, "names a level": 3, "praises or blames": 1}
    assert remove_refused_texts(admitted) is admitted


def test_a_kept_question_may_be_asked_if_it_is_a_probe_or_passes() -> None:
    report = reports.report(questions=(reports.question("Which level 3 loop is this?"),))
    assert is_question_allowed("Which level 3 loop is this?", "a.py", "x", report)
    assert not is_question_allowed("Which level 3 loop is this?", "a.py", "x", None)
    assert is_question_allowed("How long is a caller willing to wait?", "a.py", "x", None)


def test_of_what_was_dropped_only_words_that_were_refused_count_as_left_out() -> None:
    dropped = {
        "question: leading": 1,
        "verdict: new words refused: leading": 2,
        "concern: quote not found": 4,
        "question: more than 3": 8,
        "why: names a level": 16,
    }
    assert count_refused_texts(dropped) == {"leading": 3}
