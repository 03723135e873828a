"""`lianfang areas check FILE...`: what files of numbers by area and day give away. No college needed.

Exit codes: 0 nothing odd, 2 something is (each with file, row, column, value, and what would be
right), or a file that is no table.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lianfang.places.rules import Problem
from lianfang.places.tables import FileProblems, read_bytes
from lianfang.places.words import in_words
from lianfang.usecases import take_in_lists

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parser(verbs: _SubParsersAction[ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "check", help=_("name what is odd in files of numbers by area and day")
    )
    parser.add_argument("files", type=Path, metavar="FILE", nargs="+")
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=check)


def check(arguments: Namespace) -> int:
    name = ""
    try:
        files = []
        for path in arguments.files:
            name = path.name
            files.append((name, read_bytes(path)))
        remarks = take_in_lists.doubts_about(files)
    except FileProblems as refused:
        return _tell([(name, one) for one in refused.problems], as_json=arguments.json)
    return _tell([(one.file, one.problem) for one in remarks], as_json=arguments.json)


def _tell(remarks: list[tuple[str, Problem]], *, as_json: bool) -> int:
    found = [{"file": name, **in_words(problem)} for name, problem in remarks]
    if as_json:
        sys.stdout.write(json.dumps({"remarks": found}, ensure_ascii=False) + "\n")
        return PROBLEMS if found else DONE
    for one in found:
        line = _("%(file)s, row %(row)s, %(column)s %(value)s: %(problem)s %(cure)s")
        sys.stdout.write(line % one + "\n")
    text = _("%(n)s remarks.") % {"n": len(found)} if found else _("Nothing odd was found.")
    sys.stdout.write(text + "\n")
    return PROBLEMS if found else DONE
