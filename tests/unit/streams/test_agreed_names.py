"""What events about exchanges and movements name, and that one agreement must have it all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.agreed_names import UNKNOWN_NAME, UNKNOWN_SOURCE, named_by, names_of, why_unknown
from streams.decode import Refusal
from streams.events import ContextEvent, NamedPlaces
from tests.unit.streams.context.said import counted, notifies
from tests.unit.streams.movements.moved import ACKNOWLEDGED, moved, moving, notified

STRANGE = "ivanenko"


def why(event: ContextEvent, *without: str) -> Refusal | None:
    """Under the agreement, and one that has nothing of these fields."""
    named = named_by(event)
    assert named is not None
    agreements = [replace(moving(), **dict.fromkeys(without, ()))] if without else [moving()]
    return why_unknown(named, map(names_of, agreements))


def test_what_names_an_agreements_own_is_taken_in() -> None:
    assert why(moved(1)) is None
    assert why(moved(2, ACKNOWLEDGED, source="liaison")) is None


@pytest.mark.parametrize(
    "event",
    [
        moved(1, notified(place=NamedPlaces(corridors=("c", STRANGE)))),
        moved(1, notified(place=NamedPlaces(zones=(STRANGE,)))),
        moved(1, notified(addressed=("north", STRANGE))),
        moved(1, organiser=STRANGE),
        moved(1, source=STRANGE),
        moved(1, ACKNOWLEDGED, source="liaison", organiser=STRANGE),
    ],
    ids=["corridor", "zone", "party", "organiser", "source", "organiser of an answer"],
)
def test_a_movement_that_names_anything_else_is_refused(event: ContextEvent) -> None:
    assert why(event) == UNKNOWN_NAME
    assert STRANGE not in UNKNOWN_NAME.message


def test_a_name_is_of_its_kind() -> None:
    assert why(moved(1, notified(addressed=("c",)))) == UNKNOWN_NAME
    assert why(moved(1, notified(place=NamedPlaces(zones=("c",))))) == UNKNOWN_NAME


def test_one_agreement_must_have_all_that_an_event_names() -> None:
    named = named_by(moved(1))
    assert named is not None
    halves = [replace(moving(), sources=()), replace(moving(), corridors=())]
    assert why_unknown(named, map(names_of, halves)) == UNKNOWN_NAME
    assert why_unknown(named, map(names_of, [*halves, moving()])) is None
    assert why_unknown(named, ()) == UNKNOWN_NAME


def test_a_count_in_an_exchange_names_its_source_alone() -> None:
    assert why(counted(1, 5), "zones", "corridors", "parties") is None
    assert why(counted(1, 5, source=STRANGE)) == UNKNOWN_SOURCE


def test_others_may_name_what_they_like() -> None:
    assert named_by(notifies("n-1")) is None
