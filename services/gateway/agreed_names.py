"""Agreed names: what a count or a movement may name, asked before anything of it is stored.

    counts in exchanges, steps of movements → the agreements loaded → refused, as a worker would
                                                                    │ stored

Place on the data's way: before `take_in`, in the process that stores. A worker refuses what names
something that no agreement has; what is stored by then stays, and what a sender wrote there freely
could be somebody's name. Which agreements are loaded is asked for each group, so that one loaded
just now counts; a document never changes, and is read once. Where that cannot be asked nothing of
the group is stored: who waits is told to come again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from services.gateway.posts import Post
from services.store.engine import Connection
from services.store.scope import begin_in_scope
from streams.agreed_names import Name, names_of, why_unknown
from streams.assess import unknown_mission
from streams.decode import Refusal, withheld


class _Identified(Struct, frozen=True):
    id: str


class _Named(Struct, frozen=True):
    """Of an agreement nothing but what may be named: the rest may be large."""

    sources: tuple[_Identified, ...] = ()
    zones: tuple[_Identified, ...] = ()
    corridors: tuple[_Identified, ...] = ()
    parties: tuple[_Identified, ...] = ()


_DECODER: Final = msgspec.json.Decoder(_Named)
_LOADED: Final = """
SELECT hash, mission FROM agreements AS one WHERE mission = ANY (%s)
    AND EXISTS (SELECT FROM methodologies AS other WHERE other.mission = one.mission)
"""
_DOCUMENTS: Final = "SELECT hash, document FROM agreements WHERE hash = ANY (%s)"


class AgreedNames:
    """Remembers the names in agreements that it has read; of one process."""

    def __init__(self) -> None:
        self._of_agreement: dict[bytes, frozenset[Name]] = {}

    def refusals(self, conn: Connection, posts: Sequence[Post]) -> Mapping[int, Refusal]:
        """Why each of the posts that a worker would refuse is refused, by its place.

        Args:
            conn: in autocommit, without a transaction; so it is afterwards.
            posts: those that name what an agreement has, and others, of which nothing is asked.

        Raises:
            psycopg.Error: the database is away; nothing is known of what may be named.
        """
        naming = [(at, post) for at, post in enumerate(posts) if post.named is not None]
        if not naming:
            return {}
        known = self._known(conn, {post.mission for _, post in naming})
        refused = ((at, _refusal(post, known.get(post.mission))) for at, post in naming)
        return {at: withheld(refusal) for at, refusal in refused if refusal is not None}

    def _known(self, conn: Connection, missions: Iterable[str]) -> dict[str, list[frozenset[Name]]]:
        asked = sorted(missions)
        begin_in_scope(conn, asked)
        loaded = [(bytes(it), of) for it, of in conn.execute(_LOADED, [asked])]
        unread = [address for address, _ in loaded if address not in self._of_agreement]
        for address, document in conn.execute(_DOCUMENTS, [unread]) if unread else ():
            self._of_agreement[bytes(address)] = names_of(_DECODER.decode(document))
        conn.commit()
        known: dict[str, list[frozenset[Name]]] = {}
        for address, mission in loaded:
            known.setdefault(mission, []).append(self._of_agreement[address])
        return known


def _refusal(post: Post, agreed: Sequence[frozenset[Name]] | None) -> Refusal | None:
    assert post.named is not None, "nothing is asked of the others"
    return unknown_mission(post.mission) if agreed is None else why_unknown(post.named, agreed)
