import msgspec
import pytest
from litestar import get

from services.gateway.app import EVERYBODY, MAY, ROUTES, Undeclared, require_declared
from services.gateway.problems import PROBLEMS, Code, ProblemError
from services.tokens.token import Role


@pytest.mark.parametrize("opt", [{}, {MAY: None}, {MAY: "reporter"}, {MAY: frozenset({"king"})}])
def test_a_route_that_does_not_say_who_may_call_it_does_not_start(opt: dict[str, object]) -> None:
    @get("/secret", opt=opt, sync_to_thread=False)
    def route() -> None: ...

    with pytest.raises(Undeclared):
        require_declared([*ROUTES, route])


def test_only_what_holds_no_events_is_for_everybody() -> None:
    open_to_all = {path for route in ROUTES if route.opt[MAY] == EVERYBODY for path in route.paths}
    assert open_to_all == {"/v1/receipt-keys", "/schema/openapi.json", "/healthz", "/readyz"}
    for route in ROUTES:
        assert route.opt[MAY] == EVERYBODY or route.opt[MAY] <= frozenset(Role)


@pytest.mark.parametrize("code", Code)
def test_every_problem_has_a_status_and_says_what_to_do(code: Code) -> None:
    document = msgspec.json.decode(ProblemError(code, "Because.").body())
    assert document["type"] == f"urn:truceline:problem:{code}"
    assert document["status"] == PROBLEMS[code].status >= 400
    assert document["detail"].startswith("Because. ")
    assert len(document["detail"]) > len("Because. ")
