"""No address of a registry, no path of a machine, no secret in anything that git tracks."""

from __future__ import annotations

import re
from pathlib import Path

from tests.architecture.house import ROOT, project_files

# Written so that this file does not contain what it looks for.
REGISTRIES = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.|registry\.npmjs|registry\.yarnpkg|npmmirror\."
    r"|deb\.debian\.|archive\.ubuntu\.|security\.(?:debian|ubuntu)\.|\bmirrors?\.[a-z]+\.[a-z]"
    r"|proxy\.golang\.|crates\.io",
    re.IGNORECASE,
)
MACHINES = re.compile(r"(?<![\w.:/-])/(?:work|opt|root|tmp|Users|home/[a-z]\w*)/\w")
SECRETS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b")
BINARY = {".whl", ".png", ".jpg", ".ico", ".woff2", ".gz", ".xlsx", ".mo"}


def found(pattern: re.Pattern[str]) -> list[str]:
    hits = []
    for path in project_files():
        if path.suffix in BINARY or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if hit := pattern.search(line):
                hits.append(f"{path.relative_to(ROOT)}:{number}: {hit.group()}")
    return hits


def test_no_file_names_a_package_registry() -> None:
    assert found(REGISTRIES) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert found(MACHINES) == []


def test_no_file_holds_a_secret() -> None:
    assert found(SECRETS) == []


def test_git_tracks_nothing_that_is_made_on_the_machine() -> None:
    made = {"uv.lock", "package-lock.json", "keys.json", "secrets.json"}
    suffixes = {".sqlite3", ".mo", ".pyc", ".log"}
    assert [
        str(path) for path in project_files() if path.name in made or path.suffix in suffixes
    ] == []


def test_the_patterns_find_what_they_are_for() -> None:
    for address in ("https://py" + "pi.org/simple", "https://mirrors" + ".example.edu.cn/x"):
        assert REGISTRIES.search(address)
    for place in ("cd /wo" + "rk/main", "in /ro" + "ot/x", '"/tm' + 'p/x"'):
        assert MACHINES.search(place)
    assert not MACHINES.search("https://example.org/home/work/x")
