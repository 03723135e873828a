"""Everything about the code that can be said without running it (`make check`).

All checks run, two at a time; one that fails shows what it said. None of them touches a
database or a home that somebody uses.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS: dict[str, list[str]] = {
    "mypy": [f"{BIN}/mypy"],
    "ruff check": [f"{BIN}/ruff", "check", "--quiet", "."],
    "ruff format": [f"{BIN}/ruff", "format", "--check", "--quiet", "."],
    "lint-imports": [f"{BIN}/lint-imports"],
    "django check": [sys.executable, "manage.py", "check", "--fail-level", "WARNING"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": [sys.executable, "tools/messages.py", "--check"],
    "openapi": [sys.executable, "tools/openapi.py", "--check"],
}


@dataclass(frozen=True, slots=True)
class Outcome:
    name: str
    passed: bool
    seconds: float
    said: str


def run(name: str, environment: dict[str, str]) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(name, done.returncode == 0, time.monotonic() - started, done.stdout)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="lianfang-check-") as home:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("LIANFANG_")}
        environment["LIANFANG_HOME"] = home
        failed = []
        with ThreadPoolExecutor(max_workers=2) as pool:
            for outcome in pool.map(lambda name: run(name, environment), CHECKS):
                verdict = "ok    " if outcome.passed else "FAILED"
                print(f"{verdict} {outcome.name:<13} {outcome.seconds:5.1f} s", flush=True)
                if not outcome.passed:
                    print(outcome.said.strip(), flush=True)
                    failed.append(outcome.name)
    if failed:
        print(f"check: {', '.join(failed)} failed", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
