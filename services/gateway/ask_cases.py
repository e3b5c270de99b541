"""Ask and file in cases: a list, one case, an act's bytes; and an act that somebody brings.

Place on the data's way: /v1/cases. Which cases there are for a token PostgreSQL decides; who does
not see the whole of the mission is not told which reports a case is about, nor who held what.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice
from typing import Any, Final, NamedTuple

import msgspec

from services.cases import CaseRow, CasesAsked, CaseTold, FoundCase, file_act, list_cases, show_case
from services.filing import Filing, MisfitError, NotTheirsError, filer_of
from services.gateway.disclosure import movements_of, sees_all
from services.gateway.page import Page, page_of
from services.gateway.problems import Code, ProblemError
from services.gateway.represent import Shape
from services.store.case_acts import raw_act
from services.store.engine import Connection
from services.store.scope import set_scope
from services.tokens.token import Token
from streams.cases.acts import NoActError, Opened, Signed, act_hash, case_of, read_act
from streams.cases.case import Standing

CASES: Final = Shape(CaseRow.__struct_fields__, lambda _: None)
NOTE: Final = "a case changes no judgement; what parties say stands beside its rulings"
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Told(NamedTuple):
    """What became of an act, and the case as it is now, to who may see it."""

    filing: Filing
    shown: CaseTold | None


def ask_cases(conn: Connection, token: Token, asked: CasesAsked) -> Page[CaseRow]:
    """A page of the cases that the token's holder sees, the newest first."""
    found = list_cases(conn, asked._replace(mission=token.mission), whole=sees_all(token))
    page: Page[FoundCase] = page_of(list(islice(found, asked.limit + 1)), asked.limit)
    return Page([it.row for it in page.told], page.next)


def ask_case(conn: Connection, token: Token, case_id: str) -> CaseTold:
    """One case.

    Raises:
        ProblemError: the token's holder sees none.
    """
    found = show_case(conn, token.mission, case_id, whole=sees_all(token))
    if found is None:
        raise ProblemError(Code.CASE_UNKNOWN)
    return found


def ask_act(conn: Connection, token: Token, case_id: str, sha256: str) -> bytes:
    """An act's bytes, exactly as they came.

    Raises:
        ProblemError: the token's holder sees none, or what opened the case names reports.
    """
    raw = raw_act(conn, token.mission, case_id, sha256) if _SHA256.fullmatch(sha256) else None
    if raw is None or not (sees_all(token) or _is_theirs(raw, token)):
        raise ProblemError(Code.CASE_UNKNOWN)
    return raw


def _is_theirs(raw: bytes, token: Token) -> bool:
    act = read_act(raw)
    return not isinstance(act, Opened) or act.source in token.sources


def file_in_case(conn: Connection, token: Token, raw: bytes, now: datetime) -> Told:
    """Take an act in.

    Raises:
        ProblemError: it cannot be read, is not the token's to bring, or would have no effect.
    """
    filer = filer_of(token)
    try:
        act = read_act(raw)
        if filer.standing is Standing.MISSION and not isinstance(act, Signed):
            _require_person(token)
        filing = file_act(conn, filer, raw, now)
    except NoActError as error:
        raise ProblemError(Code.BODY_UNREADABLE, f"{error}.") from None
    except NotTheirsError:
        raise ProblemError(Code.NOT_ITS_SOURCE) from None
    except MisfitError as error:
        raise refused(error, _shown(conn, token, case_of(act, act_hash(raw)))) from None
    return Told(filing, _shown(conn, token, filing.name))


def _shown(conn: Connection, token: Token, case_id: str) -> CaseTold | None:
    """As the token sees it: a transaction that takes an act in sees all of the mission."""
    named = None if token.agreement is None else [token.agreement]
    set_scope(conn, [token.mission], named, movements_of(token))
    return show_case(conn, token.mission, case_id, whole=sees_all(token))


def _require_person(token: Token) -> None:
    if token.principal is None:
        raise ProblemError(Code.PRINCIPAL_NEEDED)


def refused(error: MisfitError, shown: CaseTold | None = None) -> ProblemError:
    """Why something was not taken in, with how things stand."""
    about_who = error.reason.is_about_who
    code = Code.FILING_FORBIDDEN if about_who else Code.FILING_REFUSED
    more: dict[str, Any] = {"reason": error.reason.value}
    if shown is not None:
        more["case"] = msgspec.to_builtins(shown)
    return ProblemError(code, str(error), more)
