"""How messages name the records of people."""

from bot.domain.pull_requests.records import Account
from bot.ports.personal_data import Subject
from bot.rendering.privacy.person_records import describe_namesakes, list_records

LINKED = Subject("a" * 32, (Account(7, "ada"),), ("U0ABC12345",), ("Ada", "Ada L."))
ENROLLED = Subject("b" * 32, (Account(8, "ada"),))
PASSING = Subject(None, (Account(9, ""),))


def test_a_record_is_named_by_its_id_its_accounts_and_its_names() -> None:
    assert list_records([LINKED, ENROLLED, PASSING]) == (
        f"{'a' * 32} (GitHub ada, Slack U0ABC12345, “Ada”, “Ada L.”); {'b' * 32} (GitHub ada); "
        "in no cohort (GitHub 9)"
    )


def test_records_with_the_same_name_are_offered_for_erasure() -> None:
    assert describe_namesakes([]) == ""
    assert describe_namesakes([ENROLLED]).endswith(
        "(GitHub ada). If it is about the same person, erase it too."
    )
    assert describe_namesakes([LINKED, ENROLLED]).startswith(
        "Sensei has 2 other records with the same name: "
    )
