"""`lianfang audit verify`: whether the audit trail is what was written.

Exit codes: 0 every sealed entry is as it was, 2 something was changed (each is named).
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lianfang.audit import seals
from lianfang.audit.seals import Fault, FaultKind, Progress, Verdict

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    audit = subparsers.add_parser("audit", help=_("the trail of who did and saw what"))
    verify = audit.add_subparsers(required=True).add_parser(
        "verify", help=_("find entries that were changed past the product")
    )
    verify.add_argument(
        "--head", default="", metavar="MARK", help=_("a mark noted earlier: it must still be there")
    )
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=verify_trail)


def verify_trail(arguments: Namespace) -> int:
    with _progress() as progress:
        verdict = seals.verify(head=arguments.head, progress=progress)
    is_sound = not verdict.faults and verdict.knows_head
    if arguments.json:
        print(json.dumps(_plain(verdict, is_sound=is_sound), ensure_ascii=False))
    else:
        for line in _lines(verdict, arguments.head):
            print(line)
    return DONE if is_sound else PROBLEMS


def _plain(verdict: Verdict, *, is_sound: bool) -> dict[str, object]:
    return {
        "sound": is_sound,
        "entries": verdict.entries,
        "seals": verdict.seals,
        "unsealed": verdict.unsealed,
        "head": verdict.head,
        "knows_head": verdict.knows_head,
        "faults": [{"kind": one.kind, "number": one.number} for one in verdict.faults],
    }


def _lines(verdict: Verdict, head: str) -> Iterator[str]:
    yield from (_words(fault) for fault in verdict.faults)
    if not verdict.knows_head:
        yield _("The mark %(head)s is not in the chain: its end was cut off.") % {"head": head}
    yield _("Compared %(entries)s entries under %(seals)s seals; problems: %(faults)s.") % {
        "entries": f"{verdict.entries:,}",
        "seals": f"{verdict.seals:,}",
        "faults": len(verdict.faults) + (not verdict.knows_head),
    }
    yield _("The newest %(n)s entries are not sealed yet.") % {"n": f"{verdict.unsealed:,}"}
    if verdict.head:
        yield _("Note the head outside of this machine: %(head)s") % {"head": verdict.head}


def _words(fault: Fault) -> str:
    said = {
        FaultKind.ALTERED: _("Entry %(number)s was altered after it was written."),
        FaultKind.REMOVED: _("Entry %(number)s was taken out."),
        FaultKind.ADDED: _("Entry %(number)s was put in later."),
        FaultKind.BROKEN_SEAL: _("Seal %(number)s, or one before it, was altered or taken out."),
    }
    return said[fault.kind] % {"number": fault.number}


@contextmanager
def _progress() -> Iterator[Progress]:
    """A count on the standard error while it is a terminal; silent otherwise."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description} {task.completed:,.0f}"), TimeElapsedColumn(),
        console=console, transient=True, disable=not console.is_terminal,
    ) as bar:  # fmt: skip
        task = bar.add_task(_("Entries compared:"), total=None)
        yield lambda done: bar.update(task, completed=done)
