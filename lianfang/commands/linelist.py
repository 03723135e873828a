"""`lianfang linelist check FILE`: everything in a line list that cannot be so, in words.

Exit codes: 0 nothing found, 2 problems found.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lianfang.commands.arguments import day_of
from lianfang.kernel import clock
from lianfang.surveillance import faults
from lianfang.surveillance.faults import Fault, FileFaults
from lianfang.surveillance.linelist_check import check_linelist

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    linelist = subparsers.add_parser("linelist", help=_("lists of cases, one row each"))
    parser = linelist.add_subparsers(required=True, metavar=_("COMMAND")).add_parser(
        "check", help=_("say everything in a line list that cannot be so")
    )
    parser.add_argument("file", type=Path, metavar="CASES.csv")
    parser.add_argument(
        "--today", type=day_of, metavar="DAY", help=_("no day may lie after it; default: today")
    )
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Run `lianfang linelist check`."""
    today = arguments.today or clock.reporting_day(clock.now())
    try:
        found = check_linelist(arguments.file, today=today)
    except FileFaults as refusal:
        return _tell(refusal.faults, rows=0, as_json=arguments.json)
    return _tell(found.faults, rows=found.rows, as_json=arguments.json)


def _tell(found: tuple[Fault, ...], *, rows: int, as_json: bool) -> int:
    if as_json:
        told = [
            {"row": one.row, "column": one.column, "value": one.value, "expected": _expected(one)}
            for one in found
        ]
        sys.stdout.write(json.dumps({"rows": rows, "problems": told}, ensure_ascii=False) + "\n")
        return PROBLEMS if found else DONE
    for one in found:
        place = {"file": one.file, "row": one.row, "column": one.column}
        said = {
            "place": _(one.place) % place,
            "value": one.value or _(faults.NOTHING),
            "expected": _expected(one),
        }
        sys.stderr.write(_(faults.SENTENCE) % said + "\n")
    said = {"rows": f"{rows:,}", "problems": f"{len(found):,}"}
    sys.stdout.write(_("%(rows)s cases read, %(problems)s problems") % said + "\n")
    return PROBLEMS if found else DONE


def _expected(one: Fault) -> str:
    return _(one.expected) % one.details
