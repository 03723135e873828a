"""`make bench`: every figure of docs/performance.md, beside a plain baseline in the same run.

python -m tools.bench                 # all of it
python -m tools.bench ledger reports  # some of it
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = tuple(
    sorted(
        path.stem.removeprefix("bench_")
        for path in Path(__file__).parent.glob("bench_*.py")
        if "def run(" in path.read_text(encoding="utf-8")
    )
)


def machine() -> str:
    """One line about where this was measured: processor, cores, load, memory, system."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if "model name" in line), "")
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return (
        f"{model or platform.machine()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"load {load:.1f} before, {platform.system()}, Python {platform.python_version()}"
    )


def main(wanted: Sequence[str]) -> int:
    unknown = set(wanted) - set(PARTS)
    if unknown:
        print(f"no such part: {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
        return 2
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {machine()}\n")
    print("| part | figure | value | baseline | ratio |")
    print("|---|---|--:|--:|--:|")
    failed = []
    for part in wanted or PARTS:
        if not _print_part(part):
            failed.append(part)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


def _print_part(part: str) -> bool:
    """Each part in a process of its own: one Django, one database, its own peak memory."""
    child = subprocess.run(
        [sys.executable, "-m", "tools.bench", "--part", part],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    print(child.stdout, end="", flush=True)
    return child.returncode == 0


def _part(part: str) -> None:
    for row in import_module(f"tools.bench_{part}").run():
        baseline = "" if row["baseline"] is None else f"{row['baseline']:,.1f}"
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        value = f"{row['value']:,.1f} {row['unit']}"
        print(f"| {part} | {row['name']} | {value} | {baseline} | {ratio} |", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        _part(sys.argv[2])
    else:
        sys.exit(main(sys.argv[1:]))
