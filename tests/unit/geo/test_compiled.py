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


def test_who_asks_for_no_grid_needs_no_compiler() -> None:
    code = "import sys, geo.containment, streams.assess; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
