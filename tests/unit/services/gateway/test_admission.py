"""Who is let in, who is told to come again and when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.admission import Admission, network_of
from services.gateway.problems import Code, ProblemError
from services.limits import Limits, Rate

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMITS = Limits(requests=Rate(2, 4), events=Rate(10, 20), events_a_day=50, strangers=Rate(1, 3))


class Time:
    """Both clocks, moved by hand."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def now(self) -> datetime:
        return NOON + self.passed

    def ns(self) -> int:
        return int(self.passed.total_seconds()) * 1_000_000_000


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def admission(time: Time) -> Admission:
    return Admission(LIMITS, clock_ns=time.ns, now=time.now)


def refusal(ask: Callable[[], None]) -> tuple[Code, int | None]:
    with pytest.raises(ProblemError) as refused:
        ask()
    return refused.value.code, refused.value.retry_after_s


def test_a_token_over_its_requests_waits_as_long_as_it_is_told(
    admission: Admission, time: Time
) -> None:
    for _ in range(4):
        admission.request("one")
    code, wait_s = refusal(lambda: admission.request("one"))
    assert (code, wait_s) == (Code.TOO_MANY, 1)
    admission.request("other")
    time.passed += timedelta(seconds=wait_s or 0)
    admission.request("one")


def test_events_come_in_all_or_none_and_used_up_ones_are_refused_before_the_body(
    admission: Admission,
) -> None:
    admission.events("one", 15)
    assert refusal(lambda: admission.events("one", 6)) == (Code.TOO_MANY, 1)
    admission.events("one", 5)
    assert refusal(lambda: admission.request("one")) == (Code.TOO_MANY, 1)


def test_more_than_ever_comes_in_at_once_is_to_be_divided(admission: Admission) -> None:
    assert refusal(lambda: admission.events("one", 21)) == (Code.BODY_TOO_LARGE, None)


def test_a_full_day_ends_at_midnight(admission: Admission, time: Time) -> None:
    for _ in range(5):
        admission.events("one", 10)
        time.passed += timedelta(seconds=1)
    code, wait_s = refusal(lambda: admission.events("one", 1))
    assert (code, wait_s) == (Code.DAY_IS_FULL, 12 * 3600 - 5)
    admission.events("other", 1)
    time.passed += timedelta(seconds=wait_s or 0)
    admission.events("one", 1)


def test_what_was_stored_before_counts_for_its_day_alone(admission: Admission, time: Time) -> None:
    admission.day.add_stored({"one": 45}, NOON.date())
    assert refusal(lambda: admission.events("one", 6))[0] is Code.DAY_IS_FULL
    time.passed += timedelta(days=1)
    admission.events("one", 6)
    admission.day.add_stored({"one": 45}, NOON.date())
    admission.events("one", 6)


def test_strangers_are_counted_by_address_and_by_network(admission: Admission) -> None:
    for _ in range(3):
        admission.stranger("2001:db8::1")
    assert refusal(lambda: admission.stranger("2001:db8::ffff")) == (Code.TOO_MANY_STRANGERS, 1)
    admission.stranger("2001:db8:0:1::1")
    admission.stranger("192.0.2.1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("2001:db8::1", "2001:db8:0:0:ffff::", True),
        ("", "", True),
    ],
)
def test_one_sender_is_an_address_or_a_subscribers_network(
    one: str, other: str, *, same: bool
) -> None:
    assert (network_of(one) == network_of(other)) is same


def test_no_address_is_kept(admission: Admission) -> None:
    admission.stranger("192.0.2.77")
    kept = repr([vars(value) for value in vars(admission).values() if hasattr(value, "__dict__")])
    assert "192.0.2.77" not in kept
    assert repr(network_of("192.0.2.77")) not in kept
