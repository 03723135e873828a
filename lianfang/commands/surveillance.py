"""`lianfang detect` and `lianfang trace`: the detectors and the tracing on files of one's own.

Exit codes: 0 done, 2 the files have problems or no series could be judged.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from lianfang.surveillance import faults
from lianfang.surveillance.detection import TOO_SHORT
from lianfang.surveillance.files import detect_csv, trace_csv
from lianfang.surveillance.tables import whole_number

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `detect` and `trace` to a command line; each sets `run`, which returns an exit code."""
    _add_detect(subparsers)
    _add_trace(subparsers)


def _add_detect(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "detect",
        help=_("judge every series of a file with EARS, CUSUM or Farrington"),
        description=_(
            "Reads series_id, freq, t, observed; writes the upper bound and the alarm for every t."
        ),
    )
    parser.add_argument("series", type=Path, metavar="SERIES.csv")
    parser.add_argument("--params", type=Path, required=True, metavar="PARAMS.json")
    parser.add_argument("--set", dest="set_name", required=True, metavar="NAME")
    parser.add_argument("--out", type=Path, required=True, metavar="ALARMS.csv")
    parser.set_defaults(run=detect)


def _add_trace(subparsers: _SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "trace",
        help=_("sum up contact records per person and day"),
        description=_(
            "Reads t_seconds, day, id1, id2, group1, group2; writes who met how many, how long."
        ),
    )
    parser.add_argument("contacts", type=Path, metavar="CONTACTS.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="PERSON_DAYS.csv")
    parser.add_argument(
        "--interval",
        type=_at_least(1),
        default=20,
        metavar="SECONDS",
        help=_("seconds that each row stands for (default 20)"),
    )
    parser.add_argument(
        "--minutes",
        type=_at_least(0),
        default=15,
        metavar="MINUTES",
        help=_("from how many minutes on a contact is a long one (default 15)"),
    )
    parser.set_defaults(run=trace)


def detect(arguments: argparse.Namespace) -> int:
    """Run `lianfang detect`."""
    try:
        summary = detect_csv(arguments.series, arguments.params, arguments.set_name, arguments.out)
    except faults.FileFaults as refusal:
        return _refuse(refusal)
    for left_out in summary.not_run:
        _complain(
            _("%(series)s, %(set)s: not judged, %(reason)s")
            % {
                "series": left_out.series_id,
                "set": left_out.param_set,
                "reason": _(TOO_SHORT) % left_out.reason.details,
            }
        )
    _say(
        _(
            "%(series)s series judged, %(rows)s rows, %(alarms)s alarms, "
            "%(unknown)s rows without an answer: %(out)s"
        )
        % {
            "series": summary.series,
            "rows": summary.rows,
            "alarms": summary.alarms,
            "unknown": summary.not_judged,
            "out": arguments.out,
        }
    )
    return DONE if summary.series else PROBLEMS


def trace(arguments: argparse.Namespace) -> int:
    """Run `lianfang trace`."""
    try:
        summary = trace_csv(
            arguments.contacts,
            arguments.out,
            interval=arguments.interval,
            minutes=arguments.minutes,
        )
    except faults.FileFaults as refusal:
        return _refuse(refusal)
    _say(
        _("%(records)s records, %(people)s people, %(rows)s person-days: %(out)s")
        % {
            "records": summary.records,
            "people": summary.people,
            "rows": summary.person_days,
            "out": arguments.out,
        }
    )
    return DONE


def _refuse(refusal: faults.FileFaults) -> int:
    """Say every fault in the language of the installation."""
    for fault in refusal.faults:
        place = {"file": fault.file, "row": fault.row, "column": fault.column}
        _complain(
            _(faults.SENTENCE)
            % {
                "place": _(fault.place) % place,
                "value": fault.value or _(faults.NOTHING),
                "expected": _(fault.expected) % fault.details,
            }
        )
    if refusal.stopped:
        _complain(_(faults.AND_MORE) % {"number": len(refusal.faults)})
    _complain(_("Nothing was written."))
    return PROBLEMS


def _at_least(lowest: int) -> Callable[[str], int]:
    """An argument that is a whole number from `lowest` on."""

    def number(text: str) -> int:
        found = whole_number(text)
        if found is None or found < lowest:
            raise argparse.ArgumentTypeError(
                _("%(found)s is no whole number from %(lowest)s on")
                % {"found": text, "lowest": lowest}
            )
        return found

    return number


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")
