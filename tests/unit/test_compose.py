"""The compose file and the image, held to the specification and to the program, without Docker."""

from __future__ import annotations

import importlib
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click
import pytest
import yaml
from jsonschema import Draft201909Validator

from services.cli.main import COMMANDS, truceline
from services.keyring import LOCAL_KEY, read_keys
from services.local.endpoints import (
    API_DATABASE_VARIABLE,
    DATABASE_VARIABLE,
    KAFKA_VARIABLE,
    LISTEN_VARIABLE,
)
from services.local.folder import HOME_VARIABLE
from services.local.kafka import MAX_RECORD_BYTES, PROPERTIES
from services.local.postgres import API_ROLE
from services.settings import KEYS_VARIABLE, RECEIPT_KEYS_VARIABLE, URL_SCHEME
from tests.unit.test_docs import blocks

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("setup", "worker", "gateway", "relay", "timer", "cli")
LASTING = ("postgres", "kafka", "worker", "gateway", "relay", "timer")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()

every_service = pytest.mark.parametrize("name", SERVICES)
each_of_ours = pytest.mark.parametrize("name", OURS)


def instructions(word: str) -> list[str]:
    """What follows an instruction of the Dockerfile, each time it is given."""
    return [line.removeprefix(f"{word} ") for line in DOCKERFILE if line.startswith(f"{word} ")]


def database_url(name: str = "worker") -> str:
    """The URL that a service connects by."""
    variables = SERVICES[name]["environment"]
    url: str = variables.get(DATABASE_VARIABLE) or variables[API_DATABASE_VARIABLE]
    return url


def test_the_file_is_what_the_compose_specification_asks_for() -> None:
    schema = json.loads((ROOT / "tests/unit/data/compose-spec.json").read_text("utf-8"))
    assert [error.message for error in Draft201909Validator(schema).iter_errors(COMPOSE)] == []


def test_the_schema_would_find_a_misspelt_key() -> None:
    schema = json.loads((ROOT / "tests/unit/data/compose-spec.json").read_text("utf-8"))
    misspelt = {"services": {"worker": {**SERVICES["worker"], "comand": ["true"]}}}
    assert not Draft201909Validator(schema).is_valid(misspelt)


@every_service
def test_an_image_is_pinned_to_a_major_version_at_least(name: str) -> None:
    assert re.search(r":\d+", SERVICES[name]["image"])


def test_kafka_has_the_version_whose_jars_are_locked() -> None:
    lock = tomllib.loads((ROOT / "services/local/jgo.lock.toml").read_text("utf-8"))
    jars = {jar["artifactId"]: jar["version"] for jar in lock["dependencies"]}
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{jars['kafka_2.13']}"


def test_postgres_has_the_major_version_of_the_locked_package() -> None:
    lock = (ROOT / "requirements/runtime.lock").read_text("utf-8")
    major = SERVICES["postgres"]["image"].rpartition(":")[2]
    assert f"\nembedded-postgres=={major}." in lock


@every_service
def test_no_service_runs_as_root_or_can_become_it(name: str) -> None:
    service = SERVICES[name]
    user = re.sub(r"\$\{\w+:-(\d+)\}", r"\1", service["user"])
    assert user.partition(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged", False)


@every_service
def test_the_gateway_alone_is_published_and_nothing_else_leaves_the_network(name: str) -> None:
    if name == "gateway":
        (port,) = SERVICES[name]["ports"]
        listen = SERVICES[name]["environment"][LISTEN_VARIABLE]
        assert port.startswith("127.0.0.1:")
        assert port.rpartition(":")[2] == listen.rpartition(":")[2]
    else:
        assert "ports" not in SERVICES[name]
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_has_a_health_check_and_starts_again(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@every_service
def test_who_is_waited_for_can_be_waited_for(name: str) -> None:
    for other, how in SERVICES[name].get("depends_on", {}).items():
        if how["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"] == "on-failure"


def test_every_volume_is_named_declared_and_used() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", ())]
    names = [mount.partition(":")[0] for mount in mounts if not mount.startswith((".", "/"))]
    assert sorted(names) == sorted(COMPOSE["volumes"])
    assert all(volume["name"] for volume in COMPOSE["volumes"].values())


def test_the_engines_keep_their_data_on_the_volumes() -> None:
    kafka = SERVICES["kafka"]
    assert kafka["volumes"] == [f"kafka-data:{kafka['environment']['KAFKA_LOG_DIRS']}"]
    # Image postgres:18 declares its volume here, one level above the data.
    assert SERVICES["postgres"]["volumes"] == [
        "postgres-data:/var/lib/postgresql",
        "./.truceline/secrets/api-role.sql:/docker-entrypoint-initdb.d/api-role.sql:ro",
    ]


@every_service
def test_every_secret_is_declared_as_a_file_out_of_git_and_image(name: str) -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    for secret in SERVICES[name].get("secrets", ()):
        folder = COMPOSE["secrets"][secret]["file"].partition("/")[0]
        assert f"{folder}/" in ignored
    assert "*" in (ROOT / ".dockerignore").read_text("utf-8").splitlines()


@every_service
def test_no_secret_is_the_value_of_a_variable_or_an_argument(name: str) -> None:
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        if re.search("PASSWORD|SECRET|PRODUCER_KEYS", variable):
            assert value.startswith("/run/secrets/"), variable
        if value.startswith(URL_SCHEME):
            assert urlsplit(value).password is None
    assert "secret" not in json.dumps(service.get("command", ""))


@each_of_ours
def test_every_variable_of_ours_is_one_the_program_reads(name: str) -> None:
    known = {DATABASE_VARIABLE, KAFKA_VARIABLE, KEYS_VARIABLE, HOME_VARIABLE}
    if name == "gateway":  # which must know no password of the owner's, and no producer's key
        known = {API_DATABASE_VARIABLE, KAFKA_VARIABLE, HOME_VARIABLE}
        known |= {LISTEN_VARIABLE, RECEIPT_KEYS_VARIABLE}
    assert set(SERVICES[name]["environment"]) == known


@each_of_ours
def test_files_that_variables_name_are_secrets_of_the_service(name: str) -> None:
    service = SERVICES[name]
    named = set(parse_qs(urlsplit(database_url(name)).query)["passfile"])
    if KEYS_VARIABLE in service["environment"]:
        named.add(service["environment"][KEYS_VARIABLE])
    assert {f"/run/secrets/{secret}" for secret in service["secrets"]} == named


def test_the_keys_that_sign_receipts_are_kept() -> None:
    gateway = SERVICES["gateway"]
    (mount,) = gateway["volumes"]
    kept, _, inside = mount.partition(":")
    assert inside == gateway["environment"][RECEIPT_KEYS_VARIABLE]
    assert f"{kept.partition('/')[0]}/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_addresses_are_those_of_the_services() -> None:
    url = urlsplit(database_url())
    postgres = SERVICES["postgres"]["environment"]
    assert database_url().startswith(URL_SCHEME)
    assert (url.hostname, url.port) == ("postgres", 5432)
    assert url.username == postgres["POSTGRES_USER"]
    assert url.path == f"/{postgres['POSTGRES_DB']}"
    advertised = SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    assert advertised == f"PLAINTEXT://{SERVICES['worker']['environment'][KAFKA_VARIABLE]}"


def test_kafka_is_set_up_as_truceline_up_sets_it_up() -> None:
    ours = dict(line.split("=", 1) for line in PROPERTIES.splitlines())
    theirs = {
        name.removeprefix("KAFKA_").replace("_", ".").lower(): value
        for name, value in SERVICES["kafka"]["environment"].items()
    }
    # Where it listens, what one machine saves, and what is said in another form.
    own = {"controller.quorum.voters", "listeners", "advertised.listeners", "log.dirs", "heap.opts"}
    own |= {"listener.security.protocol.map", "message.max.bytes", "replica.fetch.max.bytes"}
    assert {n: v for n, v in theirs.items() if n not in own and ours.get(n) != v} == {}
    assert theirs["message.max.bytes"] == theirs["replica.fetch.max.bytes"] == f"{MAX_RECORD_BYTES}"


def test_every_listener_of_kafka_has_its_protocol() -> None:
    settings = SERVICES["kafka"]["environment"]
    listeners = {it.partition(":")[0] for it in settings["KAFKA_LISTENERS"].split(",")}
    mapped = settings["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")
    assert {it.partition(":")[0] for it in mapped} == listeners
    assert settings["KAFKA_CONTROLLER_LISTENER_NAMES"] in listeners
    assert settings["KAFKA_INTER_BROKER_LISTENER_NAME"] in listeners


def command_lines(service: dict[str, Any]) -> Iterator[list[str]]:
    """What a service runs, and what looks after its health, as words."""
    runs = [*service.get("entrypoint", ()), *service["command"]]
    looks = service.get("healthcheck", {}).get("test", ["CMD"])[1:]
    for words in (runs, looks):
        if words[:2] == ["sh", "-c"]:
            yield from (shlex.split(part) for part in words[2].split("&&"))
        elif words:
            yield words


@each_of_ours
def test_every_command_of_ours_is_one_of_the_program(name: str) -> None:
    for words in command_lines(SERVICES[name]):
        if words[:2] == ["python", "-c"]:
            assert SERVICES[name]["environment"][LISTEN_VARIABLE].rpartition(":")[2] in words[2]
            assert "/readyz" in words[2]
        elif words[:2] == ["python", "-m"]:
            assert callable(importlib.import_module(f"{words[2]}.__main__").main)
        else:
            assert words[0] == "truceline"
            _require_command(words[1:])


def _require_command(words: list[str]) -> None:
    command: click.Command = truceline
    rest = words
    while isinstance(command, click.Group) and not rest[0].startswith("-"):
        assert command is not truceline or rest[0] in COMMANDS
        _, found, rest = command.resolve_command(click.Context(command), rest)
        assert found is not None
        command = found
    options = {opt for parameter in command.params for opt in parameter.opts}
    assert set(rest) <= options | {"--help"}


def test_two_workers_run_and_what_they_write_outside_the_engines_is_temporary() -> None:
    worker = SERVICES["worker"]
    assert worker["deploy"]["replicas"] == 2
    assert worker["read_only"]
    assert worker["working_dir"] in worker["tmpfs"]
    assert worker["environment"][HOME_VARIABLE].startswith(worker["tmpfs"][0])


def test_everything_that_is_copied_into_the_image_is_there_and_let_through() -> None:
    let_through = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    copied = [w for line in instructions("COPY") if "--from" not in line for w in line.split()[:-1]]
    assert copied
    for source in copied:
        assert (ROOT / source).exists(), source
        assert source in let_through, source


def test_the_image_holds_every_package_of_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = {word for line in instructions("COPY") for word in line.split()[:-1]}
    assert set(packages) <= copied
    assert project["project"]["readme"] in copied


def test_the_image_is_installed_by_hash_alone() -> None:
    installs = re.findall(r"pip install ([^&]+)", " ".join(instructions("RUN")))
    assert any("--require-hashes -r requirements/runtime.lock" in it for it in installs)
    for arguments in installs:
        assert "--require-hashes" in arguments or "--no-deps --no-index" in arguments


def test_the_image_is_debian_and_its_last_user_is_not_root() -> None:
    assert {line.split()[0] for line in instructions("FROM")} == {"python:3.11-slim-bookworm"}
    assert instructions("USER")[-1].partition(":")[0].isdigit()
    assert instructions("USER")[-1].partition(":")[0] != "0"


def test_secrets_made_as_the_guide_says_are_taken_by_the_program(tmp_path: Path) -> None:
    guide = ROOT / "docs/guides/operators.md"
    recipe = next(block for block in blocks(guide, "sh") if "secrets/pgpass" in block)
    subprocess.run(["sh", "-eu", "-c", recipe], cwd=tmp_path, check=True)
    made = {name: tmp_path / secret["file"] for name, secret in COMPOSE["secrets"].items()}
    key = read_keys(made["producer_keys"])[LOCAL_KEY]
    assert len(key.secret) == 32
    host, port, database, user, password = made["pgpass"].read_text("utf-8").strip().split(":")
    url = urlsplit(database_url())
    assert (host, port) == (url.hostname, f"{url.port}")
    assert (user, f"/{database}") == (url.username, url.path)
    assert password == made["postgres_password"].read_text("utf-8")
    host, port, database, user, api = made["pgpass_api"].read_text("utf-8").strip().split(":")
    url = urlsplit(database_url("gateway"))
    assert (host, port, user) == (url.hostname, f"{url.port}", API_ROLE)
    assert (url.username, url.path) == (API_ROLE, f"/{database}")
    role = tmp_path / ".truceline/secrets/api-role.sql"
    assert role.read_text("utf-8") == f"CREATE ROLE {API_ROLE} LOGIN PASSWORD '{api}';\n"
    assert api != password
    assert {path.stat().st_mode & 0o777 for path in (role, *made.values())} == {0o600}
    assert (tmp_path / ".truceline/receipts").stat().st_mode & 0o777 == 0o700
