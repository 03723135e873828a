"""`lianfang ledger UNIT --on DAY [--json]`: the day of a unit, as anybody may check it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from lianfang.commands.arguments import day_of
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock
from lianfang.reporting import queries
from lianfang.reporting.rules import Ledger
from lianfang.roster.models import Unit
from lianfang.rulebook.queries import rules_in_force

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_ORDER = (
    "expected", "received", "zero", "with_events", "missing", "exempt", "late", "unreachable",
    "proxy", "completeness", "timeliness",
)  # fmt: skip

_READS_AS_QUIET = {"with_events", "late"}  # a zero here would say that nothing is the matter


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("ledger", help=_("who has reported in a unit on a day"))
    parser.add_argument("unit", metavar="UNIT", help=_("code or name of the unit"))
    parser.add_argument("--on", type=day_of, metavar="DAY", help=_("default: today"))
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=show)


def unit_named(text: str) -> Unit | None:
    """By code, else by name; one that is closed when no open one is called so, for its past.

    None when there is none or the name is not unique.
    """
    named = Unit.objects.filter(Q(code=text) | Q(name=text))
    units = list(named.filter(closed_on__isnull=True)[:2]) or list(named[:2])
    exact = [unit for unit in units if unit.code == text]
    return exact[0] if exact else units[0] if len(units) == 1 else None


def show(arguments: Namespace) -> int:
    start_clock()
    unit = unit_named(arguments.unit)
    if unit is None:
        print(
            _("No unit, or more than one, is called %(name)s; give its code.")
            % {"name": arguments.unit},
            file=sys.stderr,
        )
        return 2
    now = clock.now()
    day = arguments.on or clock.reporting_day(now)
    figures = queries.ledger(unit, day=day)
    known = figures.is_known(float(rules_in_force(now).settings["completeness_threshold"]))
    if arguments.json:
        plain = figures.to_plain()
        answer = {"unit": unit.code, "name": unit.name, "day": day.isoformat(), "known": known}
        print(json.dumps(answer | {name: plain[name] for name in _ORDER}, ensure_ascii=False))
    else:
        _print_table(unit, day, figures, known)
    return 0


def _print_table(unit: Unit, day: date, figures: Ledger, known: bool) -> None:
    words = {
        "expected": _("expected"),
        "received": _("received"),
        "zero": _("zero"),
        "with_events": _("with events"),
        "missing": _("missing"),
        "exempt": _("exempt"),
        "late": _("late"),
        "unreachable": _("unreachable"),
        "proxy": _("by proxy"),
        "completeness": _("completeness"),
        "timeliness": _("timeliness"),
    }
    print(f"{unit.name} ({unit.code}) {day}")
    for name, value in figures.to_plain().items():
        shown = f"{value:.1%}" if isinstance(value, float) else "–" if value is None else value
        if not known and name in _READS_AS_QUIET and not value:
            shown = _("not yet known")
        print(f"  {words[name]}: {shown}")
    if not known:
        print(_("  Not complete enough: a zero here means “not yet known”."))
