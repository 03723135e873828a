"""`lianfang areas import FILE` and `lianfang hospitals import [FILE]`.

Exit codes: 0 done (also when nothing had to change), 2 the file has problems.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.places import operations
from lianfang.places.rules import Problem
from lianfang.places.tables import FileProblems
from lianfang.places.words import in_words

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    areas = subparsers.add_parser("areas", help=_("lists of areas of high incidence"))
    importer = areas.add_subparsers(required=True).add_parser(
        "import", help=_("store a list of areas (CSV)")
    )
    importer.add_argument("file", type=Path, metavar="FILE")
    importer.add_argument("--rule", default="", help=_("the rule column that counts, such as R1"))
    importer.add_argument("--source", default="", help=_("the paper or page that gave the list"))
    importer.add_argument(
        "--skip-unknown", action="store_true", help=_("leave out rows whose code is unknown")
    )
    _common(importer, run=import_areas)

    hospitals = subparsers.add_parser("hospitals", help=_("designated hospitals"))
    importer = hospitals.add_subparsers(required=True).add_parser(
        "import", help=_("store a list of hospitals (CSV); without FILE the shipped one")
    )
    importer.add_argument(
        "file", type=Path, metavar="FILE", nargs="?", default=operations.SHIPPED_HOSPITALS
    )
    _common(importer, run=import_hospitals)


def _common(parser: ArgumentParser, *, run: Any) -> None:
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would change"))
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=run)


def import_areas(arguments: Namespace) -> int:
    try:
        changes = operations.import_areas(
            arguments.file,
            rule=arguments.rule,
            source=arguments.source,
            skip_unknown=arguments.skip_unknown,
            apply=not arguments.dry_run,
            now=clock.now(),
            actor=OPERATOR,
        )
    except FileProblems as refused:
        return _refuse(refused, as_json=arguments.json)
    answer = {
        "first_day": changes.first.isoformat(),
        "last_day": changes.last.isoformat(),
        "listed": changes.listed,
        "delisted": changes.delisted,
        "changed": changes.changed,
    }
    counts = {
        _("newly listed"): len(changes.listed),
        _("no longer listed"): len(changes.delisted),
        _("other days"): len(changes.changed),
    }
    return _tell(arguments, answer, counts, changes.warnings, changed=bool(changes))


def import_hospitals(arguments: Namespace) -> int:
    try:
        changes = operations.import_hospitals(
            arguments.file, apply=not arguments.dry_run, now=clock.now(), actor=OPERATOR
        )
    except FileProblems as refused:
        return _refuse(refused, as_json=arguments.json)
    answer = {
        "added": changes.added,
        "changed": changes.changed,
        "delisted": changes.delisted,
        "unchanged": changes.unchanged,
    }
    counts = {
        _("added"): len(changes.added),
        _("changed"): len(changes.changed),
        _("no longer designated"): len(changes.delisted),
        _("unchanged"): changes.unchanged,
    }
    return _tell(arguments, answer, counts, changes.warnings, changed=bool(changes))


# ---------------------------------------------------------------- what is said


def _tell(
    arguments: Namespace,
    answer: dict[str, Any],
    counts: dict[str, int],
    warnings: Iterable[Problem],
    *,
    changed: bool,
) -> int:
    if arguments.json:
        applied = not arguments.dry_run
        found = [in_words(problem) for problem in warnings]
        _write(json.dumps({"applied": applied, **answer, "warnings": found}, ensure_ascii=False))
        return DONE
    for problem in warnings:
        _write(_line(problem), stream=sys.stderr)
    _write(", ".join(f"{label} {count}" for label, count in counts.items()))
    if not changed:
        _write(_("Nothing changed: all of it was stored before."))
    elif arguments.dry_run:
        _write(_("A dry run: nothing was stored."))
    return DONE


def _refuse(refused: FileProblems, *, as_json: bool) -> int:
    if as_json:
        found = [in_words(problem) for problem in refused.problems]
        answer = {"applied": False, "code": refused.code, "problems": found}
        _write(json.dumps(answer, ensure_ascii=False))
        return PROBLEMS
    for problem in refused.problems:
        _write(_line(problem), stream=sys.stderr)
    _write(_(refused.message) % refused.context, stream=sys.stderr)
    return PROBLEMS


def _line(problem: Problem) -> str:
    words = in_words(problem)
    return _("row %(row)s, %(column)s %(value)s: %(problem)s %(cure)s") % {
        **words,
        "column": words["column"] or "-",
        "value": f"{words['value']!r}" if words["value"] else "",
    }


def _write(text: str, *, stream: Any = None) -> None:
    (stream or sys.stdout).write(text + "\n")
