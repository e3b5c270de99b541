"""Misfit: why an act in a case, or a message, has no effect, and what to do about it.

Place on the data's way: fold → **why not** → who acted. What has no effect is kept and shown with
its reason; the gateway tells who brings such an act before it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from streams.rights import Lost
from streams.vocabulary import Word


class Misfit(Word):
    """Stable words."""

    NOT_OPENED = "not_opened"
    FROM_FUTURE = "from_future"
    ADMINISTRATOR = "administrator_cannot"
    NOT_THE_MISSIONS = "not_the_missions"
    NOT_A_PARTYS = "not_a_partys"
    UNKNOWN_PARTY = "unknown_party"
    NOTHING_TO_ATTRIBUTE = "nothing_to_attribute"
    UNKNOWN_SOURCE = "unknown_source"
    NOT_IN_FORCE = "not_in_force"
    REVOKED = "revoked"
    KEY_UNKNOWN = "key_unknown"
    KEY_NOT_VALID = "key_not_valid"
    KEY_REVOKED = "key_revoked"
    WRONG_SIGNATURE = "wrong_signature"
    WITHOUT_RIGHT = "without_right"
    VERSION_IS_DRAFT = "version_is_draft"
    HOLDER_UNNAMED = "holder_unnamed"
    OTHER_STAGE = "other_stage"
    DONE_ALREADY = "done_already"
    NOT_PENDING = "not_pending"
    NOT_UNDER_INQUIRY = "not_under_inquiry"
    SIGNED_ALREADY = "signed_already"
    SIGNED_OTHERWISE = "signed_otherwise"
    SAME_PARTY = "same_party"
    RULED_BEFORE = "ruled_before"
    RULED_OTHERWISE = "ruled_otherwise"
    RULINGS_CONTRADICT = "rulings_contradict"
    NOT_RULED = "not_ruled"
    OTHER_RULING = "other_ruling"
    NO_SUCH_MESSAGE = "no_such_message"
    NOT_ADDRESSED = "not_addressed"
    DEADLINE_PASSED = "deadline_passed"
    CUSTODY_GAP = "custody_gap"
    CUSTODY_FORK = "custody_fork"
    CUSTODY_BACKWARDS = "custody_backwards"

    @property
    def is_about_who(self) -> bool:
        """Whether it is the actor who may not; else the act does not fit now."""
        return self in _ABOUT_WHO


_ABOUT_WHO: Final = frozenset(
    {
        Misfit.FROM_FUTURE,
        Misfit.ADMINISTRATOR,
        Misfit.NOT_THE_MISSIONS,
        Misfit.NOT_A_PARTYS,
        Misfit.UNKNOWN_SOURCE,
        Misfit.NOT_IN_FORCE,
        Misfit.REVOKED,
        Misfit.KEY_UNKNOWN,
        Misfit.KEY_NOT_VALID,
        Misfit.KEY_REVOKED,
        Misfit.WRONG_SIGNATURE,
        Misfit.WITHOUT_RIGHT,
        Misfit.VERSION_IS_DRAFT,
        Misfit.HOLDER_UNNAMED,
    }
)

LOST: Final[Mapping[Lost, Misfit]] = {
    Lost.UNKNOWN: Misfit.UNKNOWN_SOURCE,
    Lost.NOT_IN_FORCE: Misfit.NOT_IN_FORCE,
    Lost.REVOKED: Misfit.REVOKED,
    Lost.KEY_UNKNOWN: Misfit.KEY_UNKNOWN,
    Lost.KEY_NOT_VALID: Misfit.KEY_NOT_VALID,
    Lost.KEY_REVOKED: Misfit.KEY_REVOKED,
}

TO_DO: Final[Mapping[Misfit, str]] = {
    Misfit.NOT_OPENED: "No such case is open. Look at its id.",
    Misfit.FROM_FUTURE: "It is dated more than five minutes ahead: set the clock, write it anew.",
    Misfit.ADMINISTRATOR: "Who administers the program does nothing in a case. Use another token.",
    Misfit.NOT_THE_MISSIONS: "An investigator of the mission does this.",
    Misfit.NOT_A_PARTYS: "A party does this, through a source that the agreement names for it.",
    Misfit.UNKNOWN_PARTY: "The agreement has no such party.",
    Misfit.NOTHING_TO_ATTRIBUTE: "Only who rules that there was a violation says whose it was.",
    Misfit.UNKNOWN_SOURCE: "The agreement does not name this source.",
    Misfit.NOT_IN_FORCE: "The source had no right in force then.",
    Misfit.REVOKED: "The source is revoked.",
    Misfit.KEY_UNKNOWN: "The agreement does not give the source this key.",
    Misfit.KEY_NOT_VALID: "The key was not valid then. Sign with one that is.",
    Misfit.KEY_REVOKED: "The key is revoked. Sign with another one.",
    Misfit.WRONG_SIGNATURE: "It was signed over other words, or by another key. Sign these.",
    Misfit.WITHOUT_RIGHT: "The source has no right to `rule`.",
    Misfit.VERSION_IS_DRAFT: "Not all parties have signed the version of the agreement: none rule.",
    Misfit.HOLDER_UNNAMED: "The agreement does not say who holds the key: give it a `holder`.",
    Misfit.OTHER_STAGE: "The case is not in this stage. Look at it, and decide anew.",
    Misfit.DONE_ALREADY: "Somebody has done it: look at the case. Nothing more is needed.",
    Misfit.NOT_PENDING: "The case was not taken up: advance it to `pending` first.",
    Misfit.NOT_UNDER_INQUIRY: "There is no inquiry: advance the case to `under_inquiry` first.",
    Misfit.SIGNED_ALREADY: "This person has signed; another one has to.",
    Misfit.SIGNED_OTHERWISE: "This person has signed another ruling in this stage; none counts.",
    Misfit.SAME_PARTY: "Another one who speaks for this party has signed; somebody else has to.",
    Misfit.RULED_BEFORE: "This person signed an earlier ruling of the case. Others rule on appeal.",
    Misfit.RULED_OTHERWISE: "Two others have ruled otherwise. Look at the case.",
    Misfit.RULINGS_CONTRADICT: "Two rulings of this stage contradict each other; none counts.",
    Misfit.NOT_RULED: "The stage has no ruling yet.",
    Misfit.OTHER_RULING: "The stage has another ruling. Look at it, and decide anew.",
    Misfit.NO_SUCH_MESSAGE: "There is no such message for you. Look at its hash.",
    Misfit.NOT_ADDRESSED: "Those answer whom the message is addressed to.",
    Misfit.DEADLINE_PASSED: "The deadline lies before the request: name one that can be kept.",
    Misfit.CUSTODY_GAP: "Who held it before is not known: name that act in `after`.",
    Misfit.CUSTODY_FORK: "Somebody else took it over from there. Look at the log.",
    Misfit.CUSTODY_BACKWARDS: "It begins before the act that it follows.",
}
"""Each says what to do."""
