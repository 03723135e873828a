"""`lianfang monitoring preview EDITION`: whose planned end another edition would change.

Exit codes: 0 done (nothing was written), 2 the edition cannot be read.
"""

from __future__ import annotations

import json
import sys
import tomllib
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from lianfang.monitoring.models import MonitoringFile
from lianfang.monitoring.queries import Change, preview
from lianfang.rulebook.models import Edition
from lianfang.rulebook.monitor_policy import faults_of, policy_from

if TYPE_CHECKING:
    from argparse import _SubParsersAction

DONE, PROBLEMS = 0, 2


def add_parsers(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    monitoring = subparsers.add_parser("monitoring", help=_("key monitoring of exposed people"))
    command = monitoring.add_subparsers(required=True).add_parser(
        "preview", help=_("whose planned end another edition of the rules would change")
    )
    command.add_argument(
        "edition", metavar="EDITION", help=_("the number of an edition, or a TOML file")
    )
    command.add_argument("--json", action="store_true", help=_("answer in JSON"))
    command.set_defaults(run=run)


def run(arguments: Namespace) -> int:
    """By number of the file, without a name: the answer may be sent to somebody."""
    settings = _settings_of(arguments.edition)
    faults = faults_of(settings) if settings is not None else [_("There is no such edition.")]
    if settings is None or faults:
        print("\n".join(faults), file=sys.stderr)
        return PROBLEMS
    files = MonitoringFile.objects.select_related("unit", "edition")
    changes = preview(files, policy=policy_from(settings))
    if arguments.json:
        print(json.dumps([_plain(change) for change in changes], ensure_ascii=False))
        return DONE
    for change in changes:
        print("\t".join(str(value) for value in _plain(change).values()))
    print(_("%(n)s files would change; nothing was written.") % {"n": len(changes)})
    return DONE


def _settings_of(edition: str) -> dict[str, Any] | None:
    """Of a published edition by its number, else of a file; None when neither can be read."""
    published = Edition.objects.filter(number=edition).first()
    if published is not None:
        settings: dict[str, Any] = published.settings
        return settings
    try:
        data = tomllib.loads(Path(edition).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return None
    found = data.get("settings")
    return found if isinstance(found, dict) else None


def _plain(change: Change) -> dict[str, Any]:
    return {
        "file": change.file.number,
        "unit": change.file.unit.name,
        "edition": change.file.edition.number,
        "last_day": change.file.last_day.isoformat(),
        "new_last_day": change.new_last_day.isoformat(),
        "days": change.days,
    }
