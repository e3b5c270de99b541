import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from geo.compiled import kernel

PROJECT = Path(__file__).parents[3]


def test_what_has_no_place_for_its_machine_code_is_compiled_all_the_same() -> None:
    # Numba finds no folder for a function without a file, as it finds none that can be written.
    scope: dict[str, Callable[[int], int]] = {}
    exec("def twice(x):\n    return 2 * x", scope)  # noqa: S102
    assert kernel(scope["twice"])(21) == 42


def test_machine_code_is_made_anew_where_another_file_changes(tmp_path: Path) -> None:
    package = tmp_path / "geo"
    package.mkdir()
    (package / "__init__.py").touch()
    shutil.copy(PROJECT / "geo" / "compiled.py", package)
    begin = "from geo.compiled import kernel\n"
    inner, outer = package / "inner.py", package / "outer.py"
    inner.write_text(f"{begin}@kernel\ndef one():\n    return 1\n", encoding="utf-8")
    outer.write_text(
        f"{begin}from geo.inner import one\n@kernel\ndef two():\n    return 2 * one()\n",
        encoding="utf-8",
    )

    def said() -> str:
        command = [sys.executable, "-c", "from geo.outer import two; print(two())"]
        environment = os.environ | {"PYTHONPATH": str(tmp_path)}
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert said() == "2"
    inner.write_text(f"{begin}@kernel\ndef one():\n    return 7\n", encoding="utf-8")
    assert said() == "14"


def test_who_asks_for_no_grid_needs_no_compiler() -> None:
    code = "import sys, geo.containment, streams.assess; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
