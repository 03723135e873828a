"""Loaded by pytest before anything else (`-p tests.early` in pyproject.toml).

pytest-django reads the settings before any conftest.py is loaded; by then they must point at
the database and the home of this run, and never at those of the person who runs the tests.
"""

from __future__ import annotations

import pytest

from tests import databases


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    databases.prepare()
