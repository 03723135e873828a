"""Every start waits for what it imports: the slow libraries wait for their first use."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module

from lianfang.commands.main import _COMMANDS

_START = """
import sys
import config.urls
import lianfang.commands.serve, lianfang.usecases.workers
print(*[name for name in ("scipy.stats", "pypinyin", "openpyxl") if name in sys.modules])
"""


def test_web_and_workers_start_without_the_slow_libraries() -> None:
    started = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{_START}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.split() == []


def test_each_command_stands_beside_the_file_that_speaks_it() -> None:
    for module, words in _COMMANDS.items():
        subparsers = argparse.ArgumentParser().add_subparsers()
        import_module(f"lianfang.commands.{module}").add_parsers(subparsers)
        assert tuple(subparsers.choices) == words
