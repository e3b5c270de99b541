"""The wire: cases over raw sockets that stay open, each answer held to what its case allows.

No client library stands between: it would mend or refuse what is to be sent.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fuzz.case import Answer, Case

ANSWER_WITHIN_S: Final = 60.0
FAULTS_SHOWN: Final = 30


@dataclass(slots=True)
class Told:
    """What came of all cases."""

    counts: defaultdict[str, Counter[Answer]] = field(default_factory=lambda: defaultdict(Counter))
    faults: list[str] = field(default_factory=list)
    stored: list[bytes] = field(default_factory=list)
    """Events with a receipt."""
    sent: int = 0
    slowest_s: float = 0.0

    def fault(self, case: Case, what: str) -> None:
        """Something that must not be."""
        self.faults.append(f"{case.name}: {what}")


class HungUp(Exception):  # noqa: N818 (an event, which may be what is expected)
    """The server ended the connection."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, whole."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Line:
    """A connection, opened when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(self, case: Case) -> Response | None:
        """Send a case; its answer, None where nobody waits for one.

        Raises:
            HungUp: the server ended the connection instead.
        """
        if self._open is None:
            self._open = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._open
        try:
            sending = asyncio.create_task(_send(writer, case))
            try:
                if case.abandoned:
                    await sending
                    return None
                return await _receive(reader)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise HungUp(repr(error)[:100]) from None

    def close(self) -> None:
        """The next case opens another."""
        if self._open is not None:
            self._open[1].close()
            self._open = None


async def _send(writer: asyncio.StreamWriter, case: Case) -> None:
    for number, part in enumerate(case.request):
        if number:
            await asyncio.sleep(case.pause_s)
        writer.write(part)
        await writer.drain()


async def _receive(reader: asyncio.StreamReader) -> Response:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (li.partition(":") for li in lines)
    }
    length = int(headers.get("content-length", "0"))
    return Response(int(first.split()[1]), headers, await reader.readexactly(length))


async def send_all(ports: Sequence[int], cases: Iterator[Case], connections: int) -> Told:
    """Send every case, a connection to each port in turn."""
    told = Told()
    lines = [_Line(ports[number % len(ports)]) for number in range(connections)]
    await asyncio.gather(*(_work(line, cases, told) for line in lines))
    for line in lines:
        line.close()
    return told


async def _work(line: _Line, cases: Iterator[Case], told: Told) -> None:
    for case in cases:
        began = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                response = await line.exchange(case)
        except HungUp as error:
            line.close()
            told.counts[case.name][0, "hung up"] += 1
            if not case.may_hang_up:
                told.fault(case, f"the connection was lost: {error}")
        except TimeoutError:
            line.close()
            told.fault(case, f"no answer within {ANSWER_WITHIN_S:.0f} s")
        else:
            if response is None:
                told.counts[case.name][0, "abandoned"] += 1
            else:
                told.slowest_s = max(told.slowest_s, time.monotonic() - began)
                check(case, response, told)
            if case.may_hang_up or case.abandoned or response is None:
                line.close()
        told.sent += 1


def check(case: Case, response: Response, told: Told) -> None:
    """Hold an answer to its case."""
    answer = _answer(response)
    told.counts[case.name][answer] += 1
    if answer not in case.answers:
        told.fault(case, f"{answer} {response.body[:200]!r}, not {sorted(case.answers)[:4]}")
        return
    if response.status >= 400 and answer[1]:
        _check_problem(case, response, told)
    if response.status == 429 and "retry-after" not in response.headers:
        told.fault(case, "429 without Retry-After")
    if case.lines:
        _check_lines(case, response.body, told)
    told.stored += case.stores


def _answer(response: Response) -> Answer:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return response.status, ""
    problem = json.loads(response.body)
    return response.status, str(problem.get("reason") or problem["type"].rpartition(":")[2])


def _check_problem(case: Case, response: Response, told: Told) -> None:
    problem = json.loads(response.body)
    if problem["status"] != response.status or not problem["title"] or not problem["detail"]:
        told.fault(case, f"a problem that says too little: {problem}")


def _check_lines(case: Case, body: bytes, told: Told) -> None:
    outcomes = [json.loads(line) for line in body.splitlines()]
    if [one["line"] for one in outcomes] != list(range(1, len(case.lines) + 1)):
        told.fault(case, f"{len(outcomes)} outcomes for {len(case.lines)} lines")
        return
    for outcome, allowed in zip(outcomes, case.lines, strict=True):
        answer = _line_answer(outcome)
        told.counts[f"{case.name} (line)"][answer] += 1
        if answer not in allowed or ("receipt" in outcome) != (answer[0] == 201):
            told.fault(case, f"a line: {answer}, not {sorted(allowed)}")


def _line_answer(outcome: dict[str, Any]) -> Answer:
    return int(outcome["status"]), str(outcome.get("reason", ""))
