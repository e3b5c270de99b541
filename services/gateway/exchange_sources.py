"""Exchange sources: who may count in an exchange, asked before anything of a count is stored.

    counts in exchanges → the agreements loaded → refused, as a worker would │ stored

Place on the data's way: before `take_in`, in the process that stores. A worker refuses what names a
source that no agreement has; what is stored by then stays, and what a sender wrote there freely
could be somebody's name. A document that is loaded never goes, so that a yes is a yes for good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.gateway.posts import Post
from services.store.engine import Connection
from services.store.scope import begin_in_scope
from streams.assess import UNKNOWN_SOURCE, unknown_mission
from streams.decode import Refusal, withheld


class _Source(Struct, frozen=True):
    id: str


class _Sources(Struct, frozen=True):
    """Of an agreement nothing but its sources: the rest may be large."""

    sources: tuple[_Source, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Sources)
_LOADED: Final = """
SELECT hash, mission FROM agreements AS one WHERE mission = ANY (%s)
    AND EXISTS (SELECT FROM methodologies AS other WHERE other.mission = one.mission)
"""
_DOCUMENTS: Final = "SELECT hash, document FROM agreements WHERE hash = ANY (%s)"


class ExchangeSources:
    """Remembers the sources of agreements that it has read; of one process."""

    def __init__(self) -> None:
        self._of_agreement: dict[bytes, frozenset[str]] = {}

    def refusals(self, conn: Connection, posts: Sequence[Post]) -> Mapping[int, Refusal]:
        """Why each of the posts that a worker would refuse is refused, by its place.

        Args:
            conn: in autocommit, without a transaction; so it is afterwards.
            posts: counts in exchanges and others; of the others nothing is asked.
        """
        counts = {at: post for at, post in enumerate(posts) if post.of_exchange}
        if not counts:
            return {}
        known = self._known(conn, {post.mission for post in counts.values()})
        return {
            at: withheld(unknown_mission(post.mission))
            if post.mission not in known
            else withheld(UNKNOWN_SOURCE)
            for at, post in counts.items()
            if post.source not in known.get(post.mission, frozenset())
        }

    def _known(self, conn: Connection, missions: Iterable[str]) -> dict[str, frozenset[str]]:
        asked = sorted(missions)
        begin_in_scope(conn, asked)
        loaded = conn.execute(_LOADED, [asked]).fetchall()
        unread = [address for address, _ in loaded if bytes(address) not in self._of_agreement]
        for address, document in conn.execute(_DOCUMENTS, [unread]) if unread else ():
            sources = _DECODER.decode(document).sources
            self._of_agreement[bytes(address)] = frozenset(source.id for source in sources)
        conn.commit()
        known: dict[str, frozenset[str]] = {}
        for address, mission in loaded:
            known[mission] = known.get(mission, frozenset()) | self._of_agreement[bytes(address)]
        return known
