"""Where the parts of a decision go in a layout."""

from bot.domain.articulation.slots import Slot
from bot.domain.decisions.record_layouts import MADR, NYGARD


def test_each_part_has_a_place_in_both_common_layouts() -> None:
    for layout in (MADR, NYGARD):
        assert all(layout.owner(slot) for slot in Slot)


def test_a_part_without_a_heading_goes_under_a_related_one() -> None:
    places = {slot: heading.text for slot in Slot if (heading := NYGARD.owner(slot))}
    assert places == {
        Slot.CONTEXT: "Context",
        Slot.FACING: "Context",
        Slot.DECIDED: "Decision",
        Slot.AGAINST: "Decision",
        Slot.ACHIEVE: "Decision",
        Slot.ACCEPTING: "Consequences",
        Slot.EVIDENCE: "Consequences",
        Slot.REVISIT: "Consequences",
    }
