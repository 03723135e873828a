"""Everything that shows that the product is true (`make test`): four stages and a summary.

    checks      lint, types, import contracts, migrations, translations
    sqlite      rules, architecture and flows, on SQLite
    postgres    the same flows on a real PostgreSQL
    pages       pages in a real Chromium

All stages run, whatever became of the one before. What this machine cannot do is left out
and said in one line; with CI=true it counts as a failure, and so does a skipped test.
Words after `python tools/run_tests.py` name the stages to run: all, when there are none.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.databases import NoPostgres, Postgres, start_postgres  # noqa: E402  (path first)

IN_CI = os.environ.get("CI") == "true"
RESULTS = ROOT / "var" / "test-results"
LIMIT = 20 * 60  # seconds; a stage that hangs is ended and has failed
WORKERS = os.environ.get("LIANFANG_TEST_WORKERS") or str(min(os.cpu_count() or 1, 4))
NO_TESTS = 5  # pytest's exit code


@dataclass(slots=True)
class Stage:
    name: str
    state: str = "passed"  # or "FAILED", "left out"
    reason: str = ""
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def line(self) -> str:
        counted = ", ".join(f"{number} {what}" for what, number in self.counts.items() if number)
        return f"{self.name:<9} {self.state:<8} {self.seconds:6.1f} s  {counted or self.reason}"


def run_command(command: list[str], environment: dict[str, str] | None = None) -> int:
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        print(f"ended after {LIMIT} s: {' '.join(command)}", flush=True)
        return 124
    finally:
        # Ctrl-C and the limit end the whole group, xdist's workers and Chromium included:
        # first as a person would, so that pytest tidies up.
        for how in (signal.SIGINT, signal.SIGKILL):
            if process.poll() is None:
                os.killpg(process.pid, how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=20)


def checks(stage: Stage) -> None:
    if run_command([sys.executable, "tools/run_checks.py"]):
        stage.state = "FAILED"


def sqlite(stage: Stage) -> None:
    run_pytest(stage, ["tests/unit", "tests/architecture", "tests/flow"], kind="sqlite")


def postgres(stage: Stage) -> None:
    server: Postgres | None = None
    address = os.environ.get("LIANFANG_TEST_DATABASE_URL")
    try:
        if not address:
            server = start_postgres()
            address = server.url
        run_pytest(stage, ["tests/flow"], kind="postgres", address=address)
    except NoPostgres as reason:
        leave_out(stage, str(reason))
    finally:
        if server:
            server.stop()


def pages(stage: Stage) -> None:
    found = subprocess.run(
        ["bash", "tools/setup_chromium.sh"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if found.returncode:
        leave_out(stage, found.stderr.strip().splitlines()[-1])
    else:
        run_pytest(stage, ["tests/web"], kind="sqlite")


STAGES = {"checks": checks, "sqlite": sqlite, "postgres": postgres, "pages": pages}


def leave_out(stage: Stage, reason: str) -> None:
    stage.state = "FAILED" if IN_CI else "left out"
    stage.reason = reason
    print(f"{stage.name}: left out, {reason}", flush=True)


def run_pytest(stage: Stage, folders: list[str], *, kind: str, address: str = "") -> None:
    results = RESULTS / f"{stage.name}.xml"
    results.unlink(missing_ok=True)
    environment = {**os.environ, "LIANFANG_TEST_DB": kind}
    if address:
        environment["LIANFANG_TEST_DATABASE_URL"] = address
    options = ["-n", WORKERS, "--durations=5", f"--junitxml={results}"]
    code = run_command([sys.executable, "-m", "pytest", *options, *folders], environment)
    stage.counts = read_counts(results)
    if code == NO_TESTS:
        leave_out(stage, "there is no test in " + " ".join(folders))
    elif code:
        stage.state = "FAILED"
        stage.reason = f"pytest ended with {code}"


def read_counts(results: Path) -> Counter[str]:
    """How many tests passed, failed and were skipped, as pytest's own report says."""
    if not results.exists():
        return Counter()
    suite = ElementTree.parse(results).getroot().find("testsuite")
    assert suite is not None
    number = {
        what: int(suite.get(what, "0")) for what in ("tests", "failures", "errors", "skipped")
    }
    failed = number["failures"] + number["errors"]
    passed = number["tests"] - failed - number["skipped"]
    return Counter(passed=passed, failed=failed, skipped=number["skipped"])


def main(names: list[str]) -> int:
    if unknown := set(names) - STAGES.keys():
        print(f"no such stage: {', '.join(sorted(unknown))}\n\n{__doc__}")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through every `finally`
    RESULTS.mkdir(parents=True, exist_ok=True)
    stages = []
    for name in names or STAGES:
        stage = Stage(name)
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        STAGES[name](stage)
        stage.seconds = time.monotonic() - started
        stages.append(stage)
    return summary(stages)


def summary(stages: list[Stage]) -> int:
    total: Counter[str] = sum((stage.counts for stage in stages), Counter())
    print("\n=== summary")
    for stage in stages:
        print(stage.line)
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if any(stage.state == "FAILED" for stage in stages) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
