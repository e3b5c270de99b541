"""OSCE SMM words → the vocabulary's words, each decision with its reason.

Place on the data's way: rows of the SMM's observation tables → `smm` → Report. What is not in a
table here is refused by `smm`, never guessed. Two principles decide the rest:

1. The kind is what the mission counted. It is never changed into another kind, so that totals by
   kind reconcile with the mission's own.
2. What the vocabulary says more coarsely than the row stays in the report's remark, in the row's
   own words.
"""

from __future__ import annotations

from streams.vocabulary import Detail, Kind, Means, Qualifier, Side, Weapon

KINDS: dict[str, tuple[Kind, Detail | None]] = {
    "explosion": (Kind.EXPLOSION, None),
    "round": (Kind.ROUND, None),
    "burst": (Kind.BURST, None),
    "shot": (Kind.SHOT, None),
    "salvo": (Kind.SALVO, None),
    "tracer": (Kind.TRACER, None),
    # A lit round or shell that a camera sees fly: SMM's "projectile" is the thing in flight.
    "projectile": (Kind.PROJECTILE_IN_FLIGHT, None),
    # SMM's flares light the ground; a signal flare would be named as one.
    "flare": (Kind.ILLUMINATION_FLARE, None),
    # An airburst is an explosion, in the air: SMM prints it beside explosions, in one series.
    "airburst": (Kind.EXPLOSION, Detail.AIRBURST),
    "exchange": (Kind.EXCHANGE_OF_FIRE, None),
    # Bursts and shots counted together ("170 bursts and shots"): every burst begins with a shot,
    # no single shot is a burst. `shot` claims less, and the count is of the things heard.
    "burst|shot": (Kind.SHOT, None),
    "shot|burst": (Kind.SHOT, None),
}
"""Word of the `kind` column → kind, and the detail that the word itself holds."""

DETAILS: dict[tuple[Kind, str], Detail | None] = {
    (Kind.EXPLOSION, "undetermined"): Detail.UNDETERMINED,
    (Kind.EXPLOSION, "impact"): Detail.IMPACT,
    (Kind.EXPLOSION, "outgoing"): Detail.OUTGOING,
    # An explosion assessed as incoming is heard where the flight ended. SMM prints airbursts under
    # their own word, so the end was on the ground: an impact.
    (Kind.EXPLOSION, "incoming"): Detail.IMPACT,
    # One number for incoming and outgoing explosions together: which was which is not said.
    (Kind.EXPLOSION, "incoming|outgoing"): Detail.UNDETERMINED,
    (Kind.ROUND, "incoming"): Detail.INCOMING,
    (Kind.ROUND, "outgoing"): Detail.OUTGOING,
    (Kind.ROUND, "undetermined"): Detail.UNDETERMINED,
    # A round heard to impact there came in there. It stays a round (principle 1): as an
    # `explosion` it would move from one of the mission's totals to another.
    (Kind.ROUND, "impact"): Detail.INCOMING,
    # These kinds have no detail in the vocabulary: the word is kept in the remark alone.
    (Kind.BURST, "outgoing"): None,
    (Kind.SHOT, "outgoing"): None,
    (Kind.SALVO, "outgoing"): None,
    (Kind.PROJECTILE_IN_FLIGHT, "incoming"): None,
}
"""Kind and word of the `assessed` column → detail. An empty column is no detail: `undetermined`
is a monitor's word, and here no monitor said it."""

WEAPONS: dict[str, Weapon] = {
    "small-arms": Weapon.SMALL_ARMS,
    "light-weapons": Weapon.LIGHT_WEAPONS,
    "machine-gun": Weapon.MACHINE_GUN,
    "heavy-machine-gun": Weapon.HEAVY_MACHINE_GUN,
    "automatic-grenade-launcher": Weapon.AUTOMATIC_GRENADE_LAUNCHER,
    "mortar": Weapon.MORTAR,
    "artillery": Weapon.ARTILLERY,
    "tank": Weapon.TANK,
    "undetermined": Weapon.UNDETERMINED,
    # Models are classes here; the model's name stays in the remark.
    "MLRS BM-21": Weapon.MLRS,
    "SPG-9": Weapon.RECOILLESS_GUN,
    # The fire of a BMP-1 is its 73 mm gun's; the class is the vehicle that fired.
    "BMP-1": Weapon.INFANTRY_FIGHTING_VEHICLE,
}

MEANS: dict[tuple[str, str], tuple[Means, ...]] = {
    ("heard", "patrol"): (Means.HEARD,),
    ("heard", "base"): (Means.HEARD,),
    ("saw", "patrol"): (Means.SAW,),
    ("heard+saw", "patrol"): (Means.HEARD, Means.SAW),
    ("recorded", "camera"): (Means.CAMERA,),
    # "Recorded" by people, without a camera: whether they heard or saw it is not said. Hearing is
    # the least that recording an explosion or a shot takes, so no more is claimed.
    ("recorded", "patrol"): (Means.HEARD,),
    ("recorded", "base"): (Means.HEARD,),
    ("heard+recorded", "patrol+base+camera"): (Means.HEARD, Means.CAMERA),
}
"""Columns `mode` and `platform` → means of observation."""

NUMBERED: dict[str, Qualifier] = {
    "exact": Qualifier.EXACT,
    "at_least": Qualifier.AT_LEAST,
    "over": Qualifier.OVER,
    "about": Qualifier.ABOUT,
    "almost": Qualifier.ALMOST,
    "range": Qualifier.RANGE,
}
"""Qualifiers that stand beside a number; `smm_counts` says what each makes of it."""

WORDED: dict[str, tuple[Qualifier, int]] = {
    # Dictionaries differ on two or three; two is certain by all of them.
    "several": (Qualifier.SEVERAL, 2),
    "multiple": (Qualifier.MULTIPLE, 2),
    "hundreds": (Qualifier.HUNDREDS, 200),
    # Too many, too fast or overlapping: all that is certain is that there was something.
    "uncountable": (Qualifier.UNCOUNTABLE, 1),
}
"""Qualifiers that stand instead of a number → the least that the word can mean; the top is open."""

COMPASS: dict[str, float] = {
    name: 22.5 * number
    for number, name in enumerate(
        "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()  # noqa: SIM905 (a rose reads as one line)
    )
}
"""Compass point → degrees clockwise from north."""

SIDES: dict[str, tuple[str, Side]] = {
    "assessed INSIDE the disengagement area, south of its N edge": ("zolote", Side.INSIDE),
    "assessed OUTSIDE the disengagement area": ("petrivske", Side.OUTSIDE),
}
"""Notes in which the monitors themselves placed it → the zone's id and their word."""
