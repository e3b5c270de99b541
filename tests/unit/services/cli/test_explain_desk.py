"""What `truceline explain` says of the desk."""

from __future__ import annotations

from services.cli.explain import _reviews
from services.gateway.examples_desk import SHOWN


def test_who_did_what_with_a_result_is_told_beside_why_it_was_judged_so() -> None:
    confirmed, released = _reviews([SHOWN])
    assert confirmed.startswith("At the desk, under term no-fire: confirm of reading 1 by ana.")
    assert released.endswith("2018-09-05 05:30Z: read with the patrol's log")
    assert _reviews([]) == []
