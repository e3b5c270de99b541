"""What was reported, in words: no number, qualifier or offset is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Count
from streams.languages.voice import Language, voice
from streams.phrases import how_many, moment, what, when
from streams.vocabulary import Detail, Kind, Means, Qualifier, Weapon
from tests.unit.streams.builders import report

SAY = voice(Language.ENGLISH)
KYIV = timezone(timedelta(hours=3))
MORNING = datetime(2018, 9, 5, 8, 35, tzinfo=KYIV)


@pytest.mark.parametrize(
    ("kind", "count", "said"),
    [
        (Kind.EXPLOSION, None, "an explosion"),
        (Kind.EXPLOSION, Count(min=1, max=1), "1 explosion"),
        (Kind.EXPLOSION, Count(min=9, max=9), "9 explosions"),
        (Kind.EXPLOSION, Count(min=0, max=0), "0 explosions"),
        (Kind.EXCHANGE_OF_FIRE, None, "an exchange of fire"),
        (Kind.EXCHANGE_OF_FIRE, Count(min=1), "at least 1 exchanges of fire"),
        (Kind.EXCHANGE_OF_FIRE, Count(min=1, max=1), "1 exchange of fire"),
        (
            Kind.MUZZLE_FLASH,
            Count(min=2, max=3, qualifier=Qualifier.RANGE),
            "2 to 3 muzzle flashes",
        ),
        (Kind.SHOT, Count(min=60, max=60, qualifier=Qualifier.ABOUT), "about 60 shots"),
        (Kind.SHOT, Count(min=60, qualifier=Qualifier.OVER), "over 60 shots"),
        (Kind.SHOT, Count(min=1, max=60, qualifier=Qualifier.ALMOST), "almost 1 to 60 shots"),
        (Kind.BURST, Count(min=100, qualifier=Qualifier.HUNDREDS), "hundreds: at least 100 bursts"),
        (Kind.BURST, Count(min=2, qualifier=Qualifier.SEVERAL), "several: at least 2 bursts"),
        (
            Kind.BURST,
            Count(min=1, qualifier=Qualifier.UNCOUNTABLE),
            "an uncountable number of bursts",
        ),
    ],
)
def test_a_kind_agrees_with_its_number(kind: Kind, count: Count | None, said: str) -> None:
    assert how_many(kind, count, SAY) == said


@given(st.sampled_from(Kind))
def test_every_kind_has_a_singular_and_a_plural(kind: Kind) -> None:
    one, several = (
        how_many(kind, Count(min=1, max=1), SAY),
        how_many(kind, Count(min=2, max=2), SAY),
    )
    assert one.startswith("1 ")
    assert "_" not in one + several
    assert several.startswith("2 ")
    assert one[2:] != several[2:] or kind is Kind.TROOP_PRESENCE


def test_details_weapons_and_means_are_spoken() -> None:
    said = report(
        kind=Kind.EXPLOSION,
        detail=Detail.IMPACT,
        weapons=(Weapon.MORTAR, Weapon.AUTOMATIC_GRENADE_LAUNCHER),
        means=(Means.SAW, Means.HEARD),
        count=Count(min=3, max=3),
    )
    assert what(said, SAY).startswith(
        "3 explosions (impact), mortar and automatic grenade launcher, seen and heard, at "
    )


@pytest.mark.parametrize("means", list(Means))
def test_every_means_is_spoken(means: Means) -> None:
    assert "_" not in what(report(means=(means,)), SAY)


def test_a_moment_keeps_its_offset_and_is_said_in_utc_too() -> None:
    assert when(MORNING, None, SAY) == "at 2018-09-05 08:35 UTC+03:00, that is 2018-09-05 05:35 UTC"


def test_a_moment_in_utc_is_said_once() -> None:
    assert when(MORNING.astimezone(UTC), None, SAY) == "at 2018-09-05 05:35 UTC"


def test_an_interval_of_one_day_says_the_day_once() -> None:
    assert when(MORNING, MORNING + timedelta(hours=2), SAY) == (
        "at some time from 2018-09-05 08:35 to 10:35 UTC+03:00, "
        "that is 2018-09-05 05:35 to 07:35 UTC"
    )


def test_an_interval_over_midnight_says_both_days() -> None:
    assert "2018-09-05 08:35 to 2018-09-06 08:35 UTC+03:00" in when(
        MORNING, MORNING + timedelta(days=1), SAY
    )


def test_an_interval_of_two_offsets_says_both() -> None:
    end = (MORNING + timedelta(hours=2)).astimezone(timezone(timedelta(hours=2)))
    said = when(MORNING, end, SAY)
    assert "2018-09-05 08:35 UTC+03:00 to 2018-09-05 09:35 UTC+02:00" in said


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_no_part_of_an_instant_is_lost(value: datetime) -> None:
    assert datetime.fromisoformat(moment(value).replace(" UTC", "Z").replace(" ", "T", 1)) == value
