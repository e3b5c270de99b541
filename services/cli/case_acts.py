"""`truceline case open`, `advance`, `sign-ruling`, `reply`, …: what people do in a case."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec
import rich_click as click

from services.cli.bringing import CASES, FILE, Author, Way, author_options, way_options
from services.cli.output import INSTANT
from services.errors import AnswerIsNoError
from services.private_file import read_private_key
from streams.cases.acts import (
    FORMAT,
    Act,
    Addressed,
    Advanced,
    Appealed,
    Dissented,
    EvidenceHeld,
    FindingWord,
    HeldResponsible,
    NoActError,
    Opened,
    Released,
    Replied,
    Ruling,
    Signed,
    Step,
    Subject,
    SubjectKind,
    read_act,
)
from streams.cases.ruling import sign_ruling
from streams.vocabulary import AttributionBasis

EXAMPLE: Final = "4f1c2a9be07d5c3386aa"
UNDER: Final = "--under osce-smm/donetsk-luhansk-illustrative"
_HASH: Final = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c"


class UnusableActError(AnswerIsNoError):
    """A file that should hold a signed ruling holds none, or an act cannot be made of this."""


def _bring(kind: type[Act], author: Author, way: Way, **said: Any) -> None:  # noqa: ANN401
    way.bring(CASES, _encode(_make(kind, author, **said)))


def _make(kind: type[Act], author: Author, **said: Any) -> Any:  # noqa: ANN401 (fields of an act)
    try:
        plain = msgspec.to_builtins({"format": FORMAT, **author.fields(), **said})
        tagged = {**plain, "act": kind.__struct_config__.tag}
        return msgspec.convert(tagged, kind)
    except msgspec.ValidationError as error:
        raise UnusableActError(f"no act can be made of this: {error}") from error


_encode = msgspec.json.Encoder(order="deterministic").encode


def _of(under: str, source: str, **way: Any) -> tuple[Author, Way]:  # noqa: ANN401 (`Way`)
    return Author(under, source), Way(**way)


@click.command(
    name="open",
    epilog=f"Example: truceline case open {UNDER} --as office --violation patrol-1/r-17 --text 'x'",
)
@click.option("--violation", "violations", multiple=True, help="A report, SOURCE/ID; repeatable.")
@click.option("--incident", "incidents", multiple=True, help="An incident's id; repeatable.")
@click.option("--term", help="Of the violations, this term alone.")
@click.option("--alleged-party", help="Whom the allegation names.")
@click.option("--text", required=True, help="What is alleged.")
@author_options
@way_options
def open_(  # noqa: PLR0913 (what an allegation says)
    *,
    violations: tuple[str, ...],
    incidents: tuple[str, ...],
    term: str | None,
    alleged_party: str | None,
    text: str,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Open a case about violations and incidents: the mission, or a party, alleges."""
    if not violations and not incidents:
        raise click.UsageError("name what it is about: --violation or --incident")
    subjects = [
        *(Subject(kind=SubjectKind.VIOLATION, id=it, term=term) for it in violations),
        *(Subject(kind=SubjectKind.INCIDENT, id=it) for it in incidents),
    ]
    author, on_its_way = _of(under, source, **way)
    named = {} if alleged_party is None else {"alleged_party": alleged_party}
    _bring(Opened, author, on_its_way, subjects=subjects, text=text, **named)


_CASE: Final = click.argument("case", metavar="CASE")
_STAGE: Final = click.option(
    "--stage", type=click.IntRange(1, 1000), default=1, show_default=True, help="After an appeal 2."
)
_TEXT: Final = click.option("--text", required=True, help="Word for word, as it is shown.")


@click.command(epilog=f"Example: truceline case advance {EXAMPLE} --to pending {UNDER} --as office")
@_CASE
@click.option("--to", type=click.Choice([it.value for it in Step]), required=True)
@click.option("--note", default="", help="Why.")
@_STAGE
@author_options
@way_options
def advance(  # noqa: PLR0913 (what a step says)
    *,
    case: str,
    to: str,
    note: str,
    stage: int,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Take CASE up, or begin an inquiry."""
    _bring(Advanced, *_of(under, source, **way), case=case, to=to, note=note, stage=stage)


@click.command(
    name="sign-ruling",
    epilog=(
        f"Example: truceline case sign-ruling {EXAMPLE} --finding inconclusive --text 'Heard once.'"
        f" --key panel-1.pem --key-id panel-1 {UNDER} --as panel-1"
    ),
)
@_CASE
@click.option("--finding", type=click.Choice([it.value for it in FindingWord]))
@click.option("--text", help="The grounds.")
@click.option("--party", help="Whom it holds to have done it.")
@click.option("--basis", type=click.Choice([it.value for it in AttributionBasis]))
@click.option("--same-as", type=FILE, help="The words of another's signed act, in this file.")
@click.option("--key", "key_file", required=True, type=FILE, help="Your private key's file.")
@click.option("--key-id", required=True, help="The key's id in the agreement.")
@_STAGE
@author_options
@way_options
def sign_ruling_(  # noqa: PLR0913 (what a ruling says, and by which key)
    *,
    case: str,
    finding: str | None,
    text: str | None,
    party: str | None,
    basis: str | None,
    same_as: Path | None,
    key_file: Path,
    key_id: str,
    stage: int,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Sign a ruling on CASE with your own key; another one has to sign the same words.

    Needs no network with --write: bring the file with `truceline case file`. --same-as takes the
    words of who signed first, as `truceline case show CASE --act SHA256` writes them: read them.
    """
    if same_as is not None:
        if finding or text or party or basis:
            raise click.UsageError("--same-as takes all its words from the file")
        ruling = _words_of(same_as)
    elif finding is None or not text or (party is None) != (basis is None):
        raise click.UsageError("say --finding and --text, --party with its --basis; or --same-as")
    else:
        whose = (
            None
            if party is None or basis is None
            else HeldResponsible(party=party, basis=AttributionBasis(basis))
        )
        ruling = Ruling(stage=stage, finding=FindingWord(finding), text=text, attributed=whose)
    author, on_its_way = _of(under, source, **way)
    act = _make(Signed, author, case=case, ruling=ruling, key=key_id)
    on_its_way.bring(CASES, _encode(sign_ruling(act, read_private_key(key_file))))


def _words_of(file: Path) -> Ruling:
    try:
        act = read_act(file.read_bytes())
    except NoActError as error:
        raise UnusableActError(f"{file}: {error}") from error
    if not isinstance(act, Signed):
        raise UnusableActError(f"{file} holds no signed ruling")
    return act.ruling


@click.command(
    epilog=f"Example: truceline case reply {EXAMPLE} --text 'Not ours.' {UNDER} --as ua-liaison"
)
@_CASE
@_TEXT
@click.option("--dissent", "dissents", is_flag=True, help="From the ruling of --stage.")
@_STAGE
@author_options
@way_options
def reply(  # noqa: PLR0913 (what a reply says)
    *,
    case: str,
    text: str,
    dissents: bool,
    stage: int,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Reply to CASE for a party, or dissent from its ruling; it is shown beside, unaltered."""
    author, on_its_way = _of(under, source, **way)
    if dissents:
        _bring(Dissented, author, on_its_way, case=case, stage=stage, text=text)
    else:
        _bring(Replied, author, on_its_way, case=case, text=text)


@click.command(
    epilog=(
        f"Example: truceline case appeal {EXAMPLE} --ruling {_HASH} --text 'Hear us.' {UNDER}"
        " --as ua-liaison"
    )
)
@_CASE
@click.option("--ruling", required=True, help="SHA-256 of the ruling, as `case show` has it.")
@_TEXT
@_STAGE
@author_options
@way_options
def appeal(  # noqa: PLR0913 (what an appeal says)
    *,
    case: str,
    ruling: str,
    text: str,
    stage: int,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Appeal for a party: CASE is reopened, its ruling stays shown, others rule again."""
    author, on_its_way = _of(under, source, **way)
    _bring(Appealed, author, on_its_way, case=case, ruling=ruling, text=text, stage=stage)


@click.command(
    epilog=(
        f"Example: truceline case custody {EXAMPLE} --evidence {_HASH} --holder lab"
        f" --since 2018-09-06T10:00Z {UNDER} --as office"
    )
)
@_CASE
@click.option("--evidence", required=True, help="SHA-256 of the media, which stay where they are.")
@click.option("--holder", required=True, help="Who holds it from then on.")
@click.option("--since", required=True, type=INSTANT, help="With UTC offset.")
@click.option("--after", help="SHA-256 of the act by which it was held before; none: taken in.")
@click.option("--note", default="", help="How it was handed over.")
@author_options
@way_options
def custody(  # noqa: PLR0913 (what a link of the log says)
    *,
    case: str,
    evidence: str,
    holder: str,
    since: datetime,
    after: str | None,
    note: str,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Add to the log of who holds a piece of evidence in CASE."""
    author, on_its_way = _of(under, source, **way)
    said: dict[str, Any] = {"case": case, "evidence": evidence, "holder": holder, "note": note}
    linked: dict[str, Any] = {} if after is None else {"after": after}
    _bring(EvidenceHeld, author, on_its_way, since=since, **said, **linked)


@click.command(epilog=f"Example: truceline case address {EXAMPLE} --party ua {UNDER} --as office")
@_CASE
@click.option("--party", "parties", multiple=True, required=True, help="Repeatable.")
@author_options
@way_options
def address(
    *,
    case: str,
    parties: tuple[str, ...],
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Show CASE to parties whom it concerns, who may reply, dissent and appeal then."""
    _bring(Addressed, *_of(under, source, **way), case=case, parties=parties)


@click.command(epilog=f"Example: truceline case release {EXAMPLE} {UNDER} --as office")
@_CASE
@_STAGE
@author_options
@way_options
def release(
    *,
    case: str,
    stage: int,
    under: str,
    source: str,
    **way: Any,  # noqa: ANN401 (`Way`)
) -> None:
    """Publish CASE with its ruling, replies and dissents."""
    _bring(Released, *_of(under, source, **way), case=case, stage=stage)


@click.command(name="file", epilog="Example: truceline case file ruling-of-panel-1.json")
@click.argument("file", type=FILE)
@way_options
def file_(*, file: Path, **way: Any) -> None:  # noqa: ANN401 (`Way`)
    """Bring the act in FILE, byte for byte, as --write or another program made it."""
    Way(**way).bring(CASES, file.read_bytes())


ACTS: Final = (
    open_,
    advance,
    sign_ruling_,
    reply,
    appeal,
    custody,
    address,
    release,
    file_,
)
