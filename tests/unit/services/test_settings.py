"""Where a command finds the engines: the environment first, then what runs on the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from services import settings
from services.errors import SettingsError
from services.local.endpoints import Endpoints
from services.local.up import DATABASE_VARIABLE, KAFKA_VARIABLE
from services.settings import KEYS_VARIABLE, load_settings

RUNNING = Endpoints("postgresql:///running", "127.0.0.1:9092")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (DATABASE_VARIABLE, KAFKA_VARIABLE, KEYS_VARIABLE):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "read_endpoints", lambda _: RUNNING)


def test_where_nothing_runs_and_nothing_is_set_a_person_is_told_what_to_do(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    with pytest.raises(SettingsError, match=rf"truceline up.*{DATABASE_VARIABLE}"):
        found.database()
    with pytest.raises(SettingsError, match=rf"truceline up.*{KAFKA_VARIABLE}"):
        found.kafka()


@pytest.mark.usefixtures("running")
def test_what_runs_on_the_folder_is_found(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert (found.database(), found.kafka()) == (RUNNING.database_url, RUNNING.kafka_bootstrap)
    assert found.producer_keys == tmp_path / "keys" / "producers.toml"


@pytest.mark.usefixtures("running")
def test_the_environment_comes_first_each_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://elsewhere/db")
    found = load_settings(tmp_path)
    assert found.database() == "postgresql://elsewhere/db"
    assert found.kafka() == RUNNING.kafka_bootstrap
    monkeypatch.setenv(KAFKA_VARIABLE, "broker:9092")
    assert load_settings(tmp_path).kafka() == "broker:9092"


@pytest.mark.usefixtures("running")
def test_a_variable_set_to_nothing_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in (DATABASE_VARIABLE, KAFKA_VARIABLE, KEYS_VARIABLE):
        monkeypatch.setenv(variable, "")
    found = load_settings(tmp_path)
    assert (found.database(), found.kafka()) == (RUNNING.database_url, RUNNING.kafka_bootstrap)
    assert found.producer_keys.is_relative_to(tmp_path)


def test_the_environment_may_name_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS_VARIABLE, "/run/secrets/producers.toml")
    assert load_settings(tmp_path).producer_keys == Path("/run/secrets/producers.toml")
