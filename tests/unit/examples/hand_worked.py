"""Rows of the SMM table worked out by hand: where, when, how many, how much inside, what verdict.

Positions come from the row's anchor by pencil (a degree of latitude is 111.2 km; a degree of
longitude 74.5 km at 48.1° and 76.0 km at 47.1° north), shares from `flat_earth`, verdicts from the
thresholds 0.9 and 0.5 and from the clauses. Nothing here comes from the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from streams.vocabulary import Qualifier, Verdict

V = Verdict.VIOLATION
P = Verdict.POSSIBLE_VIOLATION
C = Verdict.CANNOT_DETERMINE
N = Verdict.NO_VIOLATION
X = Verdict.NOT_APPLICABLE

EXACT = Qualifier.EXACT

Observer: TypeAlias = tuple[float, float, float]
"""Lon, lat, accuracy in metres."""
Pointed: TypeAlias = tuple[str, float, float]
"""Compass points between bars (empty: all round), nearest and farthest in metres."""


@dataclass(frozen=True, slots=True)
class Worked:
    row: str
    observer: Observer | None
    """None: the location's extent is not known."""
    pointed: Pointed | None
    utc: tuple[str, str | None]
    count: tuple[int, int | None, Qualifier]
    shares: dict[str, float]
    """Zone → share of the region inside; a zone that is not named was not worked out."""
    verdicts: dict[str, Verdict]
    why: str

    @property
    def half_width(self) -> float:
        """Half the angle of a compass point: a word of three letters tells a rose of 16."""
        words = self.pointed[0].split("|") if self.pointed else ()
        return 11.25 if any(len(word) == 3 for word in words) else 22.5


WORKED = (
    Worked(
        "A-2",
        (37.7685, 48.0805, 1000),
        ("NE", 4500, 4500),
        ("2015-10-06T14:51Z", None),
        (1, 1, EXACT),
        {"security-zone": 0.64, "filtration-station": 0.00},
        {"cease-fire": P, "heavy-weapons": C, "disengagement-fire": X},
        "an arc 4.5 km from Spartak as wide as the observer's town point; weapon not named; "
        "the disengagement areas were agreed a year later",
    ),
    Worked(
        "B-6",
        (37.7754, 47.0863, 1800),
        ("NE", 3000, 4000),
        ("2015-07-06T21:00Z", "2015-07-07T20:59:59Z"),
        (11, 11, EXACT),
        {"security-zone": 0.19, "withdrawal-area": 1.0},
        {"cease-fire": C, "heavy-weapons": V},
        "3.5 km WSW of Shyrokyne is 3.23 km west and 1.34 km south of its point; the arc of the "
        "words reaches 0.75 km, the town 1 km; tanks belong out of the whole area",
    ),
    Worked(
        "D-3",
        (37.8184, 47.1769, 1000),
        ("S", 3000, 3000),
        ("2015-08-28T09:32Z", "2015-08-28T10:10Z"),
        (1, 1, EXACT),
        {"security-zone": 0.22},
        {"cease-fire": C, "heavy-weapons": C},
        "seen, not heard, and still mostly west of the strip",
    ),
    Worked(
        "F-3",
        (37.8184, 47.1769, 2000),
        ("SSW", 10_000, 15_000),
        ("2016-01-16T10:53Z", None),
        (1, 1, EXACT),
        {"security-zone": 0.0, "withdrawal-area": 0.73},
        {"cease-fire": N, "heavy-weapons": C, "filtration-station": N},
        "ten kilometres south-south-west is past the strip's western edge, out towards the sea",
    ),
    Worked(
        "F-8",
        (38.0171, 48.2999, 4000),
        ("W", 2000, 2000),
        ("2016-01-16T10:10Z", "2016-01-16T10:50Z"),
        (2, None, Qualifier.SEVERAL),
        {"security-zone": 0.30},
        {"cease-fire": C},
        "somewhere in a city, 2 km west of it: a third of that lies in the strip; `several` is "
        "two or more",
    ),
    Worked(
        "G-1",
        (37.8022, 48.023, 1000),
        ("N", 10_000, 15_000),
        ("2016-01-26T18:15Z", "2016-01-26T20:38Z"),
        (46, 46, EXACT),
        {"security-zone": 0.61, "filtration-station": 0.05},
        {"cease-fire": P, "filtration-station": C},
        "a slice of 10 to 15 km; two kilometres of square around the station are a twentieth of it",
    ),
    Worked(
        "H-1",
        (37.8189, 48.1268, 2400),
        ("SW", 2000, 5000),
        ("2016-03-28T21:00Z", "2016-03-29T20:59:59Z"),
        (135, 135, EXACT),
        {"security-zone": 0.75, "filtration-station": 0.05},
        {"cease-fire": P, "heavy-weapons": C},
        "3 km west of Yasynuvata is 0.0403° of longitude; the arc of the words reaches 1.36 km; "
        "clocks had gone forward two days before",
    ),
    Worked(
        "H-4",
        (37.7501, 48.1402, 2000),
        ("ESE", 4000, 6000),
        ("2016-03-28T21:00Z", "2016-03-29T20:59:59Z"),
        (1, 1, EXACT),
        {"security-zone": 0.76, "withdrawal-area": 1.0},
        {"cease-fire": P, "heavy-weapons": V},
        "one artillery round with its impact: possible for the strip, certain for the area",
    ),
    Worked(
        "I-6",
        (37.8592, 48.1268, 2000),
        ("S", 5000, 6000),
        ("2016-08-14T21:00Z", "2016-08-15T20:59:59Z"),
        (4, 4, EXACT),
        {"security-zone": 0.0, "withdrawal-area": 1.0},
        {"cease-fire": N, "heavy-weapons": V},
        "mortars 5 km south of Yasynuvata: behind the strip, within the withdrawal area",
    ),
    Worked(
        "J-8",
        (37.7501, 48.1402, 2000),
        ("SE", 2000, 6000),
        ("2016-08-15T21:00Z", "2016-08-16T20:59:59Z"),
        (1, 1, EXACT),
        {"security-zone": 0.78},
        {"cease-fire": P, "heavy-weapons": V},
        "a BM-21 is a multiple rocket launcher; one salvo is counted as one, however many rockets",
    ),
    Worked(
        "J-9",
        (37.7501, 48.1402, 2000),
        ("SE", 2000, 6000),
        ("2016-08-15T21:00Z", "2016-08-16T20:59:59Z"),
        (1, None, Qualifier.UNCOUNTABLE),
        {"security-zone": 0.78},
        {"cease-fire": P},
        "uncountable shots: at least one, no more is certain; small arms are not heavy weapons",
    ),
    Worked(
        "K-1",
        (37.8022, 48.023, 1000),
        ("NNE", 4000, 8000),
        ("2016-08-19T21:00Z", "2016-08-20T20:59:59Z"),
        (53, 53, EXACT),
        {"security-zone": 0.0},
        {"cease-fire": N, "heavy-weapons": C},
        "heard from Donetsk's centre, still within the city; `early morning` gives no hours",
    ),
    Worked(
        "L-1",
        (37.8022, 48.023, 1000),
        ("NNW", 7000, 9000),
        ("2016-08-21T21:00Z", "2016-08-23T20:59:59Z"),
        (15, 15, EXACT),
        {"security-zone": 0.95},
        {"cease-fire": V, "heavy-weapons": C},
        "the airport: nineteen twentieths of the slice lie in the strip; a night is two dates",
    ),
    Worked(
        "M-1",
        (38.0171, 48.2999, 4000),
        ("NE", 2000, 3000),
        ("2016-08-30T16:11Z", "2016-08-30T17:00Z"),
        (15, 20, Qualifier.RANGE),
        {"security-zone": 0.19, "withdrawal-area": 1.0},
        {"cease-fire": C, "heavy-weapons": V},
        "fifteen to twenty mortar rounds, inside the area wherever in Horlivka one listened",
    ),
    Worked(
        "N-4",
        (37.7501, 48.1402, 2000),
        ("SE", 2000, 6000),
        ("2016-11-05T22:00Z", "2016-11-07T21:59:59Z"),
        (5, 5, EXACT),
        {"security-zone": 0.78},
        {},
        "illumination flares are no fire: no clause speaks of them",
    ),
    Worked(
        "N-7",
        (37.7501, 48.1402, 2000),
        ("E|ESE|S", 3000, 6000),
        ("2016-11-06T22:00Z", "2016-11-07T21:59:59Z"),
        (34, 34, EXACT),
        {"security-zone": 0.87, "filtration-station": 0.05},
        {"cease-fire": P, "disengagement-fire": N},
        "three slices of 22.5°, two of them side by side; just short of nine tenths",
    ),
    Worked(
        "O-1",
        (38.4026, 48.3359, 2000),
        ("NW|WNW|ENE", 2000, 10_000),
        ("2016-11-07T22:00Z", "2016-11-08T21:59:59Z"),
        (483, 483, EXACT),
        {"security-zone": 0.17, "withdrawal-area": 0.84},
        {"cease-fire": C, "heavy-weapons": C},
        "of the three slices only the western ones reach the strip; the eastern one leaves even "
        "the withdrawal area",
    ),
    Worked(
        "O-4",
        (37.8592, 48.1268, 2000),
        ("WSW|W", 1000, 10_000),
        ("2016-11-07T22:00Z", "2016-11-08T21:59:59Z"),
        (200, None, Qualifier.HUNDREDS),
        {"security-zone": 0.64},
        {"cease-fire": P},
        "hundreds of bursts are two hundred or more, over ten kilometres of depth",
    ),
    Worked(
        "P-1",
        (37.8022, 48.023, 1000),
        ("NNW", 8000, 12_000),
        ("2017-01-30T22:00Z", "2017-02-01T21:59:59Z"),
        (994, 994, EXACT),
        {"security-zone": 0.91},
        {"cease-fire": V},
        "994 explosions are one violation with a count of 994; just above nine tenths",
    ),
    Worked(
        "S-1",
        (37.8022, 48.023, 1000),
        ("NW", 8000, 10_000),
        ("2017-03-13T22:00Z", "2017-03-14T21:59:59Z"),
        (27, 27, EXACT),
        {"security-zone": 1.0},
        {"cease-fire": V, "disengagement-fire": N},
        "wholly inside, although the bearing is only good to 22.5°",
    ),
    Worked(
        "T-2",
        (37.8022, 48.023, 1000),
        ("WSW", 6000, 12_000),
        ("2017-07-14T21:00Z", "2017-07-16T20:59:59Z"),
        (1, 160, Qualifier.ALMOST),
        {"security-zone": 0.09},
        {"cease-fire": C},
        "almost 160: fewer than that, and of a lower bound only that there was something",
    ),
    Worked(
        "V-1",
        (37.7501, 48.1402, 2000),
        ("ESE", 3000, 5000),
        ("2017-08-14T21:00Z", "2017-08-15T20:59:59Z"),
        (1, 1, EXACT),
        {"security-zone": 0.94, "filtration-station": 0.13},
        {"cease-fire": V, "filtration-station": C},
        "a camera's 3 to 5 km; an eighth of that lies around the filtration station",
    ),
    Worked(
        "Z-4",
        (38.2233, 48.4337, 1500),
        ("ENE|E", 3000, 4000),
        ("2018-10-02T21:00Z", "2018-10-04T20:59:59Z"),
        (130, 130, Qualifier.ABOUT),
        {"security-zone": 0.34},
        {"cease-fire": C},
        "about 130 stays about 130; neither end of it is a bound",
    ),
    Worked(
        "AA-3",
        (37.8592, 48.1268, 5000),
        ("N|SSE|SW|W|NW", 1000, 4000),
        ("2018-10-04T21:00Z", "2018-10-05T20:59:59Z"),
        (7, 7, EXACT),
        {"security-zone": 0.38},
        {"cease-fire": C},
        "five directions from somewhere in the `areas NW of` a town: nearly a disc of 9 km",
    ),
    Worked(
        "AA-8",
        (38.2233, 48.4337, 1500),
        ("", 4000, 8000),
        ("2018-10-04T21:00Z", "2018-10-05T20:59:59Z"),
        (14, 14, EXACT),
        {"security-zone": 0.44},
        {"cease-fire": C},
        "no bearing: the whole ring of 4 to 8 km around Svitlodarsk",
    ),
    Worked(
        "BB-2",
        (37.8855, 48.3708, 2000),
        ("SE", 500, 1000),
        ("2018-12-20T22:00Z", "2018-12-21T21:59:59Z"),
        (5, 5, EXACT),
        {"security-zone": 0.0, "withdrawal-area": 1.0},
        {"cease-fire": N, "disengagement-fire": N, "filtration-station": N},
        "the whole region is west of the strip, the weapons are small: the one row with nothing",
    ),
    Worked(
        "CC-1",
        (38.5151, 48.6952, 3000),
        ("SSE", 150, 200),
        ("2018-09-05T07:10Z", None),
        (4, 4, EXACT),
        {"security-zone": 0.74, "zolote": 0.14},
        {"cease-fire": P, "heavy-weapons": V, "disengagement-fire": C, "corridor-safety": C},
        "a disc of 3.1 km (30 km²) around Zolote; the disengagement area of 2.06 by 2.00 km is "
        "0.137 of that, plus what the disc is drawn out by; two of five parts lie on the corridor",
    ),
    Worked(
        "CC-4",
        (38.5151, 48.6952, 2000),
        ("SE|SSE", 1400, 1600),
        ("2018-09-05T05:35Z", "2018-09-05T07:13Z"),
        (9, 9, EXACT),
        {"security-zone": 1.0, "zolote": 0.22},
        {"cease-fire": V, "heavy-weapons": X, "disengagement-fire": C, "corridor-safety": C},
        "the monitors saw it inside the disengagement area; the camera's place alone does not say "
        "so; an automatic grenade launcher is no heavy weapon",
    ),
    Worked(
        "DD-3",
        (38.5151, 48.6952, 5000),
        ("NNW", 5, 5),
        ("2019-07-04T08:55Z", "2019-07-04T08:57Z"),
        (20, 30, Qualifier.RANGE),
        {"security-zone": 0.60, "zolote": 0.05},
        {"cease-fire": P, "disengagement-fire": C, "corridor-safety": X},
        "five metres from the monitors, and the monitors somewhere in 79 km²",
    ),
    Worked(
        "HH-1",
        (37.7871, 47.1127, 4700),
        ("SE|N", 600, 800),
        ("2015-04-25T21:00Z", "2015-04-26T20:59:59Z"),
        (69, 69, EXACT),
        {"security-zone": 0.17, "withdrawal-area": 1.0},
        {"cease-fire": C, "heavy-weapons": V},
        "two posts 3.6 km apart: from the middle 1.8 km to each, 1.82 km for the words `4.5km NW`, "
        "1 km for the town",
    ),
    Worked(
        "II-2",
        (37.818, 47.0984, 1000),
        ("N", 10_000, 10_000),
        ("2015-04-17T20:45Z", "2015-04-17T21:00Z"),
        (1, None, Qualifier.UNCOUNTABLE),
        {"security-zone": 0.35, "withdrawal-area": 1.0},
        {"cease-fire": C, "heavy-weapons": V},
        "23:45 to midnight, across two dates; artillery, exchanged, at ten kilometres",
    ),
    Worked(
        "C-1",
        None,
        None,
        ("2015-05-25T21:00Z", "2015-05-26T20:59:59Z"),
        (73, 73, EXACT),
        {},
        {"cease-fire": C, "heavy-weapons": C},
        "the railway station has no anchor, and no distance was given",
    ),
    Worked(
        "HH-4",
        None,
        None,
        ("2015-04-26T04:20Z", None),
        (2, 2, EXACT),
        {},
        {"cease-fire": C, "heavy-weapons": C},
        "the anchor is a Berdianske 7 km west of Mariupol; the row's is 18.5 km east",
    ),
    Worked(
        "JJ-2",
        None,
        None,
        ("2015-07-27T08:25Z", "2015-07-27T20:59:59Z"),
        (1, 1, EXACT),
        {},
        {"cease-fire": C},
        "an anchor and a bearing, no distance: the extent is not known; no end was given either",
    ),
    Worked(
        "NN-1",
        None,
        None,
        ("2020-02-18T03:30Z", "2020-02-18T09:30Z"),
        (2300, None, Qualifier.OVER),
        {},
        {"cease-fire": C},
        "over 2,300 explosions at three towns at once are at no one place",
    ),
)
