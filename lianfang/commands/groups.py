"""`lianfang groups import FILE --kind course` (without --apply a dry run).

Exit codes: 0 done or nothing wrong, 2 the file has problems, 3 refused, 1 unexpected.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from django.utils.translation import gettext as _

from lianfang.commands.arguments import day_of
from lianfang.groups.files import KINDS
from lianfang.groups.words import count_rows
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.roster.imports.words import in_words, line
from lianfang.usecases import group_import
from lianfang.usecases.group_import import GroupFileProblems

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    groups = subparsers.add_parser(
        "groups", help=_("who shares a course, a table, an activity: import")
    )
    parser = groups.add_subparsers(required=True, metavar=_("COMMAND")).add_parser(
        "import", help=_("read a list of groups; without --apply only say what would change")
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=_("the list (xlsx or CSV)"))
    parser.add_argument(
        "--kind", required=True, choices=[kind.lower() for kind in KINDS],
        help=_("what the file lists"),
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="since", type=day_of, metavar="DAY",
        help=_("first day, where the file says none"),
    )  # fmt: skip
    parser.add_argument(
        "--until", type=day_of, metavar="DAY", help=_("last day, where the file says none")
    )
    parser.add_argument("--apply", action="store_true", help=_("write it, all or nothing"))
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=import_groups)


def import_groups(arguments: Namespace) -> int:
    start_clock()
    try:
        with arguments.file.open("rb") as opened:
            file = NamedFile(arguments.file.name, opened.read(MAX_BYTES + 1))
    except OSError as error:
        _write(
            _("%(file)s cannot be read: %(reason)s")
            % {"file": error.filename, "reason": error.strerror},
            stream=sys.stderr,
        )
        return PROBLEMS
    try:
        plan = group_import.take_in(
            file=file,
            kind=arguments.kind.upper(),
            since=arguments.since,
            until=arguments.until + timedelta(days=1) if arguments.until else None,
            apply=arguments.apply,
            actor=OPERATOR,
            now=clock.now(),
        )
    except GroupFileProblems as refused:
        return _refuse(refused, as_json=arguments.json)
    if arguments.json:
        found = [in_words(problem) for problem in plan.problems]
        _write_json({"applied": arguments.apply, "counts": plan.counts(), "problems": found})
        return DONE
    for problem in plan.problems:
        _write(line(problem), stream=sys.stderr)
    _write(", ".join(f"{name} {n:,}" for name, n in count_rows(plan)) or _("Nothing to change."))
    if not arguments.apply and not plan.is_empty:
        _write(_("A dry run: nothing was stored."))
    return DONE


def _refuse(refused: GroupFileProblems, *, as_json: bool) -> int:
    if as_json:
        found = [in_words(problem) for problem in refused.plan.problems]
        _write_json({"applied": False, "code": refused.code, "problems": found})
        return PROBLEMS
    for problem in refused.plan.problems:
        _write(line(problem), stream=sys.stderr)
    _write(_(refused.message) % refused.context, stream=sys.stderr)
    return PROBLEMS


def _write_json(answer: dict[str, object]) -> None:
    _write(json.dumps(answer, ensure_ascii=False))


def _write(text: str, *, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(text + "\n")
