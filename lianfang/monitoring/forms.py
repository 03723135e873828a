"""What people type on the pages of key monitoring, read into plain values.

Whatever is unclear is asked back beside its field; nothing typed is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext

from lianfang.kernel.refusals import Invalid
from lianfang.kernel.texts import prose, tidy
from lianfang.monitoring.checking import Findings
from lianfang.reporting import typed as reading
from lianfang.reporting.typed import AskBack

LONGEST = 2000
WELL, UNWELL = "well", "unwell"
_YES_NO = {"yes": True, "no": False}


@dataclass(slots=True)
class CheckForm:
    """A check: empty, or as somebody sent it with what has to be asked back."""

    typed: dict[str, str] = field(default_factory=lambda: defaultdict(str))
    symptoms: tuple[str, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    need: str = ""


def read_check(posted: QueryDict, *, day: date) -> CheckForm:
    """The fields of components/check_fields.html."""
    names = ("how", "temperature", "site", "onset_on", "place_kept", "isolation_kept", "note", "need")  # fmt: skip
    form = CheckForm(
        typed={name: line(posted, name) for name in names},
        symptoms=tuple(dict.fromkeys(tidy(code)[:40] for code in posted.getlist("symptoms")[:60])),
    )
    typed = form.typed
    try:
        degrees = reading.temperature(typed["temperature"])
    except AskBack as error:
        form.problems["temperature"] = gettext(error.message) % error.context
        degrees = None
    onset_on = day_of(typed, "onset_on", today=day, problems=form.problems)
    form.need = prose(typed["need"])
    form.findings = Findings(
        unwell={WELL: False, UNWELL: True}.get(typed["how"]),
        temperature=degrees,
        site=typed["site"] if degrees is not None else "",
        symptoms=form.symptoms,
        onset_on=onset_on,
        place_kept=_YES_NO.get(typed["place_kept"]),
        isolation_kept=_YES_NO.get(typed["isolation_kept"]),
        note=prose(typed["note"]),
    )
    return form


def line(posted: Mapping[str, str], name: str) -> str:
    return (posted.get(name) or "")[:LONGEST].replace("\x00", "")


def text(posted: Mapping[str, str], name: str) -> str:
    return prose(line(posted, name))


def day_of(
    typed: Mapping[str, str], name: str, *, today: date, problems: dict[str, str]
) -> date | None:
    try:
        return reading.day(line(typed, name), today=today)
    except AskBack as error:
        problems[name] = gettext(error.message) % error.context
        return None


def needed_day(posted: Mapping[str, str], name: str, *, today: date) -> date:
    """A day that must be there. Raises `Invalid` beside its field."""
    problems: dict[str, str] = {}
    found = day_of(posted, name, today=today, problems=problems)
    if found is None:
        raise Invalid(problems or {name: gettext("Which day, please?")})
    return found


def whole_number(posted: Mapping[str, str], name: str) -> int:
    """Raises `Invalid` beside its field."""
    plain = text(posted, name)
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        raise Invalid({name: gettext("A whole number, please.")})
    return int(plain)
