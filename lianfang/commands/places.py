"""`lianfang areas import FILE`, `lianfang areas check FILE...`, `lianfang hospitals import [FILE]`.

A list of areas is only tried unless `--apply` says that it is meant: it reaches back into
everybody's last days, so what it would do is shown first.

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

from lianfang.commands import area_check
from lianfang.commands.arguments import day_of
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.places import operations
from lianfang.places.rules import Problem
from lianfang.places.tables import FileProblems, read_bytes
from lianfang.places.words import in_words
from lianfang.usecases import take_in_lists

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    areas = subparsers.add_parser("areas", help=_("lists of areas of high incidence"))
    verbs = areas.add_subparsers(required=True)
    area_check.add_parser(verbs)
    importer = verbs.add_parser("import", help=_("try a list of areas (CSV), or store it"))
    importer.add_argument("file", type=Path, metavar="FILE")
    importer.add_argument("--rule", default="", help=_("the rule column that counts, such as R1"))
    importer.add_argument("--source", default="", help=_("the paper or page that gave the list"))
    importer.add_argument(
        "--skip-unknown", action="store_true", help=_("leave out rows whose code is unknown")
    )
    importer.add_argument("--apply", action="store_true", help=_("store it and tell the carers"))
    importer.add_argument(
        "--older", action="store_true", help=_("store it though a newer list is in force")
    )
    importer.add_argument(
        "--as-of", type=day_of, metavar="DAY", help=_("the day of the paper (periods)")
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
    now, path = clock.now(), arguments.file
    arguments.dry_run = arguments.dry_run or not arguments.apply
    try:
        data = read_bytes(path)
        changes = take_in_lists.areas(
            data,
            rule=arguments.rule,
            source=arguments.source or path.name,
            skip_unknown=arguments.skip_unknown,
            apply=not arguments.dry_run,
            allow_older=arguments.older,
            as_of=arguments.as_of,
            now=now,
            actor=OPERATOR,
        )
        effect = take_in_lists.effect_of(changes, now=now) if arguments.dry_run else None
        doubts = take_in_lists.doubts_about([(path.name, data)])
    except FileProblems as refused:
        return _refuse(refused, as_json=arguments.json)
    answer = {
        "first_day": changes.first.isoformat(),
        "last_day": changes.last.isoformat(),
        "listed": changes.listed,
        "delisted": changes.delisted,
        "changed": changes.changed,
        "doubts": len(doubts),
    }
    counts = {
        _("newly listed"): len(changes.listed),
        _("no longer listed"): len(changes.delisted),
        _("other days"): len(changes.changed),
    }
    if effect is not None:
        answer |= {
            "people_to_ring": len({one.person for one in effect.found}),
            "people_by_unit": {unit.code: n for unit, n in effect.by_unit.items()},
            "calls": effect.calls,
            "no_longer_matched": len(effect.unlisted),
        }
    code = _tell(arguments, answer, counts, changes.warnings, changed=bool(changes))
    if not arguments.json:
        _tell_effect(effect, len(doubts))
    return code


def _tell_effect(effect: take_in_lists.Effect | None, doubts: int) -> None:
    """In numbers and units: the operator is told no name."""
    if effect is not None:
        people = len({one.person for one in effect.found})
        _write(_("Would bring up %(n)s people to ring.") % {"n": people})
        for unit, n in effect.by_unit.items():
            _write(f"  {unit.name}  {n}")
        for name, n in effect.calls.items():
            _write("  " + _("%(name)s would ring %(n)s") % {"name": name, "n": n})
        if effect.unlisted:
            count = {"n": len(effect.unlisted)}
            _write(
                _(
                    "%(n)s open calls would no longer be on the list. They stay open: taking an area off closes nothing."
                )
                % count
            )
        _write(_("Say --apply to store it."))
    if doubts:
        _write(_("%(n)s remarks on the numbers: see lianfang areas check.") % {"n": doubts})


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
