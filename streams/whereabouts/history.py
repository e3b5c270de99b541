"""History: a file of reports → the whereabouts of every subject in it, with no engine at all.

Place on the data's way: `truceline whereabouts fold`, for people who try a methodology on what has
been seen, and for tests. The same bytes give the same bytes, subjects in the order of their names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from streams.assess import refusal_of
from streams.gather import Refused, gather
from streams.inforce import Register
from streams.whereabouts.fold import Whereabouts, whereabouts
from streams.whereabouts.sighting import Sighting, sightings_of


def fold_history(register: Register, lines: Iterable[bytes]) -> Iterator[Whereabouts | Refused]:
    """The whereabouts of all subjects; refused lines come first.

    A report that names no subject, or is of no kind that sees one, is passed over. One that nothing
    in force can read is refused, as it would be when judged.
    """
    gathered = gather(lines)
    yield from gathered.refused
    missions: defaultdict[str, defaultdict[str, list[Sighting]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for line, dossier in zip(gathered.lines, gathered.dossiers(), strict=True):
        said = sightings_of(dossier)
        first = dossier.versions[0].report
        refusal = refusal_of(register, first) if said else None
        if refusal is not None:
            yield Refused(line, refusal)
            continue
        for subject_ref, sighting in said.items():
            known = missions[first.mission][subject_ref]
            if sighting is not None:
                known.append(sighting)
    for mission in sorted(missions):
        yield from whereabouts(register, mission, sorted(missions[mission].items()))
