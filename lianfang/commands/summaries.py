"""`lianfang summary UNIT --kind A|B|E|F|H --on DAY [--out FILE]`: what is sent upward."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lianfang.commands.arguments import day_of
from lianfang.commands.ledger import unit_named
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.usecases import summaries

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("summary", help=_("what a unit signed, as it is sent upward"))
    parser.add_argument("unit", metavar="UNIT", help=_("code or name of the unit"))
    parser.add_argument(
        "--kind",
        choices=summaries.KINDS,
        default="A",
        help=_(
            "A the unit, B the college by units, E missing and late, F rounds of the classes, H a line of text"
        ),
    )
    parser.add_argument("--on", type=day_of, metavar="DAY", help=_("default: today"))
    parser.add_argument("--out", type=Path, metavar="FILE", help=_("default: a name that tells"))
    parser.add_argument("--csv", action="store_true", help=_("CSV instead of xlsx"))
    parser.add_argument(
        "--in",
        dest="language",
        choices=["zh", "en"],
        default="zh",
        help=_("language of the sheet; Chinese, as the offices print it, if not given"),
    )
    parser.set_defaults(run=write_summary)


def write_summary(arguments: Namespace) -> int:
    start_clock()
    unit = unit_named(arguments.unit)
    if unit is None:
        words = _("No unit, or more than one, is called %(name)s; give its code.")
        print(words % {"name": arguments.unit}, file=sys.stderr)
        return PROBLEMS
    now = clock.now()
    made = summaries.export(
        unit=unit,
        day=arguments.on or clock.reporting_day(now),
        kind=arguments.kind,
        actor=OPERATOR,
        now=now,
        as_csv=arguments.csv,
        language="en" if arguments.language == "en" else "zh-hans",
    )
    if arguments.kind == "H" and arguments.out is None:
        print(made.text)
        return DONE
    target = arguments.out or Path(made.name)
    target.write_bytes(made.content)
    print(target)
    return DONE
