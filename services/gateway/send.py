"""Send: an answer as ASGI wants it, without the framework.

Place on the data's way: answer → **HTTP**, where what the framework does for an answer would cost
more than the answer.
"""

from __future__ import annotations

from litestar.types import Send

from services.gateway.problems import MEDIA_TYPE, ProblemError
from services.gateway.request_id import HEADER

Header = tuple[bytes, bytes]


async def send_answer(
    send: Send,
    status: int,
    media_type: bytes,
    body: bytes,
    more: tuple[Header, ...] = (),
) -> None:
    """Send a whole answer."""
    headers = [
        (b"content-type", media_type),
        (b"content-length", str(len(body)).encode()),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_problem(send: Send, problem: ProblemError, request_id: str) -> None:
    """Send a problem."""
    more = tuple((name.lower().encode(), value.encode()) for name, value in problem.headers.items())
    more = (*more, (HEADER, request_id.encode()))
    await send_answer(send, problem.status, MEDIA_TYPE.encode(), problem.body(request_id), more)
