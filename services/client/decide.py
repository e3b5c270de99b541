"""Decide: one person's decision to the gateway, and what became of it.

Place on the data's way: `truceline desk confirm` and its like → HTTP → gateway. Without an answer
nobody knows whether it was done; the same sent again is known there and done once.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import msgspec
from msgspec import Raw, Struct

from services.client.answer import Answer
from services.client.errors import GatewayAwayError, SaidNoError
from services.client.post import HttpGateway, NoAnswerError

PATH: Final = "/v1/desk/"
_URN: Final = "urn:truceline:problem:"


class _Problem(Struct, frozen=True):
    type: str
    detail: str


_PROBLEM: Final = msgspec.json.Decoder(_Problem)
_ITEM: Final = msgspec.json.Decoder(Raw)


def decide(gateway: HttpGateway, item: str, body: bytes, timeout_s: float) -> bytes:
    """Have it done; the item as it is then, in JSON.

    Raises:
        SaidNoError: it was not done, and why.
        GatewayAwayError: nobody knows; the same again is safe.
    """
    return bring(gateway, PATH + quote(item, safe=""), body, timeout_s)


def bring(gateway: HttpGateway, path: str, body: bytes, timeout_s: float) -> bytes:
    """The same of whatever a person brings to a path: what it is then, in JSON.

    Raises:
        SaidNoError: it was not taken, and why.
        GatewayAwayError: nobody knows; the same again is safe.
    """
    try:
        answer = gateway.post_json(path, body, timeout_s)
    except NoAnswerError as error:
        raise GatewayAwayError(f"{error}; the same again is safe, and is done once") from error
    if answer.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return _item(answer)
    raise _refused(answer)


def _item(answer: Answer) -> bytes:
    try:
        return bytes(_ITEM.decode(answer.body))
    except msgspec.DecodeError as error:
        raise GatewayAwayError("what answers there is no gateway: mend the URL") from error


def _refused(answer: Answer) -> SaidNoError | GatewayAwayError:
    try:
        problem = _PROBLEM.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # Going on is safe: whatever it is, nothing is known to be done.
        return GatewayAwayError(f"what answers there says {answer.status}: is it the gateway?")
    code = problem.type.removeprefix(_URN)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return GatewayAwayError(f"{problem.detail} ({code})")
    return SaidNoError(code, problem.detail)
