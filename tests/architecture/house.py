"""The plan of the house as pyproject.toml draws it, and the files that git tracks."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def lines_of_the_flow() -> dict[str, int]:
    """Room -> its line; a higher line may import a lower one, rooms of one line may not."""
    [flow] = [c for c in pyproject()["tool"]["importlinter"]["contracts"] if c["id"] == "flow"]
    layers: list[str] = flow["layers"]
    return {
        room: len(layers) - number
        for number, layer in enumerate(layers)
        for room in re.findall(r"\w+", layer)
    }


@cache
def project_files() -> tuple[Path, ...]:
    """What git tracks or would track: everything that is not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())


def python_files(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Each Python file of the folders, without migrations: its name and its tree."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield path.relative_to(ROOT).as_posix(), tree


def dotted(node: ast.expr) -> str:
    """`datetime.now` for the function of a call `datetime.now()`; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return ""
