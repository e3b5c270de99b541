import os
from pathlib import Path

import pytest

from services.local.endpoints import Endpoints, read_endpoints, remove_endpoints, write_endpoints
from services.local.errors import FolderForeignError
from services.local.folder import Folder

WHERE = Endpoints("postgresql://truceline@/truceline?host=/s", "127.0.0.1:9092")


def test_a_running_instance_is_found_and_a_killed_one_is_not(place: Path) -> None:
    folder = Folder(place)
    assert read_endpoints(place) is None
    folder.hold()
    written = write_endpoints(place, WHERE)
    assert written.stat().st_mode & 0o777 == 0o600
    assert read_endpoints(place) == WHERE
    folder.release()
    assert read_endpoints(place) is None


def test_an_instance_of_an_older_program_has_no_address_for_the_gateway(place: Path) -> None:
    folder = Folder(place)
    folder.hold()
    (place / "run.json").write_text(
        '{"database_url": "postgresql:///x", "kafka_bootstrap": "a:1"}', encoding="utf-8"
    )
    assert read_endpoints(place) == Endpoints("postgresql:///x", "a:1", None)
    folder.release()


def test_a_stopped_instance_leaves_nothing(place: Path) -> None:
    folder = Folder(place)
    folder.hold()
    write_endpoints(place, WHERE)
    write_endpoints(place, WHERE)
    remove_endpoints(place)
    assert read_endpoints(place) is None
    assert not list(place.glob("*run.json"))


def test_a_folder_that_never_was_has_no_instance(place: Path) -> None:
    assert read_endpoints(place / "nowhere") is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everybody's")
def test_somebody_elses_instance_is_told_so(place: Path) -> None:
    (place / "run.json").touch(mode=0o000)
    with pytest.raises(FolderForeignError, match="somebody else"):
        read_endpoints(place)
