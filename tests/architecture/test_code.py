"""Habits that a linter does not know."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.house import ROOT, dotted, python_files

CLOCK = {
    "datetime.now",
    "datetime.datetime.now",
    "datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "timezone.now",
    "time.time",
    "localtime",
    "timezone.localdate",
}
# The files that must know the machine's own time, each with its reason.
ASK_THE_MACHINE = {
    "lianfang/kernel/clock.py",  # is the clock
    "lianfang/installation/operations.py",  # measures how far an exercise is from the machine
    "lianfang/notifications/channels/deadline.py",  # gateways check signatures by their clocks
}
EDGES = {"portal", "desk", "api", "commands", "demo"}


def calls(*folders: str) -> list[tuple[str, int, str]]:
    return [
        (name, node.lineno, dotted(node.func))
        for name, tree in python_files(*folders)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    ]


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    assert [
        f"{name}:{line} {called}()"
        for name, line, called in calls("lianfang", "config")
        if called in CLOCK and name not in ASK_THE_MACHINE
    ] == []


def test_only_the_edges_ask_the_clock() -> None:
    """Views, workers and commands freeze `now`; everything below them is given it."""
    assert [
        f"{name}:{line}"
        for name, line, called in calls("lianfang")
        if called == "clock.now" and not is_an_edge(name)
    ] == []


def test_a_moment_becomes_a_day_in_shanghai_only() -> None:
    """Moments are kept in UTC: before eight in the morning their own date is yesterday's."""
    said = re.compile(r"(?:\bnow|_at)(?:\.date\(\)|:%m%d\})")
    assert [
        f"{path.relative_to(ROOT)}: {found}"
        for path in sorted((ROOT / "lianfang").rglob("*.py"))
        for found in said.findall(path.read_text(encoding="utf-8"))
    ] == []


def is_an_edge(name: str) -> bool:
    room = name.split("/")[1]
    worker = re.search(r"/(workers?|checks|middleware|backends|apps)(\.py$|/)", name)
    return room in EDGES or bool(worker)


def test_no_now_has_a_default() -> None:
    guilty = []
    for name, tree in python_files("lianfang"):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = node.args
                named = [*arguments.posonlyargs, *arguments.args]
                given = dict(
                    zip(reversed(named), reversed(arguments.defaults), strict=False)
                ) | dict(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
                guilty += [
                    f"{name}:{node.lineno} {node.name}"
                    for argument, default in given.items()
                    if argument.arg == "now" and default is not None
                ]
    assert guilty == []


def test_nothing_happens_by_signal() -> None:
    assert [
        f"{name}:{line} {called}"
        for name, line, called in calls("lianfang", "config")
        if called.endswith(("post_save.connect", "pre_save.connect", "post_delete.connect"))
        or called == "receiver"
    ] == []


def test_every_refusal_has_a_code_of_its_own() -> None:
    owners: dict[str, list[str]] = {}
    for name, tree in python_files("lianfang"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and (code := refusal_code(node)):
                owners.setdefault(code, []).append(f"{name} {node.name}")
    assert {code: where for code, where in owners.items() if len(where) > 1} == {}
    assert len(owners) > 3


def refusal_code(node: ast.ClassDef) -> str | None:
    """The literal `code` of a class that also has a `message`: a refusal."""
    texts = {}
    for statement in node.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        value = getattr(statement, "value", None)
        for target in targets:
            if isinstance(target, ast.Name):
                texts[target.id] = value
    code = texts.get("code")
    if "message" in texts and isinstance(code, ast.Constant) and isinstance(code.value, str):
        return code.value
    return None


@pytest.mark.parametrize("folder", ["templates"])
def test_no_template_carries_script_or_style_of_its_own(folder: str) -> None:
    """The content security policy would refuse it, silently for whoever does not look."""
    inline = re.compile(r"<style\b|\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)", re.IGNORECASE)
    data = re.compile(r'<script[^>]*type="application/json"', re.IGNORECASE)
    hits = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in sorted((ROOT / folder).rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if inline.search(line) and not data.search(line)
    ]
    assert hits == []
