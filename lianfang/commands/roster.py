"""`lianfang roster import FILE` (without --apply a dry run) and `lianfang roster export --csv`.

Exit codes: 0 done or nothing wrong, 2 the files have problems, 3 refused, 1 unexpected.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from django.utils.translation import gettext as _

from lianfang.commands.arguments import day_of
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.kernel.refusals import Refused
from lianfang.roster.imports import words
from lianfang.roster.imports.changes import ImportPlan
from lianfang.roster.imports.reading import RosterFiles
from lianfang.roster.imports.sheets import MAX_BYTES, NamedFile
from lianfang.usecases import roster_export, roster_import
from lianfang.usecases.roster_import import ImportHasProblems, Progress

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS, REFUSED = 0, 2, 3


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    roster = subparsers.add_parser("roster", help=_("who belongs where: import and export"))
    verbs = roster.add_subparsers(required=True, metavar=_("COMMAND"))
    _add_import(verbs)
    export = verbs.add_parser("export", help=_("write everybody on the roll of a day"))
    export.add_argument(
        "--csv", nargs="?", const="-", required=True, metavar="FILE",
        help=_("as CSV, to a file or to the standard output"),
    )  # fmt: skip
    export.add_argument("--on", type=day_of, metavar="DAY", help=_("default: today"))
    export.set_defaults(run=export_roster)


def _add_import(verbs: _SubParsersAction[ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "import", help=_("read a roster; without --apply only say what would change")
    )
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help=_("the roster (xlsx or CSV)")
    )
    parser.add_argument(
        "--party", type=Path, metavar="FILE",
        help=_("Party organisations: code, name, kind, parent_code"),
    )  # fmt: skip
    parser.add_argument("--posts", type=Path, metavar="FILE", help=_("posts: 单位, 岗位, 工号"))
    parser.add_argument(
        "--as-of", type=day_of, metavar="DAY", help=_("from which day it holds; default: today")
    )
    parser.add_argument("--apply", action="store_true", help=_("write it, all or nothing"))
    parser.add_argument(
        "--confirm-gone", action="store_true",
        help=_("yes, more than a fifth of the people have left"),
    )  # fmt: skip
    parser.add_argument("--college", default="", metavar="NAME", help=_("what it is called"))
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=import_roster)


def import_roster(arguments: Namespace) -> int:
    start_clock()
    now = clock.now()
    given = (arguments.file, arguments.party, arguments.posts)
    if not any(given):
        _write(_("Name at least one file."), stream=sys.stderr)
        return PROBLEMS
    try:
        files = RosterFiles(*[_read(path) if path else None for path in given])
    except OSError as error:
        return _tell_unreadable(error, as_json=arguments.json)
    asked: dict[str, Any] = {
        "files": files,
        "as_of": arguments.as_of or clock.reporting_day(now),
        "college": arguments.college,
        "now": now,
    }
    try:
        with _progress() as progress:
            plan = _carry_out(arguments, asked, progress)
    except ImportHasProblems as refused:
        return _tell(refused.plan, arguments, applied=False)
    except Refused as refused:
        if not arguments.json:
            raise
        text = _(refused.message) % refused.context
        _write(
            json.dumps(
                {"applied": False, "code": refused.code, "message": text}, ensure_ascii=False
            )
        )
        return REFUSED
    return _tell(plan, arguments, applied=arguments.apply)


def _carry_out(arguments: Namespace, asked: dict[str, Any], progress: Progress) -> ImportPlan:
    if not arguments.apply:
        return roster_import.plan_import(**asked)
    return roster_import.apply_import(
        **asked, actor=OPERATOR, confirm_gone=arguments.confirm_gone, progress=progress
    )


def _read(path: Path) -> NamedFile:
    """A file as far as anybody should read it; one byte more tells that it is too large."""
    with path.open("rb") as file:
        return NamedFile(path.name, file.read(MAX_BYTES + 1))


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on the standard error while it is a terminal; silent otherwise."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(_("Reading and comparing"), total=None)

        def advance(done: int, everybody: int) -> None:
            bar.update(task, description=_("Writing people"), completed=done, total=everybody)

        yield advance


# ---------------------------------------------------------------- what is said


def _tell_unreadable(error: OSError, *, as_json: bool) -> int:
    text = _("%(file)s cannot be read: %(reason)s")
    text %= {"file": error.filename, "reason": error.strerror}
    if as_json:
        problem = {
            "severity": "error", "sheet": Path(error.filename).name, "row": None, "column": "",
            "value": "", "problem": text, "cure": _("Look at the path and who may read it."),
        }  # fmt: skip
        _write(json.dumps({"applied": False, "problems": [problem]}, ensure_ascii=False))
    else:
        _write(text, stream=sys.stderr)
    return PROBLEMS


def _tell(plan: ImportPlan, arguments: Namespace, *, applied: bool) -> int:
    code = PROBLEMS if plan.errors else DONE
    if arguments.json:
        _write(json.dumps(words.to_plain(plan, applied=applied), ensure_ascii=False, indent=1))
        return code
    for problem in plan.problems:
        _write(words.line(problem), stream=sys.stderr)
    _write(
        _("In the files: %(read)s. As of %(day)s: %(changes)s.")
        % {
            "read": words.read_sentence(plan),
            "day": plan.as_of.isoformat(),
            "changes": words.changes_sentence(plan),
        }
    )
    for name, count in words.count_rows(plan):
        _write(f"  {count:>7,}  {name}")
    if plan.unread:
        _write(_("Columns that were not read: %(names)s") % {"names": ", ".join(plan.unread)})
    _write(_last_word(plan, applied=applied))
    return code


def _last_word(plan: ImportPlan, *, applied: bool) -> str:
    if plan.errors:
        return _("%(n)s problems: nothing can be imported until they are mended.") % {
            "n": len(plan.errors)
        }
    if applied:
        return _("Imported.") if not plan.is_empty else _("Nothing had to be changed.")
    if plan.gone_needs_confirming:
        return _(
            "A dry run: nothing was written. More than a fifth of the people would be gone: "
            "--apply needs --confirm-gone too."
        )
    return _("A dry run: nothing was written. Add --apply to import it.")


def export_roster(arguments: Namespace) -> int:
    start_clock()
    now = clock.now()
    day = arguments.on or clock.reporting_day(now)
    with _opened(arguments.csv) as file:
        people = roster_export.write_csv(file, day=day, actor=OPERATOR, now=now)
    _write(_("%(n)s people written.") % {"n": people}, stream=sys.stderr)
    return DONE


@contextmanager
def _opened(target: str) -> Iterator[TextIO]:
    """The standard output, or a file that only its owner may read: it holds addresses."""
    if target == "-":
        yield sys.stdout
        return
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        yield file


def _write(text: str, *, stream: TextIO | None = None) -> None:
    (stream or sys.stdout).write(text + "\n")
