"""Send: a problem as ASGI wants it, without the framework.

Place on the data's way: refusal → **HTTP**, where what the framework does for an answer would cost
more than the answer.
"""

from __future__ import annotations

from litestar.types import Send

from services.gateway.problems import MEDIA_TYPE, ProblemError
from services.gateway.request_id import HEADER

Header = tuple[bytes, bytes]


def headers_of(problem: ProblemError) -> tuple[Header, ...]:
    """What HTTP wants beside a problem, as bytes."""
    return tuple((name.lower().encode(), value.encode()) for name, value in problem.headers.items())


async def send_problem(send: Send, problem: ProblemError, request_id: str) -> None:
    """Send a problem."""
    body = problem.body(request_id)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *headers_of(problem),
        (HEADER, request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
