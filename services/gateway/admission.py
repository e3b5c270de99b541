"""Admission: whether a request, and the events in it, may come in now; else when.

Place on the data's way: HTTP → **may it come in now** → body → events → **may so many** → store.
What is refused here costs next to nothing: no look into the store, no body read. Asked on the event
loop alone. No address is kept: its bucket is named by a hash whose key ends with the process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from math import ceil
from secrets import token_bytes
from typing import Final

from services.gateway.bucket import NS, Buckets
from services.gateway.day import Day
from services.gateway.problems import Code, ProblemError
from services.limits import Limits

NETWORK_BYTES: Final = 8
"""A /64 is one subscriber's: whoever has one has all of its addresses."""


class Admission:
    """The buckets of all tokens and addresses."""

    def __init__(
        self,
        limits: Limits,
        *,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._limits = limits
        self._clock_ns = clock_ns
        self._now = now
        self._requests = Buckets[str](limits.requests)
        self._events = Buckets[str](limits.events)
        self._strangers = Buckets[bytes](limits.strangers)
        self._address_key = token_bytes(32)
        self.day = Day(limits.events_a_day)

    def stranger(self, address: str) -> None:
        """A request without a token that is known to count.

        Raises:
            ProblemError: too many came from there.
        """
        name, now_ns = self._address_name(address), self._clock_ns()
        wait_ns = self._strangers.take(name, 1, now_ns)
        if wait_ns:
            raise ProblemError(Code.TOO_MANY_STRANGERS, retry_after_s=seconds(wait_ns))

    def request(self, token_id: str) -> None:
        """A request under a token; what its events used up is asked before they are read.

        Raises:
            ProblemError: the token has to wait.
        """
        now_ns = self._clock_ns()
        wait_ns = self._events.wait_ns(token_id, 1, now_ns)
        if wait_ns:
            wait_ns = max(wait_ns, self._requests.wait_ns(token_id, 1, now_ns) or 0)
        else:
            wait_ns = self._requests.take(token_id, 1, now_ns)
        if wait_ns:
            raise ProblemError(Code.TOO_MANY, retry_after_s=seconds(wait_ns))

    def events(self, token_id: str, count: int) -> None:
        """Events under a token, all of a body or none.

        Raises:
            ProblemError: the token has to wait; or there are more than ever come in at once.
        """
        most = min(self._limits.events.burst, self._limits.events_a_day)
        if count > most:
            raise ProblemError(Code.BODY_TOO_LARGE, f"At most {most} events come in at once.")
        now = self._now()
        if not self.day.has_room(token_id, count, now):
            raise ProblemError(Code.DAY_IS_FULL, retry_after_s=until_midnight_s(now))
        now_ns = self._clock_ns()
        wait_ns = self._events.take(token_id, count, now_ns)
        if wait_ns:
            raise ProblemError(Code.TOO_MANY, retry_after_s=seconds(wait_ns))
        self.day.add(token_id, count, now)

    def _address_name(self, address: str) -> bytes:
        return blake2b(network_of(address), key=self._address_key, digest_size=16).digest()


def network_of(address: str) -> bytes:
    """What counts as one sender: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address.encode()  # a socket without addresses: all that comes by it is one sender
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped.packed if ip.ipv4_mapped else ip.packed[:NETWORK_BYTES]
    return ip.packed


def seconds(wait_ns: int) -> int:
    """Whole seconds, never fewer than the wait: whoever comes then is let in."""
    return -(-wait_ns // NS)


def until_midnight_s(now: datetime) -> int:
    """Whole seconds until the next day begins, in UTC."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return ceil((today + timedelta(days=1) - now).total_seconds())
