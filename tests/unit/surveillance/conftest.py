"""The R reference and its parameter sets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def rref(shared: Path) -> Path:
    return shared / "rref"


@pytest.fixture(scope="session")
def params(rref: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((rref / "params.json").read_text(encoding="utf-8"))
    return content
