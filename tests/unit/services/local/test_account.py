import os
from pathlib import Path

import pytest

from services.local.account import (
    Account,
    engine_account,
    find_barrier,
    make_open_folder,
    require_reachable,
)
from services.local.errors import AccountMissingError, FolderUnreachableError

STRANGER = Account("stranger", uid=60_001, gid=60_001)


def test_a_closed_folder_above_is_the_barrier(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    (closed / "open").mkdir(mode=0o755)
    assert find_barrier(closed / "open", STRANGER) == closed
    with pytest.raises(FolderUnreachableError, match="closed does not let it in"):
        require_reachable(closed / "open" / "later", STRANGER)


def test_owner_group_and_others_each_have_their_bit(place: Path) -> None:
    folder = place / "mixed"
    folder.mkdir()
    status = folder.stat()
    owner, member = (
        Account("owner", status.st_uid, 60_001),
        Account("member", 60_001, status.st_gid),
    )
    for mode, barred in ((0o100, (member, STRANGER)), (0o011, (owner,)), (0o101, (member,))):
        folder.chmod(mode)
        got = tuple(a for a in (owner, member, STRANGER) if find_barrier(folder, a) is not None)
        assert got == barred
    folder.chmod(0o700)


@pytest.mark.skipif(os.geteuid() != 0, reason="root's folders are the ones to keep open")
def test_folders_that_root_makes_can_be_passed_whatever_its_umask(place: Path) -> None:
    before = os.umask(0o077)
    try:
        make_open_folder(place / "a" / "b")
    finally:
        os.umask(before)
    assert find_barrier(place / "a" / "b", STRANGER) is None


def test_engines_never_run_as_root() -> None:
    assert engine_account().uid != 0


def test_a_user_id_without_a_name_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 3_999_999)
    with pytest.raises(AccountMissingError, match="add it to /etc/passwd"):
        engine_account()
