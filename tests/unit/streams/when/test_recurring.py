"""Rules that cannot be read, or that no clause can mean, are refused with what to write."""

from __future__ import annotations

import re

import pytest

from streams.agreement import Recurring
from streams.when.recurring import RecurrenceError, check_rule


def window(rule: str, start: str = "2024-01-01T06:00") -> Recurring:
    return Recurring(time_zone="Europe/Kyiv", start=start, rule=rule, minutes=60)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("every day", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("FREQ=DAILY;FREQ=DAILY", "each part once"),
        ("FREQ=HOURLY", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=DAILY;BYHOUR=6,18", "a window of its own"),
        ("FREQ=DAILY;UNTIL=20240301", "UNTIL=20250101T000000Z"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20240301T000000Z", "exclude each other"),
        ("FREQ=DAILY;INTERVAL=0", "from 1 on"),
        ("FREQ=DAILY;COUNT=0", "from 1 on"),
        ("FREQ=WEEKLY;BYDAY=XX", "cannot be read"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no day ever fits"),
        ("FREQ=DAILY;UNTIL=20230101T000000Z", "no day ever fits"),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3", "no day ever fits"),
        ("FREQ=DAILY;BYDAY=MO", "WEEKLY;BYDAY"),
        ("FREQ=YEARLY;BYWEEKNO=20", "takes no BYWEEKNO"),
    ],
)
def test_a_rule_that_no_clause_can_mean_is_refused(rule: str, says: str) -> None:
    with pytest.raises(RecurrenceError, match=re.escape(says)):
        check_rule(window(rule))


def test_a_start_on_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(RecurrenceError, match="cannot be read"):
        check_rule(window("FREQ=DAILY", "2024-02-30T06:00"))


def test_a_rule_that_begins_once_is_sound() -> None:
    check_rule(window("FREQ=DAILY;COUNT=1"))
