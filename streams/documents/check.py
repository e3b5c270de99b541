"""Mistakes of meaning: what is well formed and still cannot be what the parties meant.

Place on the data's way: the tree of `compose` → **mistakes** → documents. Each rule looks only at
the parts it needs, so that one broken field hides nothing else. The order here is the order of
explanation; the result is sorted by file and line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final

from streams.agreement import Agreement, Document
from streams.documents.check_chainage import marks_tell_places_apart, parts_lie_on_the_route
from streams.documents.check_claims import parties_claim_once, zones_are_drawn
from streams.documents.check_exchanges import (
    exchanges_can_be_told_apart,
    exchanges_say_when,
    lists_are_of_a_side,
    points_can_be_met_at,
    windows_lie_within,
)
from streams.documents.check_geometry import (
    baselines_can_be_measured_from,
    corridors_are_drawn,
    corridors_can_be_judged_by,
    derived_zones_can_be_judged_by,
    lines_have_two_sides,
    zones_can_be_judged_by,
)
from streams.documents.check_hours import (
    hours_hold_a_moment,
    hours_of_corridors_end,
    phase_days_run_forward,
    recurrences_can_be_read,
    time_zones_are_known,
)
from streams.documents.check_keys import (
    keys_can_verify,
    parties_that_cannot_sign,
    source_keys_have_names,
    source_keys_hold_sometime,
)
from streams.documents.check_methodology import (
    accuracies_reach_the_floor,
    incidents_may_grow,
    means_can_suffice,
    thresholds_are_in_order,
)
from streams.documents.check_names import (
    ids_stand_once,
    items_stand_once,
    names_are_known,
    wheres_name_something,
    zone_kinds_are_there,
    zones_nobody_names,
)
from streams.documents.check_overlaps import (
    hours_nobody_covers,
    requirements_are_not_prohibited,
)
from streams.documents.check_phases import (
    deadlines_can_be_met,
    phases_can_begin,
    repeats_can_be_told_apart,
)
from streams.documents.check_places import places_are_not_swapped, routes_are_near_zones
from streams.documents.check_rights import (
    parties_open_nothing,
    parties_that_settle,
    revocations_come_after,
    source_entries_are_told_apart,
)
from streams.documents.check_terms import (
    calibres_can_be,
    details_are_of_the_kinds,
    everywhere_is_alone,
    exceptions_can_hold,
    missing_weapons_are_required,
    numbers_fit_the_term,
    precedence_has_an_end,
    terms_prohibit_or_require,
    terms_say_what_can_be,
)
from streams.documents.check_times import (
    amendments_say_when_agreed,
    announced_windows_can_be_told_apart,
    announcements_that_differ,
    clauses_reach_back_by_word,
    intervals_run_forward,
    terms_meet_their_zones,
    validities_lie_within,
    windows_are_apart,
    zone_versions_are_apart,
)
from streams.documents.compose import Node
from streams.errors import Mistake
from streams.methodology import Methodology

Rule = Callable[[Node], Iterator[Mistake]]

RULES_OF: Final = MappingProxyType[type[Document], tuple[Rule, ...]](
    {
        Agreement: (
            ids_stand_once,
            names_are_known,
            zone_kinds_are_there,
            items_stand_once,
            wheres_name_something,
            intervals_run_forward,
            validities_lie_within,
            zone_versions_are_apart,
            windows_are_apart,
            announced_windows_can_be_told_apart,
            terms_meet_their_zones,
            amendments_say_when_agreed,
            clauses_reach_back_by_word,
            time_zones_are_known,
            hours_hold_a_moment,
            hours_of_corridors_end,
            recurrences_can_be_read,
            phase_days_run_forward,
            zones_are_drawn,
            parties_claim_once,
            zones_can_be_judged_by,
            baselines_can_be_measured_from,
            derived_zones_can_be_judged_by,
            lines_have_two_sides,
            corridors_are_drawn,
            corridors_can_be_judged_by,
            places_are_not_swapped,
            routes_are_near_zones,
            marks_tell_places_apart,
            parts_lie_on_the_route,
            phases_can_begin,
            deadlines_can_be_met,
            repeats_can_be_told_apart,
            exchanges_can_be_told_apart,
            exchanges_say_when,
            lists_are_of_a_side,
            points_can_be_met_at,
            windows_lie_within,
            parties_open_nothing,
            source_entries_are_told_apart,
            revocations_come_after,
            keys_can_verify,
            source_keys_have_names,
            source_keys_hold_sometime,
            terms_prohibit_or_require,
            terms_say_what_can_be,
            missing_weapons_are_required,
            details_are_of_the_kinds,
            calibres_can_be,
            numbers_fit_the_term,
            everywhere_is_alone,
            exceptions_can_hold,
            precedence_has_an_end,
            requirements_are_not_prohibited,
        ),
        Methodology: (
            intervals_run_forward,
            items_stand_once,
            thresholds_are_in_order,
            means_can_suffice,
            accuracies_reach_the_floor,
            time_zones_are_known,
            incidents_may_grow,
        ),
    }
)
"""What is checked in each kind of document."""


def check(root: Node, rules: tuple[Rule, ...]) -> Iterator[Mistake]:
    """Find every mistake of meaning in a document's tree."""
    for rule in rules:
        yield from rule(root)


def advise(root: Node) -> tuple[Mistake, ...]:
    """What is allowed and worth a second look; it fails nothing."""
    return (
        *zones_nobody_names(root),
        *parties_that_settle(root),
        *parties_that_cannot_sign(root),
        *hours_nobody_covers(root),
        *announcements_that_differ(root),
    )
