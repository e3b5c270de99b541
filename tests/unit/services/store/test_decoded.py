"""Documents that were read are kept by their hashes, as many as there is room for."""

from services.store.decoded import Decoded
from tests.unit.streams import builders

FIRST, SECOND, THIRD = (builders.agreement(version=number) for number in (1, 2, 3))


def test_what_was_not_asked_for_the_longest_is_forgotten_first() -> None:
    decoded = Decoded(limit_bytes=10)
    decoded.keep(b"1", FIRST, 5)
    decoded.keep(b"2", SECOND, 5)
    decoded.used(b"1")
    decoded.keep(b"3", THIRD, 5)
    assert decoded.held() == {b"1": FIRST, b"3": THIRD}


def test_the_last_one_is_kept_however_long_it_is() -> None:
    decoded = Decoded(limit_bytes=10)
    decoded.keep(b"1", FIRST, 5)
    decoded.keep(b"2", SECOND, 11)
    assert decoded.held() == {b"2": SECOND}


def test_what_somebody_holds_stays_with_him_when_it_is_forgotten() -> None:
    decoded = Decoded(limit_bytes=10)
    decoded.keep(b"1", FIRST, 5)
    held = decoded.held()
    decoded.keep(b"2", SECOND, 10)
    decoded.used(b"1")
    assert held[b"1"] is FIRST
    assert b"1" not in decoded.held()
