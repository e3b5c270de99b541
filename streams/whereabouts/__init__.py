"""Whereabouts: where a subject is known to have been, from sightings that come late and unordered.

    sightings → place → contradictions → evidence for each zone → spells       (fold.py)

A *subject* is what several reports name by one `subject_ref`; a *sighting* is what one of them says
of it. Nothing between two sightings is guessed: what is not known is `undetermined`.
"""
