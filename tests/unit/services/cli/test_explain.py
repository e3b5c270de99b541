"""`truceline explain --rules` says of every case of a term what was asked and answered."""

from __future__ import annotations

from services.cli.explain import _rules
from services.explain import Explained
from streams.agreement import Claim
from streams.assess import Judged
from streams.decode import Refusal
from streams.dossier import Dossier, Version, read_dossiers
from streams.events import Report
from streams.explain import explain
from streams.vocabulary import Authentication
from tests.unit.streams.builders import (
    LAT,
    LON,
    agreement,
    judged,
    point,
    register,
    report,
    square,
    zone,
)


def lines(one: Judged) -> list[str]:
    return _rules(Explained(one, explain(one), [], same=True, intact=True))


def read(*versions: Report) -> Judged:
    told = tuple(Version(said, Authentication.OPERATOR, None) for said in versions)
    (one,) = read_dossiers(register(), [Dossier(told)])
    assert not isinstance(one, Refusal)
    return one


def test_each_version_is_told_with_its_own_rules() -> None:
    told = lines(read(report(), report(exercise=True)))
    heads = {line for line in told if line.startswith("  Version ")}
    numbers = {line.split(",")[0] for line in heads}
    assert numbers == {"  Version 1", "  Version 2"}
    assert {line.partition(": ")[2] for line in heads} == {
        "violation, inside",
        "not_applicable, exercise",
    }
    assert "    exercise: yes (report.exercise yes)" in told


def test_a_claim_and_no_zone_are_told_in_words() -> None:
    claims = (Claim(party="north", geometry=square(LON, LAT + 0.06)),)
    told = lines(judged(report(location=point()), agreement(zones=(zone(claims=claims),))))
    assert "  In no zone of it, as north claims: no_violation, outside" in told
    assert "  inside: yes" in told
