"""Post route: the routes that missions post to, from a request's head to its answer.

    head: door, kind, size → who are you, may you → body → events → one transaction → receipts

Place on the data's way: `wire` → **here** → `intake`. Without the framework: a post takes a fifth
of what it took through it (docs/benchmarks/gateway.md). The routes are declared and documented in
`app` as all others are; what they answer is here alone.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from services.gateway.callers import Callers
from services.gateway.day_stored import DayStored
from services.gateway.door import Door
from services.gateway.heads import Heads, KnownHead
from services.gateway.identify import Entrant, identify_known
from services.gateway.intake import (
    JSON,
    Answer,
    Answered,
    Intake,
    Taken,
    check_media_type,
)
from services.gateway.problems import ProblemError
from services.gateway.receive_body import Bodies
from services.gateway.turns import Turns
from services.tokens.token import Role, Token
from streams.keys import EventKind

RESTS: Final = 4
"""A large body that is refused is followed by a rest of so many times what it took to find out: of
such bodies no token has more than a fifth of a core."""
LONGEST_REST_S: Final = 2.0


class Posting(Struct, frozen=True):
    """What may be posted to a path, and by whom."""

    path: str
    kind: EventKind
    may: frozenset[Role]


REPORTS: Final = Posting("/v1/reports", EventKind.REPORT, frozenset({Role.REPORTER}))
STATUSES: Final = Posting(
    "/v1/corridor-status", EventKind.CORRIDOR_STATUS, frozenset({Role.CORRIDOR_OPERATOR})
)
CONTEXT: Final = Posting(
    "/v1/context",
    EventKind.CONTEXT,
    frozenset(
        {Role.PARTY, Role.MEDIATOR, Role.COORDINATOR, Role.REPORTER, Role.MOVEMENT_ORGANISER}
    ),
)
"""Who may say so at all; whose word has an effect, the agreement's `sources` decide."""
_POSTINGS: Final[Mapping[bytes, Posting]] = {
    one.path.encode(): one for one in (REPORTS, STATUSES, CONTEXT)
}


def posting_of(path: bytes) -> Posting | None:
    """What may be posted to a request's path, without its query, as the framework reads paths."""
    posting = _POSTINGS.get(path)
    return posting or _POSTINGS.get(unquote_to_bytes(path).rstrip(b"/"))


class Head(Struct, frozen=True, gc=False):
    """What is known of a post whose body is not read yet."""

    posting: Posting
    request_id: str
    entrant: Entrant
    media_type: str
    coding: str
    name: str
    """Whose room its body takes: the token's; empty while that is not known."""

    @property
    def is_single(self) -> bool:
        """Whether its body is one event as it is, read without a turn."""
        return self.media_type == JSON and not self.coding

    @property
    def waits_for_its_body_alone(self) -> bool:
        """Whether nobody has to be asked and nothing waited for before the body is read."""
        return self.entrant.is_known and self.is_single


@dataclass(frozen=True, slots=True)
class PostRoute:
    """Answers posts."""

    door: Door
    callers: Callers
    day_stored: DayStored
    bodies: Bodies
    intake: Intake
    turns: Turns = field(default_factory=Turns)
    heads: Heads = field(default_factory=Heads)

    def admit(
        self, posting: Posting, address: str, headers: Mapping[bytes, bytes], request_id: str
    ) -> Head:
        """Let a request by whose head is there.

        Raises:
            ProblemError: it comes too often, or its body is none that will be read.
        """
        entrant = self.door.admit(address, headers)
        token = None if entrant.recalled is None else entrant.recalled.token
        name = "" if token is None else token.id
        media_type = _media_type(headers.get(b"content-type", b""))
        coding = headers.get(b"content-encoding", b"").decode("latin-1")
        self.bodies.check(name, headers.get(b"content-length", b""))
        return Head(posting, request_id, entrant, media_type, coding, name)

    def remember(self, head: Head, request: bytes, headers: Mapping[bytes, bytes]) -> None:
        """Remember the head of a request that was let by, for `admit_again`."""
        presented = head.entrant.presented
        if head.waits_for_its_body_alone and presented is not None:
            self.heads.remember(request, head.posting, headers, presented)

    def admit_again(self, known: KnownHead, request: bytes, request_id: str) -> Head | None:
        """Let a request by as `admit` does, whose head is known; None: `admit` has to be asked."""
        entrant = self.door.admit_known(known.presented(request))
        if entrant is None:
            return None
        assert entrant.recalled is not None, "it is known"
        assert entrant.recalled.token is not None, "and it counts"
        return Head(known.posting, request_id, entrant, JSON, "", entrant.recalled.token.id)

    def take_at_once(self, head: Head, body: bytes, answered: Answered) -> None:
        """Take in the one event of a head that `waits_for_its_body_alone`.

        As `take` does, and without a task: nothing is waited for here but the commit.

        Raises:
            ProblemError: it is refused, and nobody told.
        """
        token = identify_known(self.callers, head.entrant, head.posting.may)
        self.day_stored.ask(token.mission)
        read = self.intake.read_one(head.posting.kind, token, body)
        self.intake.store_one(token, read, head.request_id, answered)

    async def take(self, head: Head, body: Callable[[], Awaitable[bytes]]) -> Answer:
        """Take in what is posted; `body` reads it, once it is known who sends it.

        Raises:
            ProblemError: the body, or the one event in it, is refused.
        """
        token = await self.door.identify(head.entrant, head.posting.may)
        self.day_stored.ask(token.mission)
        kind, media_type = head.posting.kind, head.media_type
        if head.is_single:
            taken = await self.intake.read(kind, token, media_type, "", await body())
        else:
            taken = await self._read_in_turn(head, token, body)
        return await self.intake.store(token, media_type, taken, head.request_id)

    async def _read_in_turn(
        self, head: Head, token: Token, body: Callable[[], Awaitable[bytes]]
    ) -> Taken:
        """Of one token's large bodies one at a time is received, unpacked and read.

        However many it sends at once, the others wait for no more than one of them, and memory
        holds no more than one. Who is refused for sending too much keeps the turn while it waits;
        who sends what cannot be read, for some time as well: a few kilobytes may be 100 ms of work,
        and count as one request.
        """
        async with self.turns.turn(token.id):
            try:
                received = await body()
            except ProblemError as problem:
                await self.door.hold(problem)
                raise
            began = time.monotonic()
            try:
                return await self.intake.read(
                    head.posting.kind, token, head.media_type, head.coding, received
                )
            except ProblemError as problem:
                spent = time.monotonic() - began
                await self.door.hold(problem)
                await asyncio.sleep(min(RESTS * spent, LONGEST_REST_S))
                raise


@lru_cache(maxsize=64)  # there are two, mostly; what is refused is not remembered
def _media_type(header: bytes) -> str:
    """Of a `Content-Type`, without its parameters.

    Raises:
        ProblemError: it is none that is read here.
    """
    media_type = header.partition(b";")[0].strip().lower().decode("latin-1")
    check_media_type(media_type)
    return media_type
