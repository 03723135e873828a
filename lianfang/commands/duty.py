"""`lianfang duty check` and `lianfang drill start|show`: gaps before they open, and the proof.

Exit codes: 0 nothing to mend (everybody answered), 2 findings, 3 refused.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lianfang.commands.ledger import unit_named
from lianfang.duty.models import Drill, DrillCall, DutyPost, RosterFinding
from lianfang.duty.rules import Fault
from lianfang.installation.operations import start_clock
from lianfang.kernel import clock
from lianfang.kernel.actors import OPERATOR
from lianfang.roster.models import Person, Unit
from lianfang.usecases import drills, duty_check

if TYPE_CHECKING:
    from argparse import _SubParsersAction

CLEAN, FINDINGS = 0, 2
MOST_DAYS = 60


def _days(text: str) -> int:
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_DAYS:
        return int(text)
    raise ArgumentTypeError(
        _("%(text)s: a number of days from 1 to %(most)s, please")
        % {"text": text, "most": MOST_DAYS}
    )


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    duty = subparsers.add_parser("duty", help=_("the duty roster"))
    verbs = duty.add_subparsers(required=True, metavar=_("VERB"))
    check = verbs.add_parser("check", help=_("gaps, overlaps, clashes, phones never tried"))
    check.add_argument(
        "--days", type=_days, default=14, metavar="N", help=_("1 to 60; default: 14")
    )
    check.add_argument("--unit", metavar="UNIT", help=_("code or name of the unit"))
    check.add_argument("--json", action="store_true", help=_("answer in JSON"))
    check.set_defaults(run=check_rosters)

    drill = subparsers.add_parser("drill", help=_("try whether people can be reached"))
    verbs = drill.add_subparsers(required=True, metavar=_("VERB"))
    start = verbs.add_parser("start", help=_("ring people and wait for their answers"))
    start.add_argument("unit", metavar="UNIT", help=_("code or name of the unit"))
    start.add_argument("--channel", choices=["sms", "voice", "robot", "calls"], default="sms")
    start.add_argument("--minutes", type=int, default=10, metavar="N")
    start.add_argument("--count", type=int, metavar="N", help=_("so many at random; default: all"))
    start.add_argument(
        "--who",
        action="append",
        choices=["heads", "deputies", "duty"],
        help=_("may be given more than once; default: everybody"),
    )
    start.add_argument("--at-night", action="store_true", help=_("also between 22:00 and 07:00"))
    start.add_argument("--json", action="store_true", help=_("answer in JSON"))
    start.set_defaults(run=start_drill)
    show = verbs.add_parser("show", help=_("what came of a drill"))
    show.add_argument("drill", type=int, metavar="DRILL", nargs="?", help=_("default: the latest"))
    show.add_argument("--json", action="store_true", help=_("answer in JSON"))
    show.set_defaults(run=show_drill)


def _no_unit(name: str) -> int:
    words = _("No unit, or more than one, is called %(name)s; give its code.")
    print(words % {"name": name}, file=sys.stderr)
    return FINDINGS


# ---------------------------------------------------------------- duty check


def check_rosters(arguments: Namespace) -> int:
    """Read only: nothing is stored and nobody is told."""
    start_clock()
    now = clock.now()
    units = duty_check.units_to_check(day=clock.reporting_day(now))
    if arguments.unit:
        unit = unit_named(arguments.unit)
        if unit is None:
            return _no_unit(arguments.unit)
        units = [unit]
    checked = duty_check.check_units(units, days=arguments.days, now=now)
    names = _names(checked)
    wrong = list(
        RosterFinding.objects.filter(
            kind=RosterFinding.Kind.WRONG_NUMBER, gone_at__isnull=True, unit__in=units
        ).select_related("unit", "person")
    )
    found = sum(len(one.faults) for one in checked) + len(wrong)
    if arguments.json:
        rows = [_plain(one.unit, f, names) for one in checked for f in one.faults]
        rows += [_plain(w.unit, Fault(w.kind, person=w.person_id), names) for w in wrong]
        answer = {"days": arguments.days, "units": len(units), "findings": rows}
        print(json.dumps(answer, ensure_ascii=False))
    else:
        _print_findings(checked, names, wrong, len(units))
    return FINDINGS if found else CLEAN


def _names(checked: list[duty_check.UnitFaults]) -> dict[int, str]:
    keys = {fault.person for one in checked for fault in one.faults if fault.person is not None}
    return dict(Person.objects.filter(pk__in=keys).values_list("pk", "name"))


def _plain(unit: Unit, fault: Fault, names: dict[int, str]) -> dict[str, Any]:
    return {
        "unit": unit.code,
        "name": unit.name,
        "kind": fault.kind,
        "post": fault.post or None,
        "person": names.get(fault.person) if fault.person is not None else None,
        "from": _local(fault.span.starts_at) if fault.span else None,
        "until": _local(fault.span.ends_at) if fault.span else None,
    }


def _local(moment: Any) -> str:
    return str(moment.astimezone(clock.SHANGHAI).isoformat())


def _print_findings(
    checked: list[duty_check.UnitFaults],
    names: dict[int, str],
    wrong: list[RosterFinding],
    count: int,
) -> None:
    kinds, posts = dict(RosterFinding.Kind.choices), dict(DutyPost.choices)
    for one in checked:
        if one.faults:
            print(f"{one.unit.name} ({one.unit.code})")
        for fault in one.faults:
            words = [str(kinds[RosterFinding.Kind(fault.kind)])]
            words += [names.get(fault.person, "")] if fault.person is not None else []
            words += [str(posts[DutyPost(fault.post)])] if fault.post else []
            if fault.span:
                starts, ends = (
                    m.astimezone(clock.SHANGHAI) for m in (fault.span.starts_at, fault.span.ends_at)
                )
                words.append(f"{starts:%m-%d %H:%M} – {ends:%m-%d %H:%M}")
            print("  " + " · ".join(words))
    for row in wrong:
        name = row.person.name if row.person else ""
        print(f"{row.unit.name} ({row.unit.code})\n  {row.get_kind_display()} · {name}")
    if not wrong and not any(one.faults for one in checked):
        print(_("%(n)s rosters, nothing to mend.") % {"n": count})


# ---------------------------------------------------------------- drills


def start_drill(arguments: Namespace) -> int:
    """Ring. The workers send; `lianfang drill show` tells what came of it."""
    start_clock()
    unit = unit_named(arguments.unit)
    if unit is None:
        return _no_unit(arguments.unit)
    now = clock.now()
    who = [word.upper() for word in arguments.who or []] or list(drills.EVERYBODY)
    asked = drills.candidates(unit=unit, who=who, now=now)
    drill = drills.start(
        unit=unit,
        channel=arguments.channel.upper(),
        minutes=arguments.minutes,
        posts=drills.choose(asked, arguments.count),
        at_night=arguments.at_night,
        by=None,
        actor=OPERATOR,
        now=now,
    )
    return _say(drill, in_json=arguments.json, exit_code=CLEAN)


def show_drill(arguments: Namespace) -> int:
    """2 while somebody has not answered in time, or could not be asked; 0 when everybody did."""
    start_clock()
    found = Drill.objects.select_related("unit").order_by("-started_at", "-id")
    drill = (found.filter(pk=arguments.drill) if arguments.drill is not None else found).first()
    if drill is None:
        print(_("There is no such drill."), file=sys.stderr)
        return FINDINGS
    answered = drill.calls.filter(state=DrillCall.State.ANSWERED).count()
    code = CLEAN if answered == drill.calls.count() else FINDINGS
    return _say(drill, in_json=arguments.json, exit_code=code)


def _say(drill: Drill, *, in_json: bool, exit_code: int) -> int:
    calls = list(drill.calls.select_related("person", "unit", "drill").order_by("id"))
    counts: dict[str, int] = {}
    for call in calls:
        counts[call.state] = counts.get(call.state, 0) + 1
    if in_json:
        answer = {
            "drill": drill.pk,
            "unit": drill.unit.code,
            "channel": drill.channel,
            "minutes": drill.minutes,
            "started_at": _local(drill.started_at),
            "ends_at": _local(drill.ends_at),
            "is_open": drill.is_open,
            "counts": counts,
            "calls": [
                {
                    "number": call.person.number,
                    "name": call.person.name,
                    "unit": call.unit.code,
                    "role": call.role,
                    "is_deputy": call.is_deputy,
                    "state": call.state,
                    "how": call.how or None,
                    "seconds": call.seconds,
                }
                for call in calls
            ],
        }
        print(json.dumps(answer, ensure_ascii=False))
        return exit_code
    local = drill.started_at.astimezone(clock.SHANGHAI)
    print(f"{drill.pk} · {drill.unit.name} · {local:%m-%d %H:%M} · {drill.get_channel_display()}")
    for state, label in DrillCall.State.choices:
        if state in counts:
            print(f"  {label}: {counts[state]}")
    for call in calls:
        print(f"    {call.person.name} · {call.unit.name} · {call.get_state_display()}")
    return exit_code
