"""A question about help is no mark: only its own pages and the nightly comparison read the room."""

from __future__ import annotations

import ast

from tests.architecture.house import python_files

READERS = {
    "lianfang/api/routers/doubts.py",  # the same pages, for a token that acts for a named person
    "lianfang/desk/care.py",  # the card and the number that waits
    "lianfang/desk/doubt_words.py",
    "lianfang/desk/views/doubts.py",
    "lianfang/usecases/doubts.py",
    "lianfang/demo/quarantine.py",
}


def readers_of_the_room() -> set[str]:
    found = set()
    for name, tree in python_files("lianfang"):
        for node in ast.walk(tree):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if module.startswith("lianfang.doubts") and not name.startswith("lianfang/doubts/"):
                found.add(name)
    return found


def test_no_appraisal_supervision_or_summary_reads_a_question() -> None:
    assert readers_of_the_room() == READERS
