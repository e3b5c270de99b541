from __future__ import annotations

import pytest

from streams.desk.item import IncidentItem, ViolationItem, read_item
from streams.keys import EventKind, event_key

KEY = event_key(EventKind.REPORT, "smm", "patrol-1", "r-1")


def test_a_name_leads_back_to_its_item() -> None:
    item = ViolationItem(KEY, "no-fire.2_b")
    assert str(item) == f"violation~{KEY}~no-fire.2_b"
    assert read_item(str(item)) == item


def test_an_incident_has_a_name_as_well() -> None:
    item = IncidentItem("0123456789abcdef")
    assert str(item) == "incident~0123456789abcdef"
    assert read_item(str(item)) == item


@pytest.mark.parametrize(
    "name",
    [
        "",
        "incident~",
        "incident~0123456789ABCDEF",
        "incident~0123456789abcdef~a",
        "violation",
        f"violation~{KEY}",
        f"violation~{KEY}~",
        f"violation~{KEY}~a~b",
        f"violation~{str(KEY).upper()}~a",
        "violation~no-key~a",
        f"other~{KEY}~a",
    ],
)
def test_what_is_no_name_is_no_item(name: str) -> None:
    assert read_item(name) is None
