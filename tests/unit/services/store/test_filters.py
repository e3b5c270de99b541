from services.store.queries.filters import Filters


def test_only_what_is_asked_for_becomes_a_condition() -> None:
    filters = Filters()
    filters.add("zone_id = %s", None)
    filters.add("kind = %s", "fire")
    filters.add("a BETWEEN %s AND %s", 1, 2)
    filters.add("b BETWEEN %s AND %s", 1, None)
    assert filters.where.as_string() == "WHERE true AND kind = %s AND a BETWEEN %s AND %s"
    assert filters.values == ["fire", 1, 2]


def test_nothing_asked_for_is_true_of_every_row() -> None:
    assert Filters().where.as_string() == "WHERE true"
