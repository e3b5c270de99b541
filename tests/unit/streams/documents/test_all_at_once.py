"""Sixty kinds of mistake in one agreement: each found, with its path and its line, in one pass."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from streams.documents.read import examine_agreement
from tests.unit.streams.documents.texts import ZONES_GEOJSON

TEXT = (Path(__file__).parents[1] / "data" / "sixty-mistakes.yaml").read_text("utf-8")
STEP = re.compile(r"(\w+)|\[(\d+)\]")


def lines_at(path: str) -> set[int]:
    """Where the YAML library itself finds a path: its key's line and its value's.

    Of what is missing, where that would be; of a list the lines of its items as well.
    """
    node = yaml.compose(TEXT, Loader=yaml.SafeLoader)
    lines = {1}
    for name, number in STEP.findall(path):
        if isinstance(node, yaml.SequenceNode) and number and int(number) < len(node.value):
            node = node.value[int(number)]
            lines = {node.start_mark.line + 1}
        elif isinstance(node, yaml.MappingNode) and name:
            found = [pair for pair in node.value if pair[0].value == name]
            if not found:
                break
            key, node = found[0]
            lines = {key.start_mark.line + 1, node.start_mark.line + 1}
    items = node.value if isinstance(node, yaml.SequenceNode) else []
    return lines | {item.start_mark.line + 1 for item in items}


def test_sixty_kinds_of_mistake_are_found_in_one_pass_each_at_its_line() -> None:
    found = examine_agreement(TEXT, {"zones.geojson": ZONES_GEOJSON}, file="a.yaml").mistakes
    assert len({mistake.code for mistake in found}) >= 60
    assert len({(mistake.code, mistake.path) for mistake in found}) >= 65
    for mistake in found:
        assert mistake.path
        assert mistake.file in {"a.yaml", "zones.geojson"}, mistake
        if mistake.file == "a.yaml":
            assert mistake.line in lines_at(mistake.path), mistake
