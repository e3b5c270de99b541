"""Where a command finds the engines: the environment first, then what runs on the folder."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from services import settings
from services.client.address import DEFAULT_URL, GATEWAY_VARIABLE
from services.client.token import TOKEN_FILE_VARIABLE
from services.errors import SettingsError
from services.limits import REQUESTS_VARIABLE
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    Endpoints,
)
from services.settings import (
    GRID_VARIABLE,
    KEYS_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    SPOOL_VARIABLE,
    Settings,
    check_bootstrap,
    check_database_url,
    load_gateway_settings,
    load_settings,
)

RUNNING = Endpoints("postgresql:///running", "127.0.0.1:9092", "postgresql://api@/running")
OF_THE_CLIENT = (GATEWAY_VARIABLE, TOKEN_FILE_VARIABLE, SPOOL_VARIABLE)
SET = (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    KEYS_VARIABLE,
    RECEIPT_KEYS_VARIABLE,
    *OF_THE_CLIENT,
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in SET:
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
    with pytest.raises(SettingsError, match=rf"truceline up.*{API_DATABASE_VARIABLE}"):
        found.api_database()


@pytest.mark.usefixtures("running")
def test_what_runs_on_the_folder_is_found(tmp_path: Path) -> None:
    found = load_settings(tmp_path)
    assert (found.database(), found.kafka()) == (RUNNING.database_url, RUNNING.kafka_bootstrap)
    assert found.api_database() == RUNNING.api_database_url
    assert found.producer_keys == tmp_path / "keys" / "producers.toml"
    assert found.receipt_keys == tmp_path / "keys" / "receipts"


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
    monkeypatch.setenv(API_DATABASE_VARIABLE, "postgresql://api@elsewhere/db")
    assert load_settings(tmp_path).api_database() == "postgresql://api@elsewhere/db"


@pytest.mark.usefixtures("running")
def test_a_variable_set_to_nothing_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in SET:
        monkeypatch.setenv(variable, "")
    found = load_settings(tmp_path)
    assert (found.database(), found.kafka()) == (RUNNING.database_url, RUNNING.kafka_bootstrap)
    assert found.producer_keys.is_relative_to(tmp_path)


def test_the_environment_may_name_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEYS_VARIABLE, "/run/secrets/producers.toml")
    assert load_settings(tmp_path).producer_keys == Path("/run/secrets/producers.toml")
    monkeypatch.setenv(RECEIPT_KEYS_VARIABLE, "/run/keys")
    assert load_settings(tmp_path).receipt_keys == Path("/run/keys")


def test_a_url_of_the_gateways_role_is_refused_under_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(API_DATABASE_VARIABLE, "mysql://hunter2@host/db")
    with pytest.raises(SettingsError, match=f"^{API_DATABASE_VARIABLE} must begin") as raised:
        load_settings(tmp_path).api_database()
    assert "hunter2" not in str(raised.value)


def test_keys_that_the_environment_names_are_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not load_settings(tmp_path).keys_required
    monkeypatch.setenv(KEYS_VARIABLE, "/run/secrets/producers.toml")
    assert load_settings(tmp_path).keys_required


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@host:hunter2/name",
        "postgresql://me@host:5432,other:hunter2/name",
        "postgresql://me:hunter2 x@host/name",
        "postgresql://me:hunter2%zz@host/name",
        "postgresql://me:p@hunter2/w@host/name",
        "postgresql://me:hunter2@[::1/name",
        "postgresql://me@host/name?hunter2=1",
        "mysql://me:hunter2@host/name",
        "host=here password=hunter2",
    ],
)
def test_a_url_that_cannot_be_read_is_said_in_a_line_without_it(url: str) -> None:
    with pytest.raises(SettingsError) as raised:
        check_database_url(url)
    said = "".join(traceback.format_exception(raised.value))
    assert "hunter2" not in said
    assert len(str(raised.value).splitlines()) == 1
    assert DATABASE_VARIABLE in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///name?host=/run/truceline&user=me",
        "postgresql://me:p%40ss@host:5432/name?sslmode=require",
        "postgresql://me@[::1]:5432/name",
        "postgresql://one:5432,other/name?target_session_attrs=primary",
        "postgresql://host/name?options=-c%20a@b",
    ],
)
def test_a_url_that_can_be_read_is_taken_as_it_is(url: str) -> None:
    assert check_database_url(url) == url


@pytest.mark.parametrize(
    "addresses",
    ["host", "host:", ":9092", "host:0", "host:65536", "kafka://hunter2:9092", "a:1,", "a:1;b:2",
     "me:hunter2@host:9092", "a b:1", "a:hunter2"],
)  # fmt: skip
def test_an_address_of_kafka_that_cannot_be_read_is_said_in_a_line(addresses: str) -> None:
    with pytest.raises(SettingsError, match=f"^{KAFKA_VARIABLE} must be host:port") as raised:
        Settings(None, addresses, Path("keys"), "group").kafka()
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("addresses", ["a:1", "127.0.0.1:9092,b.example:65535", "[::1]:9092, c:2"])
def test_addresses_of_kafka_are_taken_as_they_are(addresses: str) -> None:
    assert check_bootstrap(addresses) == addresses


def test_the_gateway_is_named_else_the_one_that_runs_else_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings(tmp_path).gateway_url == DEFAULT_URL
    monkeypatch.setattr(settings, "read_endpoints", lambda _: RUNNING)
    assert load_settings(tmp_path).gateway_url == DEFAULT_URL
    running = Endpoints("", "", gateway_url="http://127.0.0.1:9999")
    monkeypatch.setattr(settings, "read_endpoints", lambda _: running)
    assert load_settings(tmp_path).gateway_url == running.gateway_url
    monkeypatch.setenv(GATEWAY_VARIABLE, "https://gateway.example")
    assert load_settings(tmp_path).gateway_url == "https://gateway.example"


def test_token_and_spool_lie_in_the_data_folder_unless_they_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = load_settings(tmp_path)
    assert (found.token_file, found.spool) == (tmp_path / "keys" / "token", tmp_path / "spool")
    monkeypatch.setenv(TOKEN_FILE_VARIABLE, "/secrets/token")
    monkeypatch.setenv(SPOOL_VARIABLE, "/stick/spool")
    found = load_settings(tmp_path)
    assert (found.token_file, found.spool) == (Path("/secrets/token"), Path("/stick/spool"))


def test_a_limit_that_cannot_be_read_stops_the_gateway_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(REQUESTS_VARIABLE, "many")
    load_settings()
    with pytest.raises(SettingsError, match=REQUESTS_VARIABLE):
        load_gateway_settings()


@pytest.mark.parametrize(("given", "wanted"), [(None, 128), ("0", 0), ("64", 64), ("4096", 4096)])
def test_the_index_has_its_share_of_memory(
    given: str | None, wanted: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is None:
        monkeypatch.delenv(GRID_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(GRID_VARIABLE, given)
    assert load_settings(tmp_path).grid_bytes() == wanted * 1_000_000


@pytest.mark.parametrize("given", ["-1", "1.5", "4097", "many", "²", "9" * 400])
def test_a_share_of_memory_that_is_none_is_refused(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(GRID_VARIABLE, given)
    with pytest.raises(SettingsError, match=GRID_VARIABLE):
        load_settings(tmp_path).grid_bytes()
