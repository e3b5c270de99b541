"""Attacks are flagged as what they are, among honest days of which nothing is flagged."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from random import Random

from streams.credibility.account import Account, account_of
from streams.credibility.flag import Flag, FlagKind
from streams.credibility.fold import flags
from streams.decode import decode_report
from streams.dossier import Dossier, Version
from streams.events import Report
from streams.vocabulary import Authentication
from tests.labelled_attacks import ATTACKS, PARTY_OF, Sent, attacks, honest
from tests.unit.streams.builders import methodology

SEEDS = range(6)
METHODOLOGY = methodology()


def accounts(sent: Iterable[Sent]) -> list[Account]:
    found = []
    for event, received in sent:
        report = decode_report(json.dumps(event).encode())
        assert isinstance(report, Report), report
        version = Version(report, Authentication.TOKEN, received)
        one = account_of(Dossier((version,)), PARTY_OF.get(report.source))
        assert one is not None
        found.append(one)
    return found


def test_there_are_attacks_of_every_kind() -> None:
    assert len(ATTACKS) >= 12
    assert {kind for kind, _ in ATTACKS.values()} == {str(kind) for kind in FlagKind}


def test_nothing_of_honest_days_is_flagged() -> None:
    for seed in SEEDS:
        assert flags(accounts(honest(seed)), METHODOLOGY) == [], seed


def test_recall_is_at_least_95_percent_and_each_flag_is_the_attacks_own() -> None:
    found: Counter[str] = Counter()
    for seed in SEEDS:
        beside = accounts(honest(seed))
        for attack in attacks(seed):
            told = flags([*beside, *accounts(attack.sent)], METHODOLOGY)
            of_kind = [flag for flag in told if flag.kind == attack.kind]
            flagged = {ref for flag in of_kind for ref in flag.reports}
            found[attack.name] += len(flagged & attack.reports) >= 0.5 * len(attack.reports)
            strangers = {ref for flag in told for ref in flag.reports} - attack.reports
            assert len(strangers) <= 0.05 * len(attack.reports) + 1, (attack.name, seed, told)
    tried = len(ATTACKS) * len(SEEDS)
    assert sum(found.values()) >= 0.95 * tried, {
        name: found[name] for name in ATTACKS if found[name] < len(SEEDS)
    }


def test_flags_are_of_the_set_of_reports() -> None:
    sent = [*honest(1), *(it for attack in attacks(1) for it in attack.sent)]
    expected = flags(accounts(sent), METHODOLOGY)
    assert {flag.kind for flag in expected} == set(FlagKind)
    shuffled = [*sent, *sent[:50]]
    Random(5).shuffle(shuffled)
    assert flags(accounts(shuffled), METHODOLOGY) == expected
    assert all(isinstance(flag, Flag) and flag.reason and flag.reports for flag in expected)
