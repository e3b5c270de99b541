from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.desk.act import Act, Action
from streams.desk.fold import Held, OutOfPlace, Reason, Review, fold
from tests.unit.streams.desk.acts import NOW, act

CONFIRMED = act(Action.CONFIRM, 1, "ana")
RELEASED = act(Action.RELEASE, 2, "ben")
TAKEN_BACK = act(Action.RETURN, 3, "ana", note="which hour?")


def test_what_nobody_has_looked_at_is_unreviewed() -> None:
    state = fold("a", [], 4)
    assert (state.review, state.revision, state.releases) == (Review.UNREVIEWED, "0.4", ())


def test_one_confirms_another_releases_and_both_stand_behind_it() -> None:
    state = fold("a", [CONFIRMED, RELEASED], 1)
    (release,) = state.releases
    assert state.review is Review.RELEASED
    assert (release.people, release.held) == (("ana", "ben"), Held.STANDS)


def test_one_person_with_two_tokens_is_one_person() -> None:
    another = {"token_id": "tok-another"}
    again = act(Action.RELEASE, 2, "ana", **another)
    state = fold("a", [CONFIRMED, again], 1)
    assert (state.review, state.releases) == (Review.CONFIRMED, ())
    assert state.out_of_place == (OutOfPlace(2, Reason.SECOND_PERSON_NEEDED),)


def test_a_new_reading_is_unreviewed_and_what_was_released_stays_said() -> None:
    state = fold("a", [CONFIRMED, RELEASED], 2)
    assert (state.review, state.confirmed_by) == (Review.UNREVIEWED, ())
    assert [(it.reading, it.held) for it in state.releases] == [(1, Held.SUPERSEDED)]


def test_what_is_taken_back_says_when_and_asks() -> None:
    state = fold("a", [CONFIRMED, RELEASED, TAKEN_BACK], 1)
    (release,) = state.releases
    assert (state.review, state.question) == (Review.RETURNED, "which hour?")
    assert (release.held, release.until) == (Held.WITHDRAWN, NOW + timedelta(minutes=3))


def test_what_was_taken_back_is_not_superseded_as_well() -> None:
    (release,) = fold("a", [CONFIRMED, RELEASED, TAKEN_BACK], 2).releases
    assert release.held is Held.WITHDRAWN


def test_a_question_makes_all_look_again() -> None:
    asked = [CONFIRMED, act(Action.RETURN, 2, "ben"), act(Action.RELEASE, 3, "cai", people=1)]
    state = fold("a", asked, 1)
    assert (state.review, state.confirmed_by) == (Review.RETURNED, ())
    assert state.out_of_place == (OutOfPlace(3, Reason.QUESTION_OPEN),)
    answered = [*asked, act(Action.CONFIRM, 4, "ana"), act(Action.RELEASE, 5, "ben")]
    assert fold("a", answered, 1).review is Review.RELEASED


def test_an_act_waits_for_the_one_that_it_follows() -> None:
    assert fold("a", [RELEASED, TAKEN_BACK], 1).seq == 0


def test_of_two_in_one_place_neither_counts() -> None:
    state = fold("a", [CONFIRMED, RELEASED, act(Action.RETURN, 2, "cai")], 1)
    assert (state.seq, state.review) == (1, Review.CONFIRMED)


def test_what_is_joined_stays_so_when_the_one_that_stays_is_judged_again() -> None:
    state = fold("a", [act(Action.MERGE, 1, parts=("b", "c"))], 2)
    assert (state.parts, state.review) == (("b", "c"), Review.UNREVIEWED)


def test_what_was_merged_away_is_back_when_it_is_judged_again() -> None:
    merged = [act(Action.MERGE, 1, into="b")]
    assert fold("a", merged, 1).review is Review.MERGED
    state = fold("a", merged, 2)
    assert (state.review, state.into) == (Review.UNREVIEWED, None)


ACTS = st.builds(
    act,
    st.sampled_from(Action),
    st.integers(1, 6),
    st.sampled_from(["ana", "ben", "cai"]),
    reading=st.integers(1, 3),
    people=st.integers(1, 2),
    parts=st.sampled_from([(), ("a",), ("b",), ("b", "c")]),
    into=st.sampled_from([None, "b", "c"]),
)


@given(st.lists(ACTS, max_size=8), st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_set_of_acts_is_read_in_any_order_alike(
    acts: list[Act], random: object, reading: int
) -> None:
    once = fold("a", acts, reading)
    again = [*acts, *acts]
    random.shuffle(again)  # type: ignore[attr-defined]  # a `Random` of Hypothesis
    assert fold("a", again, reading) == once


@given(st.lists(ACTS, max_size=8), st.integers(1, 4))
def test_whatever_was_stored_no_release_stands_with_too_few_people(
    acts: list[Act], reading: int
) -> None:
    state = fold("a", acts, reading)
    needed = {it.seq: it.people for it in acts}
    for release in state.releases:
        assert len(release.people) >= min(it.people for it in acts if it.seq == release.seq)
        assert release.seq in needed
    standing = [it for it in state.releases if it.held is Held.STANDS]
    assert len(standing) == (state.review is Review.RELEASED)
    assert all(it.reading == reading for it in standing)
