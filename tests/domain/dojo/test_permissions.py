"""Who may do what: every action by every role with every relation, as docs/people.md says it."""

import itertools
import re
from pathlib import Path

import pytest

from bot.domain.dojo.permissions import TABLE, Action, DojoRole, Relation, is_allowed, is_ever_allowed

DOCUMENT = Path(__file__).parents[3] / "docs" / "people.md"
# How the page writes a relation.
WRITTEN = {
    Relation.OWN: "own",
    Relation.THEIRS: "their participants'",
    Relation.OTHER: "anybody's",
    Relation.COHORT: "the cohort's",
}


def documented() -> dict[tuple[str, str], set[str]]:
    """Return what the page's table says: of an action and a role, the relations in words."""
    rows = [
        [cell.strip() for cell in line.strip("|\n").split("|")]
        for line in DOCUMENT.read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    found = {}
    for row in rows:
        name = re.fullmatch(r"`([a-z.]+)`", row[0])
        if name is None or name[1] not in set(Action):
            continue
        for role, cell in zip(DojoRole, row[2:], strict=True):
            found[name[1], role.value] = set() if cell == "–" else {word.strip() for word in cell.split(",")}
    return found


PAGE = documented()


@pytest.mark.parametrize("role", DojoRole)
def test_each_action_is_for_each_role_as_the_page_says(role: DojoRole) -> None:
    wrong = [
        (action, relation)
        for action, relation in itertools.product(Action, Relation)
        if is_allowed(action, {role}, relation) != (WRITTEN[relation] in PAGE[action.value, role.value])
    ]
    assert wrong == []


def test_every_action_has_its_row_in_the_table() -> None:
    assert set(TABLE) == set(Action)


def test_an_unknown_action_is_refused() -> None:
    assert not any(
        is_allowed("pair.guess", {role}, relation)  # type: ignore[arg-type]
        for role, relation in itertools.product(DojoRole, Relation)
    )


def test_who_is_nothing_is_a_guest() -> None:
    for action, relation in itertools.product(Action, Relation):
        assert is_allowed(action, (), relation) == is_allowed(action, {DojoRole.GUEST}, relation)


def test_several_roles_may_what_each_of_them_may_and_no_more() -> None:
    for action, relation in itertools.product(Action, Relation):
        for roles in itertools.combinations(DojoRole, 2):
            each = [is_allowed(action, {role}, relation) for role in roles]
            assert is_allowed(action, set(roles), relation) == any(each)


@pytest.mark.parametrize("action", [Action.NEVER_ADD, Action.NEVER_SEE, Action.NEVER_WITHDRAW])
def test_what_was_said_in_confidence_is_its_authors_alone(action: Action) -> None:
    for role, relation in itertools.product(DojoRole, set(Relation) - {Relation.OWN}):
        assert not is_allowed(action, {role}, relation)
    assert not is_ever_allowed(action, {DojoRole.OPERATOR})


def test_a_participant_may_nothing_with_what_is_somebody_elses() -> None:
    for action, relation in itertools.product(Action, (Relation.THEIRS, Relation.OTHER)):
        assert not is_allowed(action, {DojoRole.PARTICIPANT}, relation)


def test_a_sensei_may_nothing_with_what_is_of_others_participants() -> None:
    assert not any(is_allowed(action, {DojoRole.SENSEI}, Relation.OTHER) for action in Action)


def test_a_guest_may_join_look_and_ask_for_help() -> None:
    assert {action for action in Action if is_ever_allowed(action, {DojoRole.GUEST})} == {
        Action.JOIN,
        Action.HELP,
        Action.HOME_SEE,
    }
